"""No page, query or task of agents reads my space: whoever touches its table is named here, with the reason."""

from pathlib import Path

import preau

ROOT = Path(preau.__file__).parent
ITS_OWNERS = {
    "documents/models.py",  # the table
    "documents/permissions.py",  # own_documents_of, by its owner
    "documents/queries.py",  # the list, by its owner
    "documents/actions/own.py",  # added, renamed, deleted by its owner
    "documents/actions/handing.py",  # given to the town by its owner
    "documents/forms.py",  # chosen by its owner
    "documents/views/space.py",
    "documents/forgetting.py",  # deleted with whoever asks to be forgotten
    "backoffice/fates.py",  # follows its owner when two files become one
    "privacy/retention/papers.py",  # deleted once its owner signs in no more
    "privacy/sections/papers.py",  # the table, in the data that its owner takes away
    "documents/__init__.py",  # the words of the area
    "documents/testing.py",
    "townfile/demonstration/papers.py",  # a demonstration is nobody's
}


def test_nothing_of_agents_names_the_table_of_my_space() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if {"tests", "migrations"}.isdisjoint(path.parts)
        if "OwnDocument" in path.read_text(encoding="utf-8") or "owndocument" in path.read_text(encoding="utf-8")
    }
    assert found == ITS_OWNERS


def test_it_is_read_by_its_owner_alone() -> None:
    inside = (ROOT / "documents/permissions.py").read_text(encoding="utf-8")
    assert inside.count("OwnDocument.objects") == 1
    assert "OwnDocument.objects.filter(adult__user=user," in inside
    for name in ("views/staff.py", "views/family.py", "views/space.py", "queries.py", "invariants.py"):
        assert "OwnDocument.objects" not in (ROOT / "documents" / name).read_text(encoding="utf-8")
