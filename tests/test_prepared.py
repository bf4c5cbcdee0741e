"""Statements built once: they give what the ORM gives, on both databases."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from preau.core.prepared import Prepared, insert
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.models import PublicHoliday, Town
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 8, tzinfo=dt.UTC)
DAYS = [dt.date(2026, 11, 1), dt.date(2026, 11, 11), dt.date(2026, 12, 25)]


def mail(**fields: str) -> Outgoing:
    values = {"address": "zoe@example.org", "subject": "Bonjour", "text": "…", "dedupe_key": "one"} | fields
    return Outgoing(created_at=NOW, next_try_at=NOW, **values)


def test_a_list_of_days_is_read_whatever_its_length() -> None:
    PublicHoliday.objects.bulk_create(PublicHoliday(on=day, name=f"Férié {day}") for day in DAYS)
    holidays = Prepared(lambda days: PublicHoliday.objects.filter(on__in=days).order_by("on").values_list("on"))
    for some in ([], DAYS[:1], DAYS[1:], DAYS[:2], [dt.date(2027, 1, 1)]):
        assert holidays.rows(days=some) == [(day,) for day in some if day in DAYS]


def test_a_row_is_inserted_with_the_defaults_and_texts_of_its_model() -> None:
    insert(Entry(at=NOW, actor="system", action="tests.tried", facts={"prix": "3,50 €", "jours": [1, 2]}))
    entry = Entry.objects.get()
    assert (entry.at, entry.action, entry.subject, entry.seq) == (NOW, "tests.tried", "", None)
    assert entry.facts == {"prix": "3,50 €", "jours": [1, 2]}


def test_what_is_known_already_is_left_alone_or_refused() -> None:
    insert(mail(subject="La première"))
    insert(mail(subject="La seconde"), unless_known=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(mail(subject="La troisième"))
    assert list(Outgoing.objects.values_list("subject", "state")) == [("La première", "waiting")]


def test_a_row_that_breaks_a_rule_is_refused() -> None:
    make_town()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Town(id=2, name="Une autre"))
