"""What the portal knows of people: every table is accounted for, and an export tells its own person alone."""

import io
import zipfile

from django.apps import apps

from preau.accounts.models import User
from preau.privacy.sections import SECTIONS, Person
from preau.privacy.sections.left_out import LEFT_OUT
from preau.privacy.writing import write_export
from tests.household import NOW, OTHERS, OURS

TABLES = {model._meta.label for model in apps.get_models(include_auto_created=True)}
TOLD = {table for section in SECTIONS for table in section.models}


def test_every_table_is_told_or_left_out_for_a_reason():
    """A new table that names people goes to a section of preau/privacy/sections; any other, to left_out.py with why."""
    assert TABLES - TOLD - LEFT_OUT.keys() == set()


def test_nothing_is_both_told_and_left_out_nor_has_gone():
    assert TOLD & LEFT_OUT.keys() == set()
    assert (TOLD | LEFT_OUT.keys()) - TABLES == set()


def test_codes_of_sections_are_used_once():
    assert len({section.code for section in SECTIONS}) == len(SECTIONS)


def exported(user: User) -> str:
    """All the texts of an export as one."""
    target = io.BytesIO()
    write_export(target, Person(user, NOW.date()), at=NOW)
    archive = zipfile.ZipFile(target)
    return "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".csv", ".json")))


def test_an_export_tells_its_own_person_and_nobody_else(world):
    """Strangers come across the family everywhere: same name at a service, a bond that was withdrawn, a neighbour."""
    ours = exported(world.ours.user)
    assert {OURS.family, OURS.parent, OURS.child, world.ours.invoice.number} <= set(ours.replace('"', " ").split())
    for person in world.strangers:
        if person.user is not None and person.user.is_family:
            told = exported(person.user)
            assert [mark for mark in person.marks if mark in told] == [], person.name
    assert OTHERS.numbers not in ours


def test_every_cell_has_its_column(world):
    person = Person(world.ours.user, NOW.date())
    for section in SECTIONS:
        assert all(len(row) == len(section.columns) for row in section.rows(person)), section.code


def test_who_has_no_file_has_an_export_all_the_same(world):
    alone = User.objects.create_user("seule", "seule@example.org", kind="family")
    assert "seule@example.org" in exported(alone)
