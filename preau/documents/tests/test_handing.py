"""Giving a document, answering it: what stays, what is told, to whom, and what is never left behind."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from preau.accounts.models import User
from preau.core.cleaning import FileRefused, Part
from preau.core.testing import picture
from preau.demarches.actions import DemarcheRefused
from preau.demarches.models import Demarche
from preau.documents.actions import (
    DocumentRefused,
    Given,
    accept_document,
    add_at_counter,
    add_own,
    delete_own,
    hand_in,
    refuse_document,
    rename_own,
    warn_expiring,
    withdraw_document,
)
from preau.documents.actions import own as own_actions
from preau.documents.choices import DocumentState, Fault, FileState, Holder, Sensitivity, Validity
from preau.documents.invariants import files_lost, files_unknown
from preau.documents.models import OwnDocument, StoredFile, SupportingDocument
from preau.documents.queries import given_documents
from preau.documents.sealed import content_of
from preau.documents.storing import FileGone, delete_dropped, read, store
from preau.documents.testing import AT, make_document, make_kind, make_own
from preau.documents.tests.conftest import Home, user_of
from preau.health.keys import forget
from preau.journal.models import Entry
from preau.notifications.models import Outgoing

pytestmark = pytest.mark.django_db

PHOTO = [Part("facture.jpg", picture((60, 40)))]


def faults() -> list[str]:
    return [*files_lost(), *files_unknown()]


def accept(document: SupportingDocument, agent: User, valid_until: dt.date | None = None) -> None:
    accept_document(document.demarche, valid_until=valid_until, by=agent, version=1, now=AT)
    document.refresh_from_db()


def test_a_document_is_given_to_the_service_that_answers_within_two_days(home: Home) -> None:
    document = hand_in(Given(make_kind(), home.family, home.family), what=PHOTO, by=home.user, now=AT)
    demarche = document.demarche
    assert (demarche.kind, demarche.service, demarche.family) == ("documents.handed", home.service, home.family)
    assert demarche.due_at == dt.datetime(2026, 11, 11, 16, tzinfo=dt.UTC)
    assert (document.state, document.file.state, document.file.type) == ("handed", FileState.KEPT, "jpeg")
    assert faults() == []


def test_a_file_that_is_refused_gives_nothing(home: Home) -> None:
    with pytest.raises(FileRefused):
        hand_in(Given(make_kind(), home.family, home.family), what=[Part("a.pdf", b"x")], by=home.user, now=AT)
    assert not Demarche.objects.exists()
    assert not StoredFile.objects.exists()


def test_whatever_fails_after_the_file_is_written_leaves_no_document_and_the_worker_deletes_the_file(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.documents.actions.handing.open_demarche", lambda **kwargs: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        hand_in(Given(make_kind(), home.family, home.family), what=PHOTO, by=home.user, now=AT)
    assert not SupportingDocument.objects.exists()
    delete_dropped(now=AT + dt.timedelta(hours=2))
    assert faults() == []
    assert not StoredFile.objects.exists()


def test_another_takes_the_place_of_the_one_that_nobody_has_read(home: Home) -> None:
    kind = make_kind("assurance", holder=Holder.CHILD)
    first = make_document(kind, home.nora, home.family, by=home.user)
    hand_in(Given(kind, home.nora, home.other), what=PHOTO, by=user_of(home.thomas), now=AT)
    first.refresh_from_db()
    assert first.state == DocumentState.WITHDRAWN
    assert [document.state for document in home.nora.documents.order_by("pk")] == ["withdrawn", "handed"]


def test_each_household_keeps_the_judgment_that_it_gave(home: Home, agent: User) -> None:
    kind = make_kind("jugement", holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT)
    first = make_document(kind, home.nora, home.family, by=home.user)
    other = hand_in(Given(kind, home.nora, home.other), what=PHOTO, by=user_of(home.thomas), now=AT)
    assert first.demarche.is_open
    for document in (first, other):
        accept(document, agent, None)
    assert [one.state for one in home.nora.documents.order_by("pk")] == ["accepted", "accepted"]
    assert [one.pk for one in given_documents(home.user, on=AT.date())] == [first.pk]
    later = hand_in(Given(kind, home.nora, home.family), what=PHOTO, by=home.user, now=AT)
    accept(later, agent, None)
    assert [one.state for one in home.nora.documents.order_by("pk")] == ["replaced", "accepted", "accepted"]


def test_a_document_is_accepted_until_a_day_and_replaces_the_one_before(home: Home, agent: User) -> None:
    kind = make_kind()
    before = make_document(kind, home.family, home.family, by=home.user)
    accept(before, agent, dt.date(2026, 12, 31))
    second = make_document(kind, home.family, home.family, by=home.user)
    accept(second, agent, dt.date(2027, 12, 31))
    before.refresh_from_db()
    assert (before.state, second.state, second.valid_until) == ("replaced", "accepted", dt.date(2027, 12, 31))


def test_the_family_is_told_without_a_name_nor_what_was_given(home: Home, agent: User) -> None:
    kind = make_kind("pai", label="PAI", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    document = make_document(kind, home.nora, home.family, by=home.user)
    refuse_document(document.demarche, reason="La signature du médecin manque.", by=agent, version=1, now=AT)
    mail = Outgoing.objects.get()
    assert mail.address == home.user.email
    assert mail.subject == "Votre document est à renvoyer"
    for word in ("Nora", "PAI", "médecin"):
        assert word not in mail.subject + mail.text + mail.html


def test_two_agents_on_one_document_the_second_is_told(home: Home, agent: User) -> None:
    document = make_document(make_kind(), home.family, home.family, by=home.user)
    accept(document, agent)
    with pytest.raises(DemarcheRefused):
        refuse_document(document.demarche, reason="Non.", by=agent, version=1, now=AT)
    document.refresh_from_db()
    assert document.state == "accepted"


def test_what_nobody_has_read_is_taken_back_and_no_later(home: Home, agent: User) -> None:
    document = make_document(make_kind(), home.family, home.family, by=home.user)
    withdraw_document(document.demarche, by=home.user, now=AT)
    document.refresh_from_db()
    assert document.state == "withdrawn"
    again = make_document(make_kind(), home.family, home.family, by=home.user)
    accept(again, agent)
    with pytest.raises(DemarcheRefused):
        withdraw_document(again.demarche, by=home.user, now=AT)


def test_what_is_brought_to_the_counter_is_accepted_at_once_and_said_so(home: Home, agent: User) -> None:
    given = Given(make_kind(), home.family, home.family)
    document = add_at_counter(given, parts=PHOTO, valid_until=None, by=agent, now=AT)
    assert (document.state, document.channel, document.demarche.asked_by) == ("accepted", "counter", None)
    assert not Outgoing.objects.exists()


def test_a_document_of_a_household_is_not_given_for_a_child(home: Home) -> None:
    with pytest.raises(DocumentRefused) as refused:
        Given(make_kind(), home.nora, home.family)
    assert refused.value.reason == Fault.NOT_HOLDER


def test_a_kind_may_want_a_pdf(home: Home) -> None:
    with pytest.raises(DocumentRefused) as refused:
        hand_in(Given(make_kind(pdf_only=True), home.family, home.family), what=PHOTO, by=home.user, now=AT)
    assert refused.value.reason == Fault.FORMAT


# Sealed


def test_what_tells_of_health_is_sealed_and_opens_with_the_key_of_its_child_alone(home: Home) -> None:
    kind = make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    document = hand_in(Given(kind, home.nora, home.family), what=PHOTO, by=home.user, now=AT)
    written = read(document.file)
    assert document.file.is_sealed
    assert not written.startswith(b"\xff\xd8")
    assert content_of(document).startswith(b"\xff\xd8")
    forget(home.nora)
    with pytest.raises(FileGone):
        content_of(document)


def test_given_from_my_space_it_is_sealed_too_and_mine_stays_mine(home: Home) -> None:
    kind = make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    own = make_own(home.zoe)
    document = hand_in(Given(kind, home.nora, home.family), what=own, by=home.user, now=AT)
    assert document.file_id != own.file_id
    assert content_of(document) == read(own.file)


def test_without_the_master_key_nothing_sensitive_is_written(home: Home, settings, tmp_path) -> None:
    settings.HEALTH_KEY_FILE = str(tmp_path / "absent")
    kind = make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    with pytest.raises(DocumentRefused) as refused:
        hand_in(Given(kind, home.nora, home.family), what=PHOTO, by=home.user, now=AT)
    assert refused.value.reason == Fault.NOT_ONLINE
    assert not StoredFile.objects.exists()


# My space


def test_a_file_of_my_space_is_given_without_being_copied_and_outlives_it(home: Home) -> None:
    own = add_own(adult=home.zoe, parts=PHOTO, by=home.user, now=AT)
    assert own.title == "facture"
    document = hand_in(Given(make_kind(), home.family, home.family), what=own, by=home.user, now=AT)
    assert document.file == own.file
    delete_own(own, by=home.user, now=AT)
    delete_dropped(now=AT)
    assert read(document.file)
    assert faults() == []


def test_a_file_that_leaves_my_space_meanwhile_is_said_to_be_gone(home: Home) -> None:
    own = make_own(home.zoe)
    delete_own(OwnDocument.objects.get(pk=own.pk), by=home.user, now=AT)
    with pytest.raises(DocumentRefused):
        hand_in(Given(make_kind(), home.family, home.family), what=own, by=home.user, now=AT)
    assert not Demarche.objects.exists()


def test_a_file_deleted_from_my_space_is_gone(home: Home) -> None:
    own = make_own(home.zoe)
    delete_own(own, by=home.user, now=AT)
    assert delete_dropped(now=AT) == 1
    assert not default_storage.exists(own.file.key)


def test_my_space_has_bounds(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_actions, "MOST_OWN", 1)
    make_own(home.zoe)
    with pytest.raises(DocumentRefused) as refused:
        add_own(adult=home.zoe, parts=PHOTO, by=home.user, now=AT)
    assert refused.value.reason == Fault.TOO_MANY


@pytest.mark.django_db(transaction=True)
def test_of_two_files_at_once_the_last_room_takes_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both find room before their file is written: the count under the lock has the last word."""
    both = threading.Barrier(2, timeout=20)

    def written(*args: Any, **named: Any) -> StoredFile:
        stored = store(*args, **named)
        both.wait()
        return stored

    monkeypatch.setattr(own_actions, "MOST_OWN", 1)
    monkeypatch.setattr(own_actions, "store", written)

    def attempt(width: int) -> bool:
        try:
            add_own(adult=home.zoe, parts=[Part("a.jpg", picture((width, 40)))], by=home.user, now=AT)
        except DocumentRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (60, 61))) == [False, True]
    assert OwnDocument.objects.count() == 1


def test_a_name_is_changed_and_the_journal_never_says_it(home: Home) -> None:
    own = make_own(home.zoe)
    rename_own(own, title="Carnet de Nora.pdf", by=home.user, now=AT)
    assert OwnDocument.objects.get().title == "Carnet de Nora.pdf"
    assert "Nora" not in str(list(Entry.objects.values()))


# Expiry


def test_families_are_told_once_a_month_before(home: Home, agent: User) -> None:
    document = make_document(make_kind(validity=Validity.YEAR), home.family, home.family, by=home.user)
    accept(document, agent, dt.date(2026, 12, 31))
    Outgoing.objects.all().delete()
    assert warn_expiring(now=dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)) == 0
    december = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
    assert warn_expiring(now=december) == 1
    assert warn_expiring(now=december) == 0
    assert set(Outgoing.objects.values_list("address", flat=True)) == {home.user.email, user_of(home.malik).email}
    assert set(Outgoing.objects.values_list("subject", flat=True)) == {"Un document est à renouveler"}
