"""What is kept long enough goes, to the second, and what is not stays."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command

from preau.journal.actions import chain, chain_faults, record
from preau.journal.models import Entry
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing
from preau.privacy.actions.retaining import OutOfBounds, save_retention
from preau.privacy.models import PurgeRun
from preau.privacy.retention import RETENTION, delays, foreseen, purge, purge_by_night
from preau.privacy.retention.kept import months_before
from preau.privacy.rules import DELAYS

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)
A_DAY = dt.timedelta(days=1)
GUIDE = Path(__file__).parents[3] / "docs" / "donnees-personnelles.md"


def mail(at: dt.datetime, state: str = OutgoingState.SENT) -> None:
    sent_at = at if state == OutgoingState.SENT else None
    Outgoing.objects.create(
        address="a@example.org", dedupe_key=f"{at}{state}", created_at=at, next_try_at=at, state=state, sent_at=sent_at
    )


def counts(cleared) -> dict[str, int]:
    return {one.kept.code: one.count for one in cleared if one.count}


def test_a_month_earlier_ends_with_the_month():
    assert months_before(dt.datetime(2027, 3, 31, tzinfo=dt.UTC), 1) == dt.datetime(2027, 2, 28, tzinfo=dt.UTC)
    assert months_before(dt.datetime(2026, 1, 15, tzinfo=dt.UTC), 12) == dt.datetime(2025, 1, 15, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_mails_go_after_their_delay_and_not_before():
    limit = months_before(NOW, 6)
    mail(limit - A_DAY)
    mail(limit)
    mail(limit + A_DAY)
    purge(now=NOW)
    assert set(Outgoing.objects.values_list("created_at", flat=True)) == {limit, limit + A_DAY}


@pytest.mark.django_db
def test_what_waits_to_be_sent_stays_whatever_its_age():
    mail(NOW - 900 * A_DAY, OutgoingState.WAITING)
    purge(now=NOW)
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db
def test_the_journal_goes_after_a_year_and_still_hangs_together():
    limit = months_before(NOW, 12)
    for at in (limit - A_DAY, limit, limit + A_DAY):
        record(None, "tests.done", at=at)
    chain()
    purge(now=NOW)
    chain()
    assert list(Entry.objects.filter(action="tests.done").order_by("at").values_list("at", flat=True)) == [
        limit,
        limit + A_DAY,
    ]
    assert list(chain_faults()) == []


@pytest.mark.django_db
def test_what_is_foreseen_is_what_goes_and_nothing_before():
    mail(NOW - 900 * A_DAY)
    record(None, "tests.done", at=NOW - 900 * A_DAY)
    chain()
    plan = counts(foreseen(now=NOW))
    assert plan == {"journal": 1, "messages": 1}
    assert Outgoing.objects.exists()
    assert counts(purge(now=NOW)) == plan
    assert counts(purge(now=NOW)) == {}
    assert dict(PurgeRun.objects.values_list("code", "count")) == plan


@pytest.mark.django_db
def test_the_command_only_tells_until_it_is_asked_for_real(capsys):
    mail(NOW - 900 * A_DAY)
    call_command("purge")
    assert "Rien n’est effacé" in capsys.readouterr().out
    assert Outgoing.objects.exists()
    call_command("purge", "--for-real")
    assert not Outgoing.objects.exists()


def test_the_guide_tells_the_delays_of_the_code():
    guide = GUIDE.read_text()
    assert [
        one.code
        for one in RETENTION
        if f"| {one.label} | {one.delay.months} mois après {one.since} |".replace("\u00a0", " ") not in guide
    ] == []


@pytest.mark.django_db
def test_the_worker_purges_by_night_alone():
    mail(NOW - 900 * A_DAY)
    assert purge_by_night(now=NOW) == 0
    assert purge_by_night(now=NOW.replace(hour=1)) == 1


@pytest.mark.django_db
def test_a_town_keeps_less_long_within_the_law():
    save_retention({"messages": 2}, by=None, now=NOW)
    assert delays() == {code: delay.months for code, delay in DELAYS.items()} | {"messages": 2}
    mail(months_before(NOW, 2) - A_DAY)
    assert counts(foreseen(now=NOW)) == {"messages": 1}
    for code, months in (("accounting", 119), ("accounts", 37), ("journal", 5)):
        with pytest.raises(OutOfBounds):
            save_retention({code: months}, by=None, now=NOW)
    save_retention({}, by=None, now=NOW)
    assert delays()["messages"] == DELAYS["messages"].months


def test_every_sort_has_a_delay_and_usual_ones_are_within_bounds():
    assert {one.code for one in RETENTION} == set(DELAYS)
    assert all(delay.least <= delay.months <= delay.most for delay in DELAYS.values())
