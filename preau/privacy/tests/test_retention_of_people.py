"""Children who left, accounts that nobody uses: warned, kept when they come back, erased with what the law keeps."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.accounts.models import User
from preau.billing.models import Invoice
from preau.billing.testing import make_household, make_regie
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.documents.choices import DocumentState
from preau.documents.models import OwnDocument, StoredFile, SupportingDocument
from preau.documents.testing import make_document, make_kind, make_own
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.health.models import HealthField, HealthKey
from preau.health.testing import make_sheet
from preau.notifications.models import Outgoing
from preau.privacy.actions.asking import ask_about_data
from preau.privacy.actions.erasing import erase
from preau.privacy.choices import CORRECTION, Erased
from preau.privacy.models import PurgeRun, UnusedWarning
from preau.privacy.retention import foreseen, purge
from preau.privacy.retention.kept import months_before
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2030, 9, 10, 1, tzinfo=dt.UTC)
A_DAY = dt.timedelta(days=1)
LEFT_ON = dt.date(2027, 7, 2)  # the end of the school year of make_year: three years and two months ago


@pytest.fixture(autouse=True)
def town():
    make_town()
    make_service("mairie")


def left(family: Family, first_name: str = "Mylis") -> Participant:
    """A child whose last school year is 2026-2027."""
    return make_child(family, first_name=first_name, year=make_year(), school=make_place("a"), level=make_level("cp"))


def staying(family: Family, first_name: str = "Tom") -> Participant:
    year = make_year("2030-2031", starts_on=dt.date(2030, 9, 2), ends_on=dt.date(2031, 7, 4))
    return make_child(family, first_name=first_name, year=year, school=make_place("a"), level=make_level("cp"))


def used(adult: Adult, at: dt.datetime) -> User:
    assert adult.user is not None
    User.objects.filter(pk=adult.user.pk).update(last_login=at, created_at=at)
    adult.user.refresh_from_db()
    return adult.user


def counts(cleared) -> dict[str, int]:
    return {one.kept.code: one.count for one in cleared if one.count}


def test_an_unused_account_is_warned_then_erased_a_month_later_and_not_before():
    user = used(make_adult(make_family()), months_before(NOW, 40))
    assert counts(purge(now=NOW)) == {}
    assert Outgoing.objects.get().template == "privacy/mail/unused"
    assert "10\u00a0octobre 2030" in Outgoing.objects.get().text
    assert counts(purge(now=NOW + 29 * A_DAY)) == {}
    assert Outgoing.objects.count() == 1
    month_later = dt.datetime(2030, 10, 10, 2, tzinfo=dt.UTC)
    assert counts(foreseen(now=month_later)) == {"accounts": 1}
    assert User.objects.get(pk=user.pk).is_active
    assert counts(purge(now=month_later)) == {"accounts": 1}
    assert not User.objects.get(pk=user.pk).is_active
    assert counts(purge(now=month_later + A_DAY)) == {}


def test_an_account_used_again_after_the_warning_stays():
    adult = make_adult(make_family())
    used(adult, months_before(NOW, 40))
    purge(now=NOW)
    user = used(adult, NOW + 3 * A_DAY)
    assert counts(purge(now=NOW + 400 * A_DAY)) == {}
    assert User.objects.get(pk=user.pk).is_active
    assert UnusedWarning.objects.get().at == NOW


def test_the_warning_comes_a_month_before_the_delay():
    used(make_adult(make_family()), months_before(NOW, 35) + A_DAY)
    purge(now=NOW)
    assert not UnusedWarning.objects.exists()
    purge(now=NOW + 2 * A_DAY)
    assert UnusedWarning.objects.count() == 1


def test_an_account_that_asks_something_waits_for_its_answer():
    user = used(make_adult(make_family()), months_before(NOW, 40))
    ask_about_data(kind=CORRECTION, text="x", by=user, now=NOW)
    UnusedWarning.objects.create(user=user, at=months_before(NOW, 2))
    assert counts(purge(now=NOW)) == {}


def test_a_file_whose_children_left_three_years_ago_is_erased_whole():
    family = make_family(name="Pinceau")
    used(make_adult(family), months_before(NOW, 37))
    child = left(family)
    assert counts(foreseen(now=NOW)) == {"children": 1}
    assert Participant.objects.get(pk=child.pk).first_name == "Mylis"
    assert counts(purge(now=NOW)) == {"children": 1}
    assert Participant.objects.get(pk=child.pk).first_name == "Personne"
    assert Family.objects.get(pk=family.pk).name == "Dossier effacé"
    assert counts(purge(now=NOW + A_DAY)) == {}


@pytest.mark.parametrize("who", ["a parent who signs in", "a brother who stays", "a day too early"])
def test_a_file_where_somebody_is_stays(who):
    family = make_family(name="Pinceau")
    used(make_adult(family), NOW if who == "a parent who signs in" else months_before(NOW, 37))
    child = left(family)
    if who == "a brother who stays":
        staying(family)
    on = dt.datetime(2030, 7, 2, 1, tzinfo=dt.UTC) if who == "a day too early" else NOW
    purge(now=on)
    assert Family.objects.get(pk=family.pk).name == "Pinceau"
    assert (Participant.objects.get(pk=child.pk).first_name == "Personne") == (who != "a day too early")


def test_who_owes_money_stays_and_what_was_invoiced_stays_after(monkeypatch):
    monkeypatch.setattr("preau.privacy.actions.erasing.keep_papers", lambda who: 0)
    home = make_household()
    used(home.adult, months_before(NOW, 37))
    left(home.family)
    days = {"period_starts_on": LEFT_ON, "period_ends_on": LEFT_ON, "issued_on": LEFT_ON, "due_on": LEFT_ON}
    invoice = Invoice(regie=make_regie(), payer=home.payer, family=home.family, state="issued", number="77", **days)
    invoice.total_cents = 500
    invoice.save()
    assert counts(purge(now=NOW)) == {}
    Invoice.objects.filter(pk=invoice.pk).update(settled_cents=500)
    assert counts(foreseen(now=NOW)) == counts(purge(now=NOW)) == {"children": 1}
    assert Invoice.objects.get(pk=invoice.pk).payer == home.payer


def test_the_key_of_a_sheet_goes_a_year_after_the_child_left():
    family = make_family()
    gone, here = left(family), staying(family)
    user, pai = used(make_adult(family), NOW), make_kind("pai", holder="child", sensitivity="health")
    for child in (gone, here):
        make_sheet(child)
        make_document(pai, child, family, by=user)
    at = dt.datetime(2028, 7, 2, 1, tzinfo=dt.UTC)  # the last day of the year after
    assert counts(purge(now=at)) == {}
    assert counts(purge(now=at + A_DAY)) == {"health": 1}
    assert list(HealthKey.objects.values_list("pk", flat=True)) == [here.pk]
    assert not HealthField.objects.filter(participant=gone).exists()
    kept = SupportingDocument.objects.get()  # a paper that opens no more is no paper: it would be asked for again
    assert (kept.participant, kept.file.state) == (here, "kept")
    assert StoredFile.objects.filter(state="dropped").count() == 1


def test_documents_go_when_they_no_longer_serve_and_requests_with_them():
    family = make_family()
    user = used(make_adult(family), NOW)
    refused, expired, good, waiting = (
        make_document(make_kind(code), family, family, by=user, now=months_before(NOW, 9)) for code in "abcd"
    )
    long_ago, lately = months_before(NOW, 7), months_before(NOW, 5)
    Demarche.objects.filter(document=refused).update(state=DemarcheState.REFUSED, answered_at=long_ago)
    Demarche.objects.filter(document__in=[expired, good]).update(state=DemarcheState.ACCEPTED, answered_at=long_ago)
    SupportingDocument.objects.filter(pk=refused.pk).update(state=DocumentState.REFUSED)
    SupportingDocument.objects.filter(pk=expired.pk).update(state="accepted", valid_until=long_ago.date())
    SupportingDocument.objects.filter(pk=good.pk).update(state="accepted", valid_until=lately.date())
    assert counts(purge(now=NOW)) == {"documents": 2}
    assert set(SupportingDocument.objects.values_list("pk", flat=True)) == {good.pk, waiting.pk}
    assert set(Demarche.objects.values_list("pk", flat=True)) == {good.pk, waiting.pk}
    assert StoredFile.objects.filter(state="dropped").count() == 2


def test_requests_go_after_their_delay_those_about_data_later():
    user = used(make_adult(make_family()), NOW)
    asked = ask_about_data(kind=CORRECTION, text="x", by=user, now=months_before(NOW, 30))
    plain = Demarche.objects.create(
        kind="members.child", service=asked.service, asked_by=user, sent_at=asked.sent_at, summary="Ajouter Lou"
    )
    Demarche.objects.update(state=DemarcheState.ACCEPTED, answered_at=months_before(NOW, 25))
    still_open = ask_about_data(kind=CORRECTION, text="y", by=user, now=months_before(NOW, 30))
    assert counts(purge(now=NOW)) == {"demarches": 1}
    assert not Demarche.objects.filter(pk=plain.pk).exists()
    assert Demarche.objects.filter(pk__in=[asked.pk, still_open.pk]).count() == 2


def test_a_space_is_left_alone_by_who_signs_in_no_more():
    here, away = (make_adult(make_family()) for _ in range(2))
    used(here, NOW)
    user = used(away, months_before(NOW, 37))
    UnusedWarning.objects.create(user=user, at=NOW)
    for adult in (here, away):
        make_own(adult, now=months_before(NOW, 40))
    assert counts(purge(now=NOW)) == {"space": 1}
    assert OwnDocument.objects.get().adult == here


def test_what_is_foreseen_asks_the_same_queries_whatever_there_is():
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            foreseen(now=NOW)
        return len(asked)

    before = queries()
    for _ in range(3):
        left(make_family())
    assert queries() == before


def test_a_child_erased_alone_leaves_the_invoices_printed_with_its_name(monkeypatch):
    printed = []
    monkeypatch.setattr("preau.privacy.actions.erasing.keep_papers", lambda who: printed.append(who.adults))
    family = make_family()
    adult = make_adult(family)
    erase(kind=Erased.CHILD, code=left(family).code, by=None, now=NOW)
    assert printed == [frozenset({adult.pk})]


def test_each_sort_that_went_is_noted():
    left(make_family())
    purge(now=NOW)
    run = PurgeRun.objects.get()
    assert (run.code, run.count, run.by, run.at) == ("children", 1, None, NOW)
