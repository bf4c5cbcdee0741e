"""The visitor of the journeys sees what is wrong: each test shows one fault, which must be noticed."""

import pytest
from playwright.sync_api import expect

from preau.accounts.testing import make_user
from tests.browser import Visitor
from tests.conftest import OpenVisitor

pytestmark = [pytest.mark.journey, pytest.mark.urls("tests.browser_pages")]


def test_a_sound_page_is_accepted(visitor: Visitor) -> None:
    visitor.goto("/sound/")
    visitor.look("essai")


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/inline-style/", "style-src"),
        ("/inline-script/", "script-src"),
        ("/picture-without-text/", "image-alt"),
        ("/wide/", "scrolls sideways"),
    ],
)
def test_a_faulty_page_is_refused(visitor: Visitor, path: str, complaint: str) -> None:
    visitor.goto(path)
    with pytest.raises(AssertionError, match=complaint):
        visitor.look("essai")


def test_a_faulty_page_is_refused_without_scripts_too(open_visitor: OpenVisitor) -> None:
    visitor = open_visitor(javascript=False)
    visitor.goto("/inline-style/")
    with pytest.raises(AssertionError, match="inline style"):
        visitor.look("essai")


def test_a_server_error_is_noticed_even_when_expected(visitor: Visitor) -> None:
    visitor.goto("/broken/", status=500)
    assert [fault.split(" answered ")[1] for fault in visitor.faults] == ["500"]
    visitor.faults.clear()


def test_another_answer_than_expected_is_refused(visitor: Visitor) -> None:
    with pytest.raises(AssertionError, match="answered 404, not 200"):
        visitor.goto("/nowhere/")


def test_two_visitors_are_two_persons(open_visitor: OpenVisitor, sign_in) -> None:
    zoe, hugo = open_visitor(), open_visitor()
    sign_in(zoe, make_user(first_name="Zoé"))
    zoe.goto("/name/")
    hugo.goto("/name/")
    expect(zoe.page.get_by_text("Zoé")).to_be_visible()
    expect(hugo.page.get_by_text("AnonymousUser")).to_be_visible()
