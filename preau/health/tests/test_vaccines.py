"""Which doses a child owes on a day, by its birth date."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.core.dates import months_after
from preau.health.choices import DateFault, DoseState, Vaccine
from preau.health.rules.vaccines import (
    NATIONAL,
    Dose,
    Scheme,
    Standing,
    Told,
    dose_faults,
    is_enough,
    parse_schemes,
    schemes_for,
    standing,
)

BORN_2017, BORN_2020, BORN_2025 = dt.date(2017, 5, 10), dt.date(2020, 4, 14), dt.date(2025, 1, 1)


def compulsory(born_on: dt.date) -> set[Vaccine]:
    return {scheme.vaccine for scheme in schemes_for(NATIONAL, born_on) if scheme.owed}


def scheme_of(vaccine: Vaccine, born_on: dt.date) -> Scheme:
    return next(scheme for scheme in schemes_for(NATIONAL, born_on) if scheme.vaccine == vaccine)


def on_age(vaccine: Vaccine, born_on: dt.date, months: int, *told: Told) -> Standing:
    return standing(scheme_of(vaccine, born_on), born_on, told, months_after(born_on, months))


def doses(count: int) -> list[Told]:
    return [Told(rank) for rank in range(1, count + 1)]


def test_before_2018_only_dtp_is_compulsory() -> None:
    assert compulsory(dt.date(2017, 12, 31)) == {Vaccine.DTP}


def test_from_2018_eleven_are_compulsory() -> None:
    assert (
        compulsory(dt.date(2018, 1, 1))
        == compulsory(dt.date(2023, 6, 30))
        == {
            *(Vaccine.DTP, Vaccine.PERTUSSIS, Vaccine.HIB, Vaccine.HEPATITIS_B, Vaccine.PNEUMOCOCCUS),
            *(Vaccine.MMR, Vaccine.MENINGOCOCCUS_C),
        }
    )  # DTP is three of them, and MMR three


def test_who_was_under_eighteen_months_in_2025_owes_acwy_and_b_in_the_place_of_c() -> None:
    before, after = compulsory(dt.date(2023, 6, 30)), compulsory(dt.date(2023, 7, 1))
    assert after - before == {Vaccine.MENINGOCOCCUS_ACWY, Vaccine.MENINGOCOCCUS_B}
    assert before - after == {Vaccine.MENINGOCOCCUS_C}
    assert compulsory(BORN_2025) == after


@pytest.mark.parametrize("born_on", [BORN_2017, BORN_2020, BORN_2025])
def test_bcg_is_advised_to_all_and_asked_of_none(born_on: dt.date) -> None:
    assert scheme_of(Vaccine.BCG, born_on).owed == ()
    assert not on_age(Vaccine.BCG, born_on, 200).is_late


@pytest.mark.parametrize(("months", "owed"), [(2, 0), (3, 1), (5, 1), (6, 2), (12, 2), (13, 3), (18, 3), (150, 3)])
def test_doses_are_asked_for_at_the_ages_of_the_calendar(months: int, owed: int) -> None:
    assert on_age(Vaccine.DTP, BORN_2020, months).missing == owed
    assert on_age(Vaccine.HEPATITIS_B, BORN_2020, months).missing == owed


@pytest.mark.parametrize(("months", "owed"), [(12, 0), (13, 1), (18, 1), (19, 2), (60, 2)])
def test_the_two_doses_of_mmr(months: int, owed: int) -> None:
    assert on_age(Vaccine.MMR, BORN_2020, months).missing == owed


def test_a_dose_is_owed_from_the_very_day() -> None:
    scheme = scheme_of(Vaccine.MMR, BORN_2020)
    assert standing(scheme, BORN_2020, [], dt.date(2021, 5, 13)).missing == 0
    assert standing(scheme, BORN_2020, [], dt.date(2021, 5, 14)).missing == 1


def test_boosters_are_advised_and_never_owed() -> None:
    stands = on_age(Vaccine.DTP, BORN_2020, 75, *doses(3))
    assert (stands.missing, stands.next_rank, stands.is_owed) == (0, 4, False)
    assert (stands.next_on, stands.is_overdue) == (dt.date(2026, 4, 14), True)
    assert not on_age(Vaccine.DTP, BORN_2020, 71, *doses(3)).is_overdue


def test_the_next_dose_of_a_baby_is_owed_at_its_age() -> None:
    stands = on_age(Vaccine.MENINGOCOCCUS_B, BORN_2025, 4, *doses(1))
    assert (stands.missing, stands.next_rank, stands.is_owed, stands.next_on) == (0, 2, True, dt.date(2025, 6, 1))


def test_all_done_leaves_no_next_dose() -> None:
    stands = on_age(Vaccine.MMR, BORN_2020, 60, *doses(2))
    assert (stands.missing, stands.next_rank, stands.next_on, stands.is_owed) == (0, None, None, False)


def test_a_planned_dose_is_still_owed_and_says_so() -> None:
    stands = on_age(Vaccine.MMR, BORN_2020, 60, Told(1), Told(2, DoseState.PLANNED))
    assert (stands.missing, stands.is_planned, stands.is_late) == (1, True, True)


def test_a_certificate_excuses_what_is_missing() -> None:
    stands = on_age(Vaccine.MMR, BORN_2020, 60, Told(1), Told(2, DoseState.EXEMPT))
    assert (stands.missing, stands.is_exempt, stands.is_late) == (1, True, False)


@pytest.mark.parametrize(
    ("vaccine", "born_on", "owed", "last", "over"),
    [
        (Vaccine.PNEUMOCOCCUS, BORN_2020, 3, dt.date(2022, 4, 13), dt.date(2022, 4, 14)),
        (Vaccine.HIB, BORN_2020, 3, dt.date(2025, 4, 13), dt.date(2025, 4, 14)),
        (Vaccine.MENINGOCOCCUS_ACWY, BORN_2025, 2, dt.date(2029, 12, 31), dt.date(2030, 1, 1)),
        (Vaccine.MENINGOCOCCUS_B, BORN_2025, 3, dt.date(2029, 12, 31), dt.date(2030, 1, 1)),
    ],
)
def test_from_a_birthday_on_some_vaccines_are_no_longer_owed(
    vaccine: Vaccine, born_on: dt.date, owed: int, last: dt.date, over: dt.date
) -> None:
    scheme = scheme_of(vaccine, born_on)
    assert [standing(scheme, born_on, [], day).missing for day in (last, over)] == [owed, 0]


@pytest.mark.parametrize(
    "vaccine",
    [Vaccine.DTP, Vaccine.PERTUSSIS, Vaccine.HEPATITIS_B, Vaccine.MMR, Vaccine.MENINGOCOCCUS_C],
)
def test_the_others_are_owed_as_long_as_a_child_is_received(vaccine: Vaccine) -> None:
    assert on_age(vaccine, BORN_2020, 17 * 12).missing == len(scheme_of(vaccine, BORN_2020).owed)


@pytest.mark.parametrize(
    ("vaccine", "born_on", "months", "needed"),
    [
        (Vaccine.HIB, BORN_2020, 12, 1),
        (Vaccine.PNEUMOCOCCUS, BORN_2020, 12, 2),
        (Vaccine.MENINGOCOCCUS_C, BORN_2020, 12, 1),
        (Vaccine.MENINGOCOCCUS_ACWY, BORN_2025, 12, 1),
        (Vaccine.MENINGOCOCCUS_B, BORN_2025, 24, 2),
    ],
)
def test_a_late_first_dose_shortens_the_course_from_that_very_birthday(
    vaccine: Vaccine, born_on: dt.date, months: int, needed: int
) -> None:
    scheme, birthday = scheme_of(vaccine, born_on), months_after(born_on, months)
    the_day_before = [birthday - dt.timedelta(days=1) + dt.timedelta(days=70 * rank) for rank in range(needed)]
    the_day_itself = [birthday + dt.timedelta(days=70 * rank) for rank in range(needed)]
    assert (is_enough(scheme, born_on, the_day_before), is_enough(scheme, born_on, the_day_itself)) == (False, True)


def test_who_begins_late_needs_fewer_doses() -> None:
    scheme = scheme_of(Vaccine.MENINGOCOCCUS_C, BORN_2020)
    on_time, late = months_after(BORN_2020, 5), months_after(BORN_2020, 12)
    assert not is_enough(scheme, BORN_2020, [on_time])
    assert is_enough(scheme, BORN_2020, [on_time, late])
    assert is_enough(scheme, BORN_2020, [late])
    assert on_age(Vaccine.MENINGOCOCCUS_C, BORN_2020, 40, Told(1, is_enough=True)).missing == 0


def test_nothing_given_is_never_enough() -> None:
    assert not is_enough(scheme_of(Vaccine.HIB, BORN_2020), BORN_2020, [])
    assert not is_enough(scheme_of(Vaccine.BCG, BORN_2020), BORN_2020, [BORN_2020])


@given(
    born_on=st.dates(dt.date(2008, 1, 1), dt.date(2026, 1, 1)),
    age=st.integers(0, 6000),
    given=st.integers(0, 5),
)
def test_more_doses_never_owe_more_and_time_never_owes_less_before_the_end(
    born_on: dt.date, age: int, given: int
) -> None:
    on = born_on + dt.timedelta(days=age)
    for scheme in schemes_for(NATIONAL, born_on):
        missing = standing(scheme, born_on, doses(given), on).missing
        assert standing(scheme, born_on, doses(given + 1), on).missing <= missing <= len(scheme.owed)
        if scheme.until is None:
            assert standing(scheme, born_on, doses(given), on + dt.timedelta(days=90)).missing >= missing


@given(born_on=st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), months=st.integers(0, 300))
def test_an_age_in_months_falls_in_that_month(born_on: dt.date, months: int) -> None:
    day = months_after(born_on, months)
    assert (day.year - born_on.year) * 12 + day.month - born_on.month == months
    assert day.day <= born_on.day


# Dates as families type them

TODAY = dt.date(2026, 11, 9)
OK = Dose(DoseState.GIVEN, dt.date(2021, 1, 30))


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ([OK, None, None], {}),
        ([Dose(DoseState.GIVEN, BORN_2020)], {}),
        ([Dose(DoseState.GIVEN, TODAY)], {}),
        ([Dose(DoseState.PLANNED, TODAY)], {}),
        ([Dose(DoseState.GIVEN, dt.date(2020, 4, 13))], {0: DateFault.BEFORE_BIRTH}),
        ([Dose(DoseState.GIVEN, dt.date(2026, 11, 10))], {0: DateFault.IN_THE_FUTURE}),
        ([Dose(DoseState.PLANNED, dt.date(2026, 11, 8))], {0: DateFault.ALREADY_PAST}),
        ([Dose(DoseState.EXEMPT, dt.date(2026, 11, 8))], {0: DateFault.ENDED}),
        ([OK, Dose(DoseState.EXEMPT, dt.date(2027, 1, 1))], {}),
        ([OK, OK], {1: DateFault.OUT_OF_ORDER}),
        ([None, OK], {1: DateFault.HOLE}),
        ([OK, None, Dose(DoseState.PLANNED, TODAY)], {2: DateFault.HOLE}),
    ],
)
def test_the_date_of_a_dose_is_checked(told: list[Dose | None], faults: dict[int, DateFault]) -> None:
    assert dose_faults(told, BORN_2020, TODAY) == faults


# As a town writes them


def test_a_town_writes_its_own_course() -> None:
    row = {
        "vaccine": "ror",
        "ages": [12, 16],
        "owed": [13],
        "born_from": dt.date(2018, 1, 1),
        "catch_up": [{"age": 24, "doses": 1}],
        "until": 200,
    }
    scheme = Scheme(Vaccine.MMR, (12, 16), (13,), dt.date(2018, 1, 1), None, ((24, 1),), 200)
    assert parse_schemes([row]) == parse_schemes([row | {"born_from": "2018-01-01"}]) == (scheme,)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ages": [16, 12]}, "âges"),
        ({"owed": [13, 19, 30]}, "owed"),
        ({"owed": [11]}, "owed"),
        ({"catch_up": [{"age": 24, "doses": 3}]}, "catch_up"),
        ({"born_from": dt.date(2020, 1, 1), "born_to": dt.date(2019, 1, 1)}, "born_to"),
        ({"vaccine": "grippe"}, "grippe"),
    ],
)
def test_a_course_that_makes_no_sense_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_schemes([{"vaccine": "ror", "ages": [12, 16], "owed": [13, 19]} | changes])
