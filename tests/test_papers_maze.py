"""The separated families of the maze and their papers: documents, health sheets, contacts, persons who may collect,
disagreements, what is left to do. Nobody reads those of the other household."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from preau.accounts.testing import sign_in
from preau.documents.choices import Sensitivity
from preau.documents.permissions import documents_visible_to, own_documents_of, town_documents_visible_to
from preau.families.models import Adult
from preau.health.permissions import sheets_visible_to
from tests.maze import NOW, TODAY, Maze, marks_of, user_of
from tests.papers_maze import Papers, seal_sheets, write_papers
from tests.sweep import undone

pytestmark = pytest.mark.django_db

CODES = r'="/dossier/documents/(pieces|espace|mairie)/(\w{10})/"'


@pytest.fixture(scope="module")
def papers(maze: Maze, django_db_blocker: Any) -> Iterator[Papers]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), undone():
        yield write_papers(maze)


@pytest.fixture(autouse=True)
def this_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def documents_of(maze: Maze, papers: Papers, adult: Adult) -> set[str]:
    """What is lawful: of a child, its papers, those on its health for who sees its health, a judgment in the household
    that gave it; one's own, and those of one's household that is open."""
    is_open = adult.family_id not in maze.told.archived
    lawful = papers.of_household[adult.family_id] | papers.of_adult[adult.pk] if is_open else set()
    for pk in maze.near[adult.pk]:
        child = maze.children[pk]
        levels = {subject: maze.level(adult, child, subject, TODAY) for subject in ("documents", "health")}
        for code, sensitivity, household in papers.of_child[pk]:
            if levels["documents"] and {
                Sensitivity.HEALTH: levels["health"] > 0,
                Sensitivity.JUDGMENT: household == adult.family_id,
            }.get(Sensitivity(sensitivity), True):
                lawful = lawful | {code}
    return lawful


def test_documents_are_for_who_may_read_them(maze: Maze, papers: Papers) -> None:
    wrong, found = [], 0
    for adult in maze.some_adults(150):
        user, lawful = user_of(adult), documents_of(maze, papers, adult)
        given = set(documents_visible_to(user, on=TODAY).values_list("demarche__code", flat=True))
        found += len(given)
        if given != lawful:
            wrong.append((adult, given - lawful, lawful - given))
    assert wrong == []
    assert found > 300


def test_my_space_and_the_letters_of_the_town_are_for_who_they_are(maze: Maze, papers: Papers) -> None:
    for adult in maze.some_adults(60):
        is_open, user = adult.family_id not in maze.told.archived, user_of(adult)
        own = set(own_documents_of(user).values_list("code", flat=True))
        letters = set(town_documents_visible_to(user).values_list("code", flat=True))
        assert (own, letters) == (
            (papers.own[adult.pk], papers.of_town[adult.family_id]) if is_open else (set(), set())
        )


def test_the_page_of_documents_shows_these_and_opens_no_other(maze: Maze, papers: Papers) -> None:
    refused = 0
    for adult in maze.some_adults(12):
        browser, lawful = signed_in(adult), documents_of(maze, papers, adult)
        near = near_documents(maze, papers, adult)
        page = browser.get("/dossier/documents/").content.decode()
        shown = {code for place, code in re.findall(CODES, page) if place == "pieces"}
        assert shown == lawful
        for code in sorted(near - lawful):
            assert browser.get(f"/dossier/documents/pieces/{code}/").status_code == 404
            assert browser.post(f"/dossier/documents/pieces/{code}/retirer/").status_code == 404
            refused += 1
        said = marks_of(maze, adult, maze.near[adult.pk])
        assert not [mark for mark in said if mark in page]
    assert refused > 10


def near_documents(maze: Maze, papers: Papers, adult: Adult) -> set[str]:
    """All the documents of the children and households that papers name with somebody."""
    near = {code for child in maze.near[adult.pk] for code, _, _ in papers.of_child[child]}
    for child in maze.near[adult.pk]:
        for other in maze.adults_near[child]:
            near |= papers.of_adult[other.pk] | papers.of_household[other.family_id]
    return near


def test_a_health_sheet_and_who_read_it_are_for_who_sees_the_health_of_the_child(maze: Maze, papers: Papers) -> None:
    adults = maze.some_adults(24)
    near = set().union(*(maze.near[adult.pk] for adult in adults))
    seal_sheets(maze, near)
    opened = 0
    for adult in adults:
        browser, lawful = signed_in(adult), maze.seen_by(adult, "health")
        acted = maze.seen_by(adult, "health", level=2)
        assert set(sheets_visible_to(user_of(adult), on=TODAY).values_list("pk", flat=True)) == lawful
        for child in maze.near[adult.pk]:
            sheet = f"/dossier/enfants/{maze.children[child].code}/fiche-sanitaire/"
            pages = {page: browser.get(f"{sheet}{page}") for page in ("", "lectures/", "recommandations/")}
            statuses = [response.status_code for response in pages.values()]
            assert statuses == [200 if child in some else 404 for some in (lawful, lawful, acted)], adult
            said = "".join(response.content.decode() for response in pages.values())
            assert set(re.findall(r"Conseil(\d+)!", said)) == ({str(child)} if child in lawful else set())
            opened += child in lawful
    assert opened > 10


def test_who_may_collect_is_told_in_full_to_who_named_them_and_by_name_to_the_others(
    maze: Maze, papers: Papers
) -> None:
    full = partly = none = 0
    for adult in maze.some_adults(24):
        browser, lawful = signed_in(adult), maze.seen_by(adult, "pickup")
        for child in maze.near[adult.pk]:
            page = browser.get(f"/dossier/enfants/{maze.children[child].code}/autorisations/")
            assert page.status_code == (200 if child in lawful else 404)
            none += child not in lawful
            text = page.content.decode()
            for person in papers.named[child] if child in lawful else []:
                is_mine = person.signed_by_id == adult.pk
                assert person.last_name in text
                assert (person.phone in text) is is_mine
                full, partly = full + is_mine, partly + (not is_mine)
                if not is_mine:
                    theirs = f"/dossier/enfants/{maze.children[child].code}/autorisations/personnes/{person.code}/"
                    assert browser.get(theirs).status_code == 404
                    assert browser.post(f"{theirs}retirer/").status_code in (404, 405)
            said = tell_a_home(maze, adult, child)
            assert not [mark for mark in said if mark in text]
    assert min(full, partly, none) > 3


def tell_a_home(maze: Maze, adult: Adult, child: int) -> set[str]:
    """What tells the other household but its names, which both parents know."""
    names = {other.first_name for other in maze.told.adults}
    return marks_of(maze, adult, {child}) - names


def test_a_disagreement_is_followed_by_who_sees_who_collects_the_child(maze: Maze, papers: Papers) -> None:
    followed = refused = 0
    for demarche in papers.disagreements[::6]:
        child = demarche.participant
        assert child is not None
        for adult in maze.adults_near[child.pk]:
            response = signed_in(adult).get(f"/dossier/demarches/{demarche.code}/")
            sees = maze.level(adult, child, "pickup", TODAY) > 0
            assert response.status_code == (200 if sees else 404)
            text = response.content.decode()
            assert not [mark for mark in tell_a_home(maze, adult, child.pk) if mark in text]
            followed, refused = followed + sees, refused + (not sees)
    assert min(followed, refused) > 0


def test_pages_of_the_file_say_nothing_of_the_other_household(maze: Maze, papers: Papers) -> None:
    """Contacts, what is left to do, requests, the file itself, and each child."""
    for adult in maze.some_adults(12):
        browser, near = signed_in(adult), maze.near[adult.pk]
        said = marks_of(maze, adult, near)
        for page in ("/dossier/", "/dossier/coordonnees/", "/dossier/a-faire/", "/dossier/demarches/", "/mon-compte/"):
            text = browser.get(page).content.decode()
            assert not [mark for mark in said if mark in text], page
        for child in near:
            response = browser.get(f"/dossier/enfants/{maze.children[child].code}/")
            assert response.status_code == (200 if child in maze.seen_by(adult, "identity") else 404)
            text = response.content.decode()
            assert not [mark for mark in tell_a_home(maze, adult, child) if mark in text]


def signed_in(adult: Adult) -> Client:
    """Who has just given their password."""
    browser = Client()
    sign_in(browser, user_of(adult))
    return browser
