"""Links sent by mail: used once, in time, for what they were made for."""

import datetime as dt

import pytest

from preau.accounts.choices import LinkPurpose
from preau.accounts.links import find_link, is_open, make_link, use_link
from preau.accounts.models import MailedLink
from preau.accounts.testing import make_user

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def sent(purpose: LinkPurpose = LinkPurpose.PASSWORD, **about: object) -> str:
    return make_link(purpose, hours=72, now=NOW, **about)  # type: ignore[arg-type]


def found(token: str, purpose: LinkPurpose = LinkPurpose.PASSWORD) -> MailedLink:
    link = find_link(token, purpose)
    assert link is not None
    return link


def test_a_link_is_used_once() -> None:
    link = found(sent())
    assert use_link(link, now=NOW)
    assert not use_link(link, now=NOW)
    assert not is_open(found(sent(subject="another")), now=NOW + 72 * HOUR)


def test_a_link_holds_until_its_hour_and_no_longer() -> None:
    link = found(sent())
    assert is_open(link, now=NOW + 72 * HOUR - dt.timedelta(seconds=1))
    assert not is_open(link, now=NOW + 72 * HOUR)
    assert not use_link(link, now=NOW + 72 * HOUR)


def test_the_token_is_nowhere_in_the_database() -> None:
    token = sent()
    assert token not in repr(list(MailedLink.objects.values()))


def test_a_link_does_nothing_else_than_what_it_was_made_for() -> None:
    assert find_link(sent(), LinkPurpose.EMAIL) is None
    assert find_link("x" * 32, LinkPurpose.PASSWORD) is None


def test_a_new_link_closes_the_one_before_and_not_those_of_others() -> None:
    zoe, leo = make_user(), make_user()
    first, other = sent(user=zoe), sent(user=leo)
    second = sent(user=zoe)
    assert [is_open(found(token), now=NOW) for token in (first, other, second)] == [False, True, True]
