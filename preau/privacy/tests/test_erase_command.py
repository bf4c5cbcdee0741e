"""`preau erase`: tells before it does."""

import pytest
from django.core.management import CommandError, call_command

from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_child, make_family
from preau.privacy.models import Erasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def family() -> Family:
    family = make_family(name="Pinceau")
    make_adult(family, first_name="Zoé", last_name="Pinceau")
    make_child(family, first_name="Mylis")
    return family


def test_without_for_real_nothing_goes(family, capsys):
    call_command("erase", "family", family.code)
    told = capsys.readouterr().out
    assert "Adresses du foyer" in told
    assert "Rien n’est effacé" in told
    assert Adult.objects.filter(first_name="Zoé").exists()


def test_for_real_people_are_emptied_and_keep_their_code(family):
    adult = family.adults.get()
    call_command("erase", "family", family.code, "--for-real")
    emptied = Adult.objects.get(code=adult.code)
    assert (emptied.first_name, emptied.last_name, emptied.email, emptied.user) == ("Personne", "effacée", "", None)
    family.refresh_from_db()
    assert (family.name, family.number) == ("Dossier effacé", f"E-{family.code}")
    assert family.archived_at is not None
    assert Erasure.objects.get().subject == family.code


def test_nobody_has_that_code():
    with pytest.raises(CommandError):
        call_command("erase", "child", "0000000000")
