"""The journal: written with the change, chained after it, and telling when it was touched."""

import datetime as dt
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from preau.journal.actions import anchor, chain, chain_faults, purge, record
from preau.journal.models import ChainHead, Cut, Entry
from preau.journal.testing import unguarded

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)
ZOE = SimpleNamespace(journal_name="family:z-pinceau")


def write(count: int) -> None:
    for number in range(count):
        at = NOW + dt.timedelta(seconds=number, microseconds=number)
        facts = {"été": [number, None, 1.5], "b": {"y": True, "x": "«»"}}
        record(ZOE, "tests.done", at=at, subject=f"s{number}", family=f"f{number}", participant="p", facts=facts)


def write_and_chain(count: int) -> list[int]:
    """The keys of the rows in the order of the chain."""
    write(count)
    chain()
    return list(Entry.objects.order_by("seq").values_list("pk", flat=True))


@pytest.mark.django_db
def test_an_entry_says_who_did_what_by_codes():
    record(ZOE, "bookings.booked", at=NOW, subject="abc", family="def", participant="ghi", facts={"count": 2})
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == ("family:z-pinceau", "bookings.booked", "abc")
    assert (entry.family, entry.participant, entry.facts) == ("def", "ghi", {"count": 2})
    assert entry.seq is None


@pytest.mark.django_db
def test_nobody_in_particular_is_the_system():
    record(None, "tests.done", at=NOW)
    assert Entry.objects.get().actor == "system"


@pytest.mark.django_db
def test_what_did_not_happen_is_not_in_the_journal():
    with transaction.atomic():
        record(None, "tests.done", at=NOW)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_rows_are_numbered_without_gaps_batch_after_batch():
    write(7)
    assert [chain(batch=3) for _ in range(4)] == [3, 3, 1, 0]
    assert list(Entry.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert list(chain_faults()) == []


@pytest.mark.django_db
def test_an_empty_journal_has_no_fault():
    assert list(chain_faults()) == []
    assert chain() == 0
    assert list(chain_faults()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"actor": "family:someone-else"},
        {"action": "tests.undone"},
        {"subject": ""},
        {"family": "x"},
        {"participant": "x"},
        {"at": NOW - dt.timedelta(microseconds=1)},
        {"facts": {}},
        {"digest": "0" * 64},
    ],
)
def test_a_changed_row_is_found_among_many(change):
    keys = write_and_chain(300)
    place = random.Random(str(change)).randrange(300)
    with unguarded():
        Entry.objects.filter(pk=keys[place]).update(**change)
    assert f"ligne {place + 1} modifiée" in list(chain_faults())


@pytest.mark.django_db
def test_a_row_changed_with_its_digest_betrays_itself_in_the_next():
    keys = write_and_chain(20)
    forged = Entry.objects.get(pk=keys[9])
    with unguarded():
        Entry.objects.filter(pk=keys[9]).update(digest="f" * 64, subject="forged")
    faults = list(chain_faults())
    assert faults == [f"ligne {forged.seq} modifiée", "ligne 11 modifiée"]


@pytest.mark.django_db
def test_a_removed_row_is_found():
    keys = write_and_chain(50)
    with unguarded():
        Entry.objects.filter(pk=keys[20]).delete()
    assert next(iter(chain_faults())) == "ligne 21 absente (la suivante est 22)"


@pytest.mark.django_db
def test_removed_last_rows_are_found():
    keys = write_and_chain(50)
    with unguarded():
        Entry.objects.filter(pk__in=keys[48:]).delete()
    assert list(chain_faults()) == ["la dernière ligne devrait être la 50, c’est la 48"]


@pytest.mark.django_db
def test_two_rows_in_each_others_place_are_found():
    keys = write_and_chain(5)
    with unguarded():
        Entry.objects.filter(pk=keys[1]).update(seq=99)
    with unguarded():
        Entry.objects.filter(pk=keys[2]).update(seq=2)
    with unguarded():
        Entry.objects.filter(pk=keys[1]).update(seq=3)
    assert {"ligne 2 modifiée", "ligne 3 modifiée"} <= set(chain_faults())


@pytest.mark.django_db
def test_a_row_slipped_in_is_found():
    write_and_chain(5)
    record(ZOE, "tests.forged", at=NOW)
    with unguarded():
        Entry.objects.filter(seq__isnull=True).update(seq=6, digest="a" * 64)
    assert "ligne 6 modifiée" in list(chain_faults())


@pytest.mark.django_db
def test_verify_says_so_and_fails(capsys):
    keys = write_and_chain(5)
    call_command("verify")
    with unguarded():
        Entry.objects.filter(pk=keys[2]).update(actor="nobody")
    with pytest.raises(SystemExit):
        call_command("verify")
    assert "ligne 3 modifiée" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_long_journal_is_read_in_one_query(django_assert_num_queries):
    write_and_chain(200)
    with django_assert_num_queries(3):
        list(chain_faults())


def in_threads(work: Callable[[], int], count: int) -> list[int]:
    def run(_: int) -> int:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_several_workers_chain_each_row_once():
    write(60)
    assert sum(in_threads(lambda: chain(batch=10), 6)) == 60
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 61))
    assert list(chain_faults()) == []
    assert ChainHead.objects.get().seq == 60


@pytest.mark.django_db
def test_a_chained_row_never_changes():
    keys = write_and_chain(3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=keys[1]).update(actor="nobody")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=keys[1]).update(seq=None, digest="")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets rows go, and the chain tells")
def test_a_row_goes_only_below_a_cut():
    write_and_chain(3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(seq=1).delete()


# Taking the oldest part away


def second(number: int) -> dt.datetime:
    """Just after the row of that number was written."""
    return NOW + dt.timedelta(seconds=number, milliseconds=500)


@pytest.mark.django_db
def test_the_oldest_rows_go_and_the_rest_still_hangs_together():
    write_and_chain(20)
    assert purge(before=second(11), now=second(30)) == 12
    assert not Entry.objects.filter(seq__lte=12).exists()
    assert list(chain_faults()) == []
    chain()
    assert list(chain_faults()) == []


@pytest.mark.django_db
def test_a_row_as_old_as_the_limit_stays():
    write_and_chain(2)
    assert purge(before=Entry.objects.get(seq=1).at, now=second(30)) == 0
    assert not Cut.objects.exists()


@pytest.mark.django_db
def test_cut_after_cut_the_chain_is_read_from_the_last():
    write_and_chain(20)
    purge(before=second(4), now=second(30))
    chain()
    purge(before=second(9), now=second(31))
    chain()
    assert Cut.objects.get().seq == 10
    assert list(chain_faults()) == []


@pytest.mark.django_db
def test_all_may_go_but_what_tells_so():
    write_and_chain(5)
    assert purge(before=second(20), now=second(30)) == 5
    assert chain() == 1
    assert list(chain_faults()) == []


@pytest.mark.django_db
def test_what_is_not_chained_yet_stays():
    write_and_chain(3)
    write(2)
    purge(before=second(20), now=second(30))
    assert Entry.objects.filter(action="tests.done").count() == 2


@pytest.mark.django_db
def test_an_old_row_behind_a_young_one_waits_for_it():
    write(3)
    record(ZOE, "tests.done", at=second(50))
    record(ZOE, "tests.late", at=NOW)
    chain()
    assert purge(before=second(40), now=second(60)) == 3
    assert Entry.objects.filter(action="tests.late").exists()


@pytest.mark.django_db
def test_a_cut_that_the_journal_does_not_tell_is_found():
    write_and_chain(20)
    entry = Entry.objects.get(seq=10)
    with unguarded():
        Cut.objects.create(seq=10, digest=entry.digest, at=NOW, count=10)
        Entry.objects.filter(seq__lte=10).delete()
    assert list(chain_faults()) == ["la coupe à la ligne 10 n’est pas dans le journal"]


@pytest.mark.django_db
def test_a_head_that_was_taken_away_is_found():
    write_and_chain(5)
    ChainHead.objects.all().delete()
    assert list(chain_faults()) == ["la fin de la chaîne a disparu"]


@pytest.mark.django_db
def test_the_anchor_is_the_last_link(capsys):
    write_and_chain(5)
    call_command("anchor")
    assert f"ligne 5 {anchor()[1]}" in capsys.readouterr().out
