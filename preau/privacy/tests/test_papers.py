"""The papers that one takes away with one's data: those that one may read, as they were given."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.storage import default_storage

from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import SupportingDocument
from preau.documents.testing import make_document, make_kind, make_own, make_town_document
from preau.families.choices import Situation
from preau.families.models import Adult, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.privacy.sections import Person
from preau.privacy.writing import write_export
from preau.town.testing import make_service, make_town

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe() -> Adult:
    """A parent with a child, in a town that asks for documents."""
    make_town()
    make_service()
    adult = make_adult(make_family(name="Pinceau"), first_name="Zoé")
    make_child(adult.family, first_name="Mylis")
    return adult


def child_of(adult: Adult) -> Participant:
    return adult.guardianships.get().participant


def give(adult: Adult, code: str, sensitivity: str = Sensitivity.ORDINARY) -> SupportingDocument:
    kind = make_kind(code, holder=Holder.CHILD, sensitivity=sensitivity)
    assert adult.user
    return make_document(kind, child_of(adult), adult.family, by=adult.user, now=NOW)


def taken_by(adult: Adult) -> dict[str, bytes]:
    """The original files of an export."""
    target = io.BytesIO()
    assert adult.user
    write_export(target, Person(adult.user, NOW.date()), at=NOW)
    with zipfile.ZipFile(target) as archive:
        return {
            name.removeprefix("fichiers/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("fichiers/")
        }


def test_one_takes_away_one_s_space_what_one_gave_and_the_letters_of_the_town(zoe: Adult) -> None:
    own, given, letter = make_own(zoe, now=NOW), give(zoe, "carnet"), make_town_document(zoe.family, now=NOW)
    taken = taken_by(zoe)
    assert set(taken) == {
        f"mon-espace/{own.code}.jpg",
        f"pieces/{given.demarche.code}.jpg",
        f"mairie/{letter.code}.jpg",
    }
    assert all(content.startswith(b"\xff\xd8\xff") for content in taken.values())


def test_what_was_sealed_is_taken_away_in_clear_by_who_may_read_it_alone(zoe: Adult) -> None:
    sealed = give(zoe, "pai", Sensitivity.HEALTH)
    path = f"pieces/{sealed.demarche.code}.jpg"
    assert taken_by(zoe)[path].startswith(b"\xff\xd8\xff")
    zoe.guardianships.update(health=0)
    assert path not in taken_by(zoe)


def test_nothing_of_the_other_adults_is_taken_away(zoe: Adult) -> None:
    """The space of who lives in the household; of the other home, what it gave but the child's papers."""
    partner = make_adult(zoe.family, first_name="Noé")
    father = make_adult(make_family(name="Autre"), first_name="Paul")
    make_bond(father, child_of(zoe), Situation.EXERCISES)
    make_own(partner, now=NOW)
    make_own(father, now=NOW)
    make_town_document(father.family, now=NOW)
    assert father.user
    make_document(make_kind("domicile"), father.family, father.family, by=father.user, now=NOW)
    judgment = give(father, "jugement", Sensitivity.JUDGMENT)
    shared = give(father, "carnet")
    assert set(taken_by(zoe)) == {f"pieces/{shared.demarche.code}.jpg"}
    assert f"pieces/{judgment.demarche.code}.jpg" in taken_by(father)


def test_a_lost_file_keeps_nobody_from_the_others(zoe: Adult) -> None:
    lost, kept = make_own(zoe, "Perdu", now=NOW), make_own(zoe, "Gardé", now=NOW)
    default_storage.delete(lost.file.key)
    assert set(taken_by(zoe)) == {f"mon-espace/{kept.code}.jpg"}
