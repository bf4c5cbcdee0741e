"""The guides say what is: commands that exist, links that lead somewhere, every task of the worker."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from preau.backoffice.management.commands.worker import jobs

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        path, _, heading = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        if heading:
            assert heading in {slug(title) for title in titles(found)}, target


def titles(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def slug(title: str) -> str:
    """As forges make it: lower case, without punctuation, spaces turned into dashes."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_told_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    told = set(re.findall(r"(?:^|`)preau ([a-z]+)", text, re.MULTILINE))
    assert told <= set(get_commands())


def test_every_make_target_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets, page


def test_the_guide_names_every_task_of_the_worker() -> None:
    guide = (ROOT / "docs/exploiter.md").read_text(encoding="utf-8")
    assert {job.name for job in jobs() if f"`{job.name}`" not in guide} == set()
