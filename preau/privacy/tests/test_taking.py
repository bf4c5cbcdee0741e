"""The data of an adult who has no account, taken away for them by who answers of personal data."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.documents.testing import make_own
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.choices import Purpose
from preau.health.models import HealthReading
from preau.health.testing import make_field
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.privacy.actions.exporting import ExportRefused, ask_for_adult, clear_exports, make_due
from preau.privacy.models import DataExport
from preau.town.testing import make_place, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def odile() -> Adult:
    make_town()
    family = make_family(name="Pinceau", number="P-4471")
    adult = make_adult(family, first_name="Odile", last_name="Pinceau", signs_in=False)
    make_child(family, first_name="Mylis", last_name="Pinceau")
    return adult


@pytest.fixture
def claire(client: Client) -> User:
    claire = make_agent(Capability.PROTECT_DATA)
    sign_in(client, claire)
    return claire


def page(adult: Adult) -> str:
    return reverse("privacy:adult_data", args=[adult.code])


def download() -> str:
    return reverse("privacy:adult_download", args=[DataExport.objects.get().code])


def told_in(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return "\n".join(
            opened.read(name).decode() for name in opened.namelist() if name.endswith((".csv", ".json", ".txt"))
        )


@pytest.mark.usefixtures("claire")
def test_an_officer_asks_the_worker_makes_and_the_officer_downloads(client: Client, odile: Adult) -> None:
    assert "En préparation" in client.post(page(odile), follow=True).content.decode()
    assert client.get(download())["Location"] == page(odile)
    make_due(now=timezone.now())
    answer = client.get(download())
    assert "no-store" in answer["Cache-Control"]
    told = told_in(answer.getvalue())
    assert all(word in told for word in ("P-4471", "Odile", "Mylis"))
    assert "@invalid" not in told
    assert not Outgoing.objects.exists()
    entries = Entry.objects.filter(family=odile.family.code, subject=odile.code).order_by("pk")
    wanted = ["privacy.adult_export_asked", "privacy.adult_export_downloaded"]
    assert [one.action for one in entries if one.action.startswith("privacy")] == wanted
    client.post(page(odile), {"supprimer": "1"})
    assert default_storage.listdir("exports")[1] == []


def test_the_account_that_never_was_leaves_no_trace(odile: Adult) -> None:
    agent = make_agent()
    ask_for_adult(adult=odile, by=agent, now=timezone.now())
    make_due(now=timezone.now())
    odile.refresh_from_db()
    assert odile.user is None
    assert list(User.objects.all()) == [agent]


@pytest.mark.usefixtures("claire")
def test_nothing_of_the_other_household_nor_of_the_other_adult_is_told(client: Client, odile: Adult) -> None:
    child = odile.guardianships.get().participant
    other = make_family(name="Tokenfoyer", number="TOKENNUM")
    father = make_adult(other, first_name="Tokenprenom", last_name="Tokennom")
    spouse = make_adult(odile.family, first_name="Tokenepoux", last_name="Tokennom")
    Adult.objects.filter(pk__in=[father.pk, spouse.pk]).update(phone_mobile="0600TOKEN", email="token@example.org")
    other.addresses.update(lines="12 rue du Token")
    make_bond(father, child)
    child.homes.create(family=other)
    for user in (father.user, spouse.user):
        assert user is not None
        now = timezone.now()
        Outgoing.objects.create(
            address=user.email, subject="Token", dedupe_key=user.code, created_at=now, next_try_at=now
        )
    client.post(page(odile))
    make_due(now=timezone.now())
    told = told_in(client.get(download()).getvalue())
    assert "Mylis" in told
    assert "token" not in told.lower()


@pytest.mark.usefixtures("claire")
def test_a_space_that_one_alone_sees_stays_closed(client: Client, odile: Adult) -> None:
    make_own(odile, "Tokenespace")  # from an account that was closed since
    client.post(page(odile))
    make_due(now=timezone.now())
    archive = client.get(download()).getvalue()
    assert "Tokenespace" not in told_in(archive)
    assert not [name for name in zipfile.ZipFile(io.BytesIO(archive)).namelist() if "mon-espace/" in name]


def test_whoever_takes_a_health_sheet_away_has_read_it(client: Client, odile: Adult, claire: User) -> None:
    child = odile.guardianships.get().participant
    make_field(child, text="Tokensante")
    client.post(page(odile))
    make_due(now=timezone.now())
    assert not HealthReading.objects.exists()
    assert "Tokensante" in told_in(client.get(download()).getvalue())
    reading = HealthReading.objects.get()
    assert (reading.participant, reading.by, reading.purpose) == (child, claire, Purpose.FAMILY)


@pytest.mark.usefixtures("claire")
def test_who_has_an_account_takes_their_data_themselves(client: Client, odile: Adult) -> None:
    signed_up = make_adult(odile.family, first_name="Zoé")
    assert "a un compte" in client.get(page(signed_up)).content.decode()
    with pytest.raises(ExportRefused):
        ask_for_adult(adult=signed_up, by=make_agent(), now=timezone.now())
    ask_for_adult(adult=odile, by=make_agent(), now=timezone.now())
    Adult.objects.filter(pk=odile.pk).update(user=User.objects.create_user("odile", "o@example.org", kind="family"))
    make_due(now=timezone.now())  # an account was opened meanwhile
    assert not DataExport.objects.exists()


def test_it_is_gone_after_a_week(odile: Adult) -> None:
    now = timezone.now()
    ask_for_adult(adult=odile, by=make_agent(), now=now)
    make_due(now=now)
    assert clear_exports(now=now + dt.timedelta(days=7)) == 1
    assert default_storage.listdir("exports")[1] == []


def test_nobody_else_comes_near(client: Client, odile: Adult) -> None:
    ask_for_adult(adult=odile, by=make_agent(), now=timezone.now())
    make_due(now=timezone.now())
    others = [one for one in Capability if one != Capability.PROTECT_DATA]
    for agent in (make_agent(*others), make_agent(Capability.PROTECT_DATA, place=make_place())):
        sign_in(client, agent)
        assert [client.get(one).status_code for one in (page(odile), download())] == [404, 404]
        assert client.post(page(odile)).status_code == 404
