"""Mes données: the whole of one's own, nothing of anybody else's, for a week."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from preau.accounts.models import User
from preau.accounts.testing import sign_in
from preau.core.invariants import REGISTRY
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche, DemarcheEvent
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.testing import make_field
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.privacy.actions import exporting
from preau.privacy.actions.exporting import ExportRefused, ask_export, clear_exports, give_up, make_due
from preau.privacy.choices import ExportState
from preau.privacy.models import DataExport
from preau.privacy.sections import SECTIONS
from preau.privacy.writing import write_export
from preau.town.testing import make_service, make_town

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)
A_WEEK = dt.timedelta(days=7)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe() -> User:
    make_town()
    family = make_family(name="Pinceau", number="P-4471")
    adult = make_adult(family, first_name="Zoé", last_name="Pinceau")
    make_child(family, first_name="Mylis", last_name="Pinceau")
    assert adult.user is not None
    return adult.user


def archive_of(user: User) -> zipfile.ZipFile:
    export = DataExport.objects.get(user=user)
    with default_storage.open(export.file) as kept:
        return zipfile.ZipFile(io.BytesIO(kept.read()))


def told_in(archive: zipfile.ZipFile) -> str:
    """All its texts as one."""
    return "\n".join(archive.read(name).decode() for name in archive.namelist() if not name.endswith((".pdf", ".jpg")))


def test_the_file_holds_json_a_table_for_each_subject_and_a_paper(zoe):
    ask_export(by=zoe, now=NOW)
    assert make_due(now=NOW) == 1
    archive = archive_of(zoe)
    assert {"LISEZ-MOI.txt", "mes-donnees.json", "mes-donnees.pdf"} <= set(archive.namelist())
    assert {f"tableaux/{section.code}.csv" for section in SECTIONS} <= set(archive.namelist())
    told = json.loads(archive.read("mes-donnees.json"))["sujets"]
    assert told["enfants"]["lignes"][0]["Prénom"] == "Mylis"
    assert told["foyer"]["lignes"][0]["Valeur"] == "P-4471"
    assert archive.read("mes-donnees.pdf").startswith(b"%PDF")


def test_a_mail_says_it_is_ready_and_nothing_else(zoe):
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    mail = Outgoing.objects.get(template="privacy/mail/export_ready")
    assert mail.address == zoe.email
    assert reverse("privacy:data") in mail.text
    assert "Mylis" not in mail.text + mail.html
    assert DataExport.objects.get().code not in mail.text + mail.html


def test_one_at_a_time(zoe):
    ask_export(by=zoe, now=NOW)
    with pytest.raises(ExportRefused):
        ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    with pytest.raises(ExportRefused):
        ask_export(by=zoe, now=NOW)
    give_up(DataExport.objects.get(), by=zoe, now=NOW)
    ask_export(by=zoe, now=NOW)


def test_the_file_is_there_for_a_week_to_the_second(zoe):
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    name = DataExport.objects.get().file
    assert clear_exports(now=NOW + A_WEEK - dt.timedelta(seconds=1)) == 0
    assert default_storage.exists(name)
    assert clear_exports(now=NOW + A_WEEK) == 1
    assert not default_storage.exists(name)
    assert not DataExport.objects.exists()


def test_a_worker_that_died_leaves_neither_a_wait_without_end_nor_two_files(zoe, monkeypatch):
    ask_export(by=zoe, now=NOW)
    monkeypatch.setattr(exporting, "_is_kept", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_due(now=NOW)
    monkeypatch.undo()
    assert make_due(now=NOW + dt.timedelta(minutes=1)) == 0
    assert make_due(now=NOW + exporting.LEASE) == 1
    assert DataExport.objects.get().state == ExportState.READY
    assert list(export_faults()) == []


def test_a_file_of_nobody_and_a_missing_one_are_found(zoe):
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    export = DataExport.objects.get()
    default_storage.delete(export.file)
    assert f"le fichier de l’export {export.code} manque" in list(export_faults())


def export_faults():
    return next(one for one in REGISTRY if one.name.startswith("Mes données")).check()


def test_what_is_given_up_while_it_is_made_leaves_no_file(zoe, monkeypatch):
    ask_export(by=zoe, now=NOW)
    write = write_export

    def write_then_vanish(*args, **kwargs):
        write(*args, **kwargs)
        DataExport.objects.all().delete()

    monkeypatch.setattr(exporting, "write_export", write_then_vanish)
    make_due(now=NOW)
    assert list(export_faults()) == []
    assert not Outgoing.objects.exists()


def test_nothing_of_the_other_household_is_told(zoe):
    """Separated parents: the child is shared, all else of the other is not."""
    child = zoe.adult.guardianships.get().participant
    other = make_family(name="Tokenfoyer", number="TOKENNUM")
    father = make_adult(other, first_name="Tokenprenom", last_name="Tokennom")
    assert father.user is not None
    Adult.objects.filter(pk=father.pk).update(phone_mobile="0600TOKEN", email="token@example.org")
    other.addresses.update(lines="12 rue du Token")
    make_bond(father, child)
    child.homes.create(family=other)
    service = make_service()
    theirs = Demarche.objects.create(
        service=service, family=other, participant=child, asked_by=father.user, summary="Token", sent_at=NOW, kind="x"
    )
    DemarcheEvent.objects.create(demarche=theirs, at=NOW, state=DemarcheState.SENT, text="Token")
    Outgoing.objects.create(
        address=father.user.email, subject="Token", dedupe_key="token", created_at=NOW, next_try_at=NOW
    )
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    told = told_in(archive_of(zoe))
    assert "Mylis" in told
    assert "token" not in told.lower()
    assert other.code not in told


def test_the_other_adult_of_the_household_is_not_told_either(zoe):
    spouse = make_adult(zoe.adult.family, first_name="Tokenprenom", last_name="Tokennom")
    Adult.objects.filter(pk=spouse.pk).update(phone_mobile="0600TOKEN", birth_date="1985-03-14")
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    told = told_in(archive_of(zoe))
    assert "token" not in told.lower()
    assert "1985-03-14" not in told


def test_agents_are_not_named(zoe):
    agent = User.objects.create_user("token.agent", "token@mairie.example", kind="staff", first_name="Token")
    asked = Demarche.objects.create(
        service=make_service(), asked_by=zoe, answered_by=agent, assigned_to=agent, words="token", kind="x",
        summary="Compte", sent_at=NOW, answered_at=NOW, state=DemarcheState.ACCEPTED,
    )  # fmt: skip
    DemarcheEvent.objects.create(demarche=asked, at=NOW, by=agent, state=DemarcheState.ACCEPTED, text="Bienvenue")
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    told = told_in(archive_of(zoe))
    assert "Bienvenue" in told
    assert "token" not in told.lower()


def test_a_parent_asks_downloads_and_deletes(client: Client, zoe):
    sign_in(client, zoe)
    page = client.post(reverse("privacy:ask_export"), follow=True)
    assert "En préparation" in page.content.decode()
    assert client.get(reverse("privacy:download")).status_code == 404
    make_due(now=NOW_PAGE())
    answer = client.get(reverse("privacy:download"))
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]
    assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).testzip() is None
    assert Entry.objects.filter(action="privacy.export_downloaded", actor=zoe.journal_name).exists()
    client.post(reverse("privacy:delete_export"))
    assert not DataExport.objects.exists()


def NOW_PAGE() -> dt.datetime:
    """The pages read the clock."""
    return dt.datetime.now(dt.UTC)


def test_the_password_is_asked_again_before_the_file_leaves(client: Client, zoe):
    ask_export(by=zoe, now=NOW_PAGE())
    make_due(now=NOW_PAGE())
    client.force_login(zoe)
    assert client.get(reverse("privacy:download"))["Location"].startswith(reverse("accounts:confirm"))


def test_a_file_that_is_lost_is_no_page_and_no_download(client: Client, zoe):
    ask_export(by=zoe, now=NOW_PAGE())
    make_due(now=NOW_PAGE())
    default_storage.delete(DataExport.objects.get().file)
    sign_in(client, zoe)
    assert client.get(reverse("privacy:download")).status_code == 404
    assert not Entry.objects.filter(action="privacy.export_downloaded").exists()


def test_the_file_of_somebody_else_does_not_exist(client: Client, zoe):
    ask_export(by=zoe, now=NOW_PAGE())
    make_due(now=NOW_PAGE())
    other = make_adult(make_family(), first_name="Paul").user
    assert other is not None
    sign_in(client, other)
    assert client.get(reverse("privacy:download")).status_code == 404
    client.post(reverse("privacy:delete_export"))
    assert DataExport.objects.filter(user=zoe).exists()


def test_a_health_sheet_is_opened_for_who_may_see_it(zoe):
    child = zoe.adult.guardianships.get().participant
    make_field(child, text="Tokensante")
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    assert "Tokensante" in told_in(archive_of(zoe))


def test_a_health_sheet_stays_closed_for_who_may_not(zoe):
    child = zoe.adult.guardianships.get().participant
    make_field(child, text="Tokensante")
    zoe.adult.guardianships.update(health=0)
    ask_export(by=zoe, now=NOW)
    make_due(now=NOW)
    assert "Tokensante" not in told_in(archive_of(zoe))
