"""Opening a parent's account: one for a name, one for an address, with what was accepted."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password

from preau.accounts.actions import EmailTaken, UsernameTaken, family_account_at, open_family_account
from preau.accounts.choices import LinkPurpose, UserKind
from preau.accounts.links import close_links, find_link, is_open, make_links
from preau.accounts.models import User
from preau.accounts.testing import PASSWORD, make_user
from preau.town.models import Text

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)


def opened(username: str = "Z-pinceau", email: str = "zoe@example.org", *texts: Text) -> User:
    return open_family_account(
        username=username,
        email=email,
        first_name="Zoé",
        last_name="Pinceau",
        password_hash=make_password(PASSWORD),
        is_admitted=False,
        texts=texts,
        by=None,
        now=NOW,
    )


def test_an_account_opens_with_its_password_and_what_was_accepted() -> None:
    text = Text.objects.create(code="terms", version=3, title="CGU", body="", sha256="", published_at=NOW)
    user = opened("Z-pinceau", "zoe@example.org", text)
    assert user.check_password(PASSWORD)
    assert not user.is_admitted
    assert [(row.text, row.at) for row in user.acceptances.all()] == [(text, NOW)]


def test_a_name_or_an_address_in_use_is_refused_whatever_its_case() -> None:
    opened()
    with pytest.raises(UsernameTaken):
        opened("z-PINCEAU", "other@example.org")
    with pytest.raises(EmailTaken):
        opened("other", "Zoe@Example.org")
    assert User.objects.count() == 1


def test_an_agent_may_open_a_parents_account_with_the_same_address() -> None:
    agent = make_user("agent", kind=UserKind.STAFF)
    assert family_account_at(agent.email) is None
    assert opened("zoe", agent.email) == family_account_at(agent.email.upper())


def test_many_links_are_made_at_once_and_close_those_before(django_assert_num_queries) -> None:
    subjects = ["one", "two", "three"]
    first = make_links(LinkPurpose.INVITATION, subjects=subjects, hours=1, now=NOW)
    with django_assert_num_queries(2):
        second = make_links(LinkPurpose.INVITATION, subjects=subjects, hours=1, now=NOW)

    def still_open(token: str) -> bool:
        link = find_link(token, LinkPurpose.INVITATION)
        return link is not None and is_open(link, now=NOW)

    assert not any(still_open(token) for token in first.values())
    assert all(still_open(token) for token in second.values())
    close_links(LinkPurpose.INVITATION, subjects=["one"], now=NOW)
    assert [still_open(second[subject]) for subject in subjects] == [False, True, True]
