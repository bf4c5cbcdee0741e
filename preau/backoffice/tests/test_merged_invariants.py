"""What `preau verify` says of files that were merged otherwise than by merging."""

import pytest

from preau.backoffice.invariants import files_merged_by_nothing, left_in_merged_files
from preau.backoffice.tests.two_files import NOW, SOON, Two
from preau.bookings.testing import make_booking
from preau.families.models import Family, Merge
from preau.town.testing import make_town, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(time_machine) -> Two:
    time_machine.move_to(NOW, tick=False)
    make_town()
    make_year()
    return Two()


def faults() -> list[str]:
    return [*files_merged_by_nothing(), *left_in_merged_files()]


def test_files_that_were_merged_have_no_fault(two: Two) -> None:
    two.merge()
    assert faults() == []


def test_a_file_that_leads_to_another_without_a_merge_is_told(two: Two) -> None:
    Family.objects.filter(pk=two.gone.pk).update(merged_into=two.kept, archived_at=NOW)
    assert f"dossier {two.gone.number} : il est réuni sans réunion, ou sa réunion n’a pas eu lieu" in faults()


def test_a_merge_whose_file_leads_nowhere_is_told(two: Two) -> None:
    two.merge()
    Family.objects.filter(pk=two.gone.pk).update(merged_into=None)
    assert faults() == [f"dossier {two.gone.number} : il est réuni sans réunion, ou sa réunion n’a pas eu lieu"]


def test_a_file_that_leads_elsewhere_than_its_merge_is_told(two: Two) -> None:
    merge = two.merge()
    other = Family.objects.create(name="Autre", number="5000-0001")
    Merge.objects.filter(pk=merge.pk).update(kept=other)
    assert faults() == [f"dossier {two.gone.number} : il mène à un autre dossier que sa réunion"]


def test_a_booking_left_in_the_closed_file_is_told(two: Two) -> None:
    two.merge()
    booking = make_booking(two.nora, two.unit, two.group, SOON.replace(day=20))
    type(booking).objects.filter(pk=booking.pk).update(family=two.gone)
    assert faults() == [f"dossier {two.gone.number} : réservation y est resté"]
