"""Filling in a sheet: what is kept, what lists know of it, what is written nowhere."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from preau.families.models import Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.health.actions import SheetMoved, confirm, fill, fill_pai, fill_vaccine
from preau.health.choices import DoseState, Item, Vaccine
from preau.health.keys import opener_for
from preau.health.models import Confirmation, HealthField, Pai, SheetSettings, Vaccination
from preau.health.queries.sheets import sheet_of
from preau.health.queries.states import SheetState, has_pai, sheet_states, vaccines_owed
from preau.health.rules.vaccines import Dose
from preau.health.testing import NOON, make_field, make_sheet, make_vaccines
from preau.journal.models import Entry
from preau.town.queries import year_on
from preau.town.testing import make_year

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 9)
BORN = dt.date(2020, 4, 14)
PLANTED = ("arachide", "Dr Mirabelle", "0611223344", "zéphyrine", "2021-05-30")


def child_of(count: int = 1) -> list[Participant]:
    family = make_family()
    make_adult(family)
    return [make_child(family, first_name=f"Enfant {number}", born_on=BORN) for number in range(count)]


def state_of(child: Participant, on: dt.date = TODAY) -> SheetState:
    return sheet_states([child], year=year_on(on), on=on)[child.pk]


def value_of(child: Participant, item: Item) -> dict[str, object]:
    opener = opener_for(child)
    assert opener is not None
    known: dict[str, object] = json.loads(opener.opened(HealthField.objects.get(participant=child, name=item)))
    return known


def plant(child: Participant) -> None:
    """Words that are to be found nowhere in clear, in every item."""
    has = {"has": True}
    make_sheet(
        child,
        doctor={"name": PLANTED[1], "phone": PLANTED[2]},
        allergies=has | {"list": [{"cause": PLANTED[0], "action": PLANTED[3], "severity": "vital"}]},
        treatments=has | {"list": [{"name": PLANTED[3], "how": PLANTED[0]}], "prescription": True},
    )
    fill(child=child, item=Item.ADVICE, value={"text": PLANTED[3]}, by=None, now=NOON)
    fill_pai(child=child, starts_on=TODAY, ends_on=TODAY, text=PLANTED[0], by=None, now=NOON)
    doses = [Dose(DoseState.GIVEN, dt.date.fromisoformat(PLANTED[4]))]
    fill_vaccine(child=child, vaccines=[Vaccine.BCG], doses=doses, by=None, now=NOON)


def test_no_table_holds_a_word_of_a_sheet_in_clear() -> None:
    (child,) = child_of()
    plant(child)
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            said = " ".join(str(bytes(one) if isinstance(one, memoryview) else one) for one in row.values())
            found = [word for word in PLANTED if word.casefold() in said.casefold() or word.encode() in said.encode()]
            assert not found, f"{model.__name__}: {found}"


def test_what_was_planted_opens() -> None:
    (child,) = child_of()
    plant(child)
    lines = " ".join(line for one in sheet_of(child, year=None, on=TODAY).items for line in one.lines)
    assert all(word in lines for word in PLANTED[:4])


def test_the_journal_names_items_and_never_what_they_say() -> None:
    (child,) = child_of()
    plant(child)
    entries = Entry.objects.filter(action="health.filled", participant=child.code)
    assert entries.count() > 8
    known = {name for entry in entries for name in entry.facts}
    assert known == {"items", "vaccines"}
    assert not any(word in str(entry.facts) for entry in entries for word in PLANTED)


def test_the_last_answer_is_the_one_that_counts() -> None:
    (child,) = child_of()
    for text in ("lunettes", "rien"):
        fill(child=child, item=Item.ADVICE, value={"text": text}, by=None, now=NOON)
    assert value_of(child, Item.ADVICE) == {"text": "rien"}
    assert HealthField.objects.count() == 1


def test_who_read_an_older_answer_is_told_that_it_moved() -> None:
    (child,) = child_of()
    fill(child=child, item=Item.ADVICE, value={"text": "lunettes"}, by=None, now=NOON)
    with pytest.raises(SheetMoved):
        fill(child=child, item=Item.ADVICE, value={"text": "rien"}, seen="", by=None, now=NOON)
    assert value_of(child, Item.ADVICE) == {"text": "lunettes"}
    fill(child=child, item=Item.ADVICE, value={"text": "rien"}, seen=NOON.isoformat(), by=None, now=NOON)
    assert value_of(child, Item.ADVICE) == {"text": "rien"}


def test_the_same_answer_twice_is_no_conflict() -> None:
    (child,) = child_of()
    for _ in range(2):
        fill(child=child, item=Item.ADVICE, value={"text": "lunettes"}, seen="", by=None, now=NOON)
    assert value_of(child, Item.ADVICE) == {"text": "lunettes"}


# PAI


def runs(child: Participant) -> list[tuple[dt.date, dt.date]]:
    return list(Pai.objects.filter(participant=child).order_by("starts_on").values_list("starts_on", "ends_on"))


def test_a_pai_is_known_by_its_days_alone() -> None:
    (child,) = child_of()
    ends_on = dt.date(2027, 7, 4)
    fill_pai(child=child, starts_on=TODAY, ends_on=ends_on, text="arachide", by=None, now=NOON)
    days = [TODAY - dt.timedelta(days=1), TODAY, ends_on, ends_on + dt.timedelta(days=1)]
    assert [has_pai([child], day) == {child.pk} for day in days] == [False, True, True, False]


def test_a_new_pai_ends_the_one_before() -> None:
    (child,) = child_of()
    for starts_on in (dt.date(2026, 9, 1), dt.date(2027, 9, 1), dt.date(2027, 9, 1)):
        ends_on = starts_on + dt.timedelta(days=500)
        fill_pai(child=child, starts_on=starts_on, ends_on=ends_on, text="stylo", by=None, now=NOON)
    assert runs(child) == [
        (dt.date(2026, 9, 1), dt.date(2027, 8, 31)),
        (dt.date(2027, 9, 1), dt.date(2027, 9, 1) + dt.timedelta(days=500)),
    ]


def test_no_pai_any_more_ends_it_yesterday_and_forgets_what_had_not_begun() -> None:
    (child,) = child_of()
    for starts_on in (dt.date(2026, 9, 1), dt.date(2027, 9, 1)):
        fill_pai(child=child, starts_on=starts_on, ends_on=starts_on + dt.timedelta(300), text="x", by=None, now=NOON)
    fill_pai(child=child, starts_on=None, ends_on=None, by=None, now=NOON)
    assert runs(child) == [(dt.date(2026, 9, 1), dt.date(2026, 11, 8))]
    assert not state_of(child).has_pai
    assert Item.PAI not in state_of(child).lacking


def test_a_pai_that_has_ended_is_asked_for_again() -> None:
    (child,) = child_of()
    ended = dt.date(2026, 12, 31)
    fill_pai(child=child, starts_on=TODAY, ends_on=ended, text="stylo", by=None, now=NOON)
    assert Item.PAI not in state_of(child, ended).lacking
    assert Item.PAI in state_of(child, ended + dt.timedelta(days=1)).lacking


# Vaccines


def test_the_same_shots_are_told_once_for_all_they_cover() -> None:
    (child,) = child_of()
    doses = [Dose(DoseState.GIVEN, dt.date(2020, month, 14)) for month in (6, 8)]
    fill_vaccine(child=child, vaccines=[Vaccine.DTP, Vaccine.HIB], doses=doses, by=None, now=NOON)
    fill_vaccine(child=child, vaccines=[Vaccine.DTP, Vaccine.HIB], doses=doses[:1], by=None, now=NOON)
    assert sorted(Vaccination.objects.values_list("vaccine", "rank")) == [("dtp", 1), ("hib", 1)]


def test_who_read_older_doses_is_told_that_they_moved_and_the_same_dates_are_no_conflict() -> None:
    (child,) = child_of()
    first, other = ([Dose(DoseState.GIVEN, dt.date(2020, 6, day))] for day in (14, 15))
    fill_vaccine(child=child, vaccines=[Vaccine.HIB], doses=first, by=None, now=NOON)
    unread: dict[str, Any] = {"vaccines": [Vaccine.DTP, Vaccine.HIB], "seen": {}, "by": None, "now": NOON}
    with pytest.raises(SheetMoved):
        fill_vaccine(child=child, doses=other, **unread)
    assert Vaccination.objects.get().vaccine == Vaccine.HIB
    fill_vaccine(child=child, doses=first, **unread)
    read = {Vaccine.DTP: NOON.isoformat(), Vaccine.HIB: NOON.isoformat()}
    fill_vaccine(child=child, doses=other, **unread | {"seen": read})
    assert Vaccination.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_write_a_vaccine_at_once_leave_the_doses_of_one_and_the_other_is_told() -> None:
    (child,) = child_of()
    make_field(child)  # its key is there already
    start, told = threading.Barrier(2), []

    def write(day: int) -> None:
        doses = [Dose(DoseState.GIVEN, dt.date(2020, month, day)) for month in (6, 8)]
        start.wait()
        try:
            fill_vaccine(child=child, vaccines=[Vaccine.DTP], doses=doses, seen={}, by=None, now=NOON)
            told.append("written")
        except SheetMoved:
            told.append("moved")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(day,)) for day in (14, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["moved", "written"]
    assert Vaccination.objects.count() == 2


def test_a_vaccine_without_a_course_for_this_child_is_not_kept() -> None:
    (child,) = child_of()
    doses = [Dose(DoseState.GIVEN, TODAY)]
    fill_vaccine(child=child, vaccines=[Vaccine.MENINGOCOCCUS_B], doses=doses, by=None, now=NOON)
    assert not Vaccination.objects.exists()


def test_lists_know_what_is_owed_without_opening_a_date() -> None:
    (child,) = child_of()
    make_vaccines(child, but=[Vaccine.MMR])
    doses = [Dose(DoseState.GIVEN, dt.date(2021, 4, 14)), Dose(DoseState.PLANNED, dt.date(2026, 12, 1))]
    fill_vaccine(child=child, vaccines=[Vaccine.MMR], doses=doses, by=None, now=NOON)
    (owed,) = vaccines_owed([child], TODAY)[child.pk]
    assert (owed.vaccine, owed.missing, owed.is_planned) == (Vaccine.MMR, 1, True)


def test_who_began_late_owes_no_more() -> None:
    (child,) = child_of()
    make_vaccines(child, but=[Vaccine.MENINGOCOCCUS_C])
    assert len(vaccines_owed([child], TODAY)[child.pk]) == 1
    doses = [Dose(DoseState.GIVEN, dt.date(2022, 1, 1))]
    fill_vaccine(child=child, vaccines=[Vaccine.MENINGOCOCCUS_C], doses=doses, by=None, now=NOON)
    assert vaccines_owed([child], TODAY)[child.pk] == []


# States of sheets


def test_a_new_sheet_lacks_all_that_is_asked_for() -> None:
    (child,) = child_of()
    state = state_of(child)
    assert state.lacking == (Item.VACCINES, Item.DOCTOR, Item.ALLERGIES, Item.PAI, Item.TREATMENTS)
    assert [state.is_begun, state.is_complete, state.is_confirmed, state.has_pai] == [False] * 4


def test_a_sheet_is_complete_then_confirmed() -> None:
    year, (child,) = make_year(), child_of()
    make_sheet(child)
    assert state_of(child).is_complete
    assert not state_of(child).is_confirmed
    adult = child.guardianships.get().adult
    assert adult.user is not None
    for _ in range(2):
        confirm(child=child, year=year, adult=adult, by=adult.user, now=NOON)
    assert state_of(child).is_confirmed
    assert Confirmation.objects.count() == 1
    assert Entry.objects.filter(action="health.confirmed").count() == 1


def test_a_town_asks_for_what_it_chose() -> None:
    (child,) = child_of()
    modes = {"vaccines": "off", "pai": "optional", "insurance": "required", "doctor": "off"}
    SheetSettings.objects.create(modes=modes, schemes=[{"vaccine": "ror", "ages": [12], "owed": [13]}])
    assert state_of(child).lacking == (Item.ALLERGIES, Item.TREATMENTS, Item.INSURANCE)
    assert [one.vaccine for one in state_of(child).vaccines] == [Vaccine.MMR]


def test_an_adult_who_takes_part_has_no_sheet() -> None:
    grown_up = Participant.objects.create(
        adult=make_adult(make_family()), first_name="Ana", last_name="Bel", born_on=dt.date(1990, 1, 1)
    )
    assert sheet_states([grown_up], year=None, on=TODAY) == {}
    assert vaccines_owed([grown_up], TODAY) == {}


@pytest.mark.parametrize("count", [1, 6])
def test_states_of_many_cost_what_one_does(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    year, children = make_year(), child_of(count)
    for child in children:
        make_sheet(child)
    with django_assert_num_queries(5):
        sheet_states(children, year=year, on=TODAY)
    with django_assert_num_queries(2):
        vaccines_owed(children, TODAY)
    with django_assert_num_queries(1):
        has_pai(children, TODAY)


def test_lists_need_no_key(settings: object) -> None:
    (child,) = child_of()
    make_sheet(child)
    settings.HEALTH_KEY_FILE = "/nulle-part"  # type: ignore[attr-defined]
    assert state_of(child).is_complete
