"""How an adult is reached: what the file knows is never replaced, and the one number of old files is sorted."""

from importlib import import_module

import pytest
from django.apps import apps

from preau.families.models import Adult
from preau.families.rules import Contact, completed, phone_wanted
from preau.families.testing import make_adult, make_family

phones = import_module("preau.families.migrations.0003_phones_and_preferred_contact")


def test_what_is_not_known_is_completed_and_what_is_known_stays() -> None:
    held = Contact("06 00 00 00 01", "", "", "")
    told = Contact("06 00 00 00 02", "01 00 00 00 03", "", "mobile")
    assert completed(held, told) == Contact("06 00 00 00 01", "01 00 00 00 03", "", "mobile")
    assert completed(told, held) == told


def test_a_preferred_way_whose_number_nobody_gave_is_not_kept() -> None:
    assert phone_wanted(Contact(preferred_contact="work")) == "phone_work"
    assert completed(Contact(), Contact(phone_home="01 00 00 00 03", preferred_contact="work")) == Contact(
        phone_home="01 00 00 00 03"
    )


@pytest.mark.parametrize("way", ["", "email", "post"])
def test_other_ways_need_no_number(way: str) -> None:
    assert phone_wanted(Contact(preferred_contact=way)) == ""


def test_numbers_are_told_with_what_they_are() -> None:
    contact = Contact("06 00 00 00 01", "", "01 00 00 00 03")
    assert contact.told().replace("\xa0", " ") == "06 00 00 00 01 (portable) · 01 00 00 00 03 (travail)"
    assert Contact().told() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "sorted_out"),
    [
        ("06 12 34 56 78", ("06 12 34 56 78", "")),
        ("+33 7.12.34.56.78", ("+33 7.12.34.56.78", "")),
        ("0033612345678", ("0033612345678", "")),
        ("01 45 59 20 00", ("", "01 45 59 20 00")),
        ("+41 79 123 45 67", ("", "+41 79 123 45 67")),
        ("", ("", "")),
    ],
)
def test_the_number_of_an_old_file_is_a_mobile_or_that_of_the_home(known: str, sorted_out: tuple[str, str]) -> None:
    adult = make_adult(make_family(), signs_in=False)
    Adult.objects.filter(pk=adult.pk).update(phone_mobile=known)
    phones.sort_phones(apps, None)
    adult.refresh_from_db()
    assert (adult.phone_mobile, adult.phone_home) == sorted_out
    phones.one_phone(apps, None)
    adult.refresh_from_db()
    assert adult.phone_mobile == known
