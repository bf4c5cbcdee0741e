"""Inviting agents, giving and taking rights, four eyes, and the last administrator."""

import threading
from functools import partial

import pytest
from django.db import connection

from preau.accounts import agents, recovering
from preau.accounts.actions import UsernameTaken
from preau.accounts.agents import AgentRefused
from preau.accounts.choices import Capability, LinkPurpose
from preau.accounts.credentials import LinkOver
from preau.accounts.links import find_link
from preau.accounts.models import Grant, Proposal, Role, User
from preau.accounts.permissions import administrators
from preau.accounts.rules import AgentRefusal
from preau.accounts.testing import make_agent
from preau.accounts.tests.agents.given import (
    DAY,
    NOW,
    TODAY,
    again,
    invite,
    make_administrator,
    make_role,
    refused,
    right,
    ruling,
    token_of,
    told,
)
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db


# Inviting


def test_an_invited_agent_has_a_role_no_password_and_a_link(anne):
    service = make_service("enfance")
    noe, path = invite(anne, make_role(Capability.SEE_BOOKINGS), service=service)
    assert not noe.has_usable_password()
    assert noe.grants.get().service == service
    link = find_link(token_of(path), LinkPurpose.AGENT)
    assert link is not None
    assert link.expires_at == NOW + 3 * DAY
    mail = Outgoing.objects.get(address="n.blanc@example.org")
    assert path in mail.text
    assert path in mail.html
    assert Entry.objects.filter(
        action="accounts.agent_invited", actor=User.objects.get(username="anne").journal_name
    ).exists()


def test_a_name_or_an_address_already_taken_is_refused_and_mails_nothing(anne, denis):
    role = make_role()
    for username, email in (("DENIS", "x@example.org"), ("x", "denis@example.org")):
        with pytest.raises(UsernameTaken):
            agents.invite(
                username=username,
                email=email,
                first_name="N",
                last_name="B",
                right=right(role),
                by=anne,
                now=NOW,
            )
    assert not Outgoing.objects.exists()


def test_the_link_gives_a_password_once(anne):
    noe, path = invite(anne, make_role())
    link = find_link(token_of(path), LinkPurpose.AGENT)
    assert link is not None
    agents.welcome(link, "quatre mots choisis au hasard", now=NOW)
    assert again(noe).check_password("quatre mots choisis au hasard")
    with pytest.raises(LinkOver):
        agents.welcome(link, "un autre mot de passe", now=NOW)


def test_an_address_can_be_mended_until_the_agent_has_signed_in(anne):
    noe, path = invite(anne, make_role())
    agents.invite_again(noe, email="noe.blanc@example.org", by=anne, now=NOW)
    assert again(noe).email == "noe.blanc@example.org"
    old = find_link(token_of(path), LinkPurpose.AGENT)
    assert old is not None
    assert old.expires_at == NOW
    assert Outgoing.objects.latest("pk").address == "noe.blanc@example.org"


def test_the_address_of_whoever_has_signed_in_is_theirs(anne, bruno, denis):
    """Otherwise one administrator alone could have the link of a recovery sent to themselves."""
    User.objects.filter(pk=denis.pk).update(last_login=NOW)
    denis.refresh_from_db()
    recovering.reset_access(denis, by=anne, now=NOW)
    agents.invite_again(denis, email="anne@example.org", by=anne, now=NOW)
    assert again(denis).email == "denis@example.org"
    assert Outgoing.objects.latest("pk").address == "denis@example.org"


def test_whoever_has_a_password_gets_no_link(anne, denis):
    with refused(AgentRefusal.ALREADY_ACTIVE):
        agents.invite_again(denis, email=denis.email, by=anne, now=NOW)


# Giving and taking rights


def test_a_role_holds_from_the_next_request_on(anne, denis):
    agents.give(denis, right(make_role(Capability.SEE_BOOKINGS)), by=anne, now=NOW)
    assert again(denis).may(Capability.SEE_BOOKINGS)
    agents.take_back(denis.grants.get(), by=anne, now=NOW)
    assert not again(denis).may(Capability.SEE_BOOKINGS)
    assert told("Vous n’avez plus le rôle") == [denis.email]


def test_a_second_click_gives_nothing_more(anne, denis):
    wanted = right(make_role(Capability.SEE_BOOKINGS))
    first, second = (agents.give(denis, wanted, by=anne, now=NOW) for _ in range(2))
    assert first == second
    assert told("Vous avez un nouveau rôle") == [denis.email]


def test_a_second_click_proposes_nothing_more(anne, bruno, denis):
    wanted = right(Role.objects.get(code="administrateur"))
    first, second = (agents.give(denis, wanted, by=anne, now=NOW) for _ in range(2))
    assert first == second == Proposal.objects.get()
    agents.decide_proposal(Proposal.objects.get(), agrees=False, by=bruno, now=NOW)
    assert agents.give(denis, wanted, by=anne, now=NOW) != first


def test_a_right_that_held_yesterday_keeps_its_past(anne, denis):
    grant = Grant.objects.create(user=denis, role=make_role(), starts_on=TODAY - DAY)
    agents.take_back(grant, by=anne, now=NOW)
    assert Grant.objects.get(pk=grant.pk).ends_on == TODAY - DAY


def test_dates_bound_a_right(anne, denis, time_machine):
    role = make_role(Capability.SEE_BOOKINGS)
    agents.give(denis, right(role, starts_on=TODAY + DAY, ends_on=TODAY + 2 * DAY), by=anne, now=NOW)
    held = []
    for days in range(4):
        time_machine.move_to(NOW + days * DAY, tick=False)
        held.append(again(denis).may(Capability.SEE_BOOKINGS))
    assert held == [False, True, True, False]


def test_dates_the_wrong_way_round_are_refused(anne, denis):
    role = make_role()
    with refused(AgentRefusal.ENDS_BEFORE_IT_STARTS):
        agents.give(denis, right(role, ends_on=TODAY - DAY), by=anne, now=NOW)
    grant = agents.give(denis, right(role), by=anne, now=NOW)
    assert isinstance(grant, Grant)
    with refused(AgentRefusal.ENDS_BEFORE_IT_STARTS):
        agents.end_grant(grant, ends_on=TODAY - DAY, by=anne, now=NOW)


def test_nobody_changes_their_own_rights(anne, bruno):
    role, grant = make_role(Capability.SEE_PAYMENTS), anne.grants.get()
    for change in (
        partial(agents.give, anne, right(role)),
        partial(agents.end_grant, grant, ends_on=TODAY),
        partial(agents.take_back, grant),
        partial(agents.close, anne),
    ):
        with refused(AgentRefusal.OWN_RIGHTS):
            change(by=anne, now=NOW)


def test_whoever_no_longer_administers_changes_nothing(anne, bruno, denis):
    agents.take_back(bruno.grants.get(), by=anne, now=NOW)
    with refused(AgentRefusal.NOT_ADMINISTRATOR):
        agents.close(denis, by=bruno, now=NOW)


def test_managing_agents_on_one_service_opens_nothing():
    limited = make_agent(*Capability.values, service=make_service("sports"))
    assert not limited.may(Capability.MANAGE_AGENTS)
    assert limited.may(Capability.SEE_PAYMENTS)
    assert administrators(TODAY) == set()


def test_managing_agents_is_given_for_the_whole_town(anne, denis):
    with refused(AgentRefusal.TOWN_WIDE):
        agents.give(denis, right(ruling(), service=make_service()), by=anne, now=NOW)


# Four eyes


def test_a_second_administrator_is_made_at_once_and_told(anne, denis):
    agents.give(denis, right(ruling()), by=anne, now=NOW)
    assert again(denis).may(Capability.MANAGE_AGENTS)
    assert told("gère maintenant les agents") == [anne.email, denis.email]


def test_a_third_one_waits_for_another_and_every_administrator_is_told(anne, bruno, denis):
    given = agents.give(denis, right(ruling()), by=anne, now=NOW)
    assert isinstance(given, Proposal)
    assert not again(denis).may(Capability.MANAGE_AGENTS)
    assert told("propose de donner") == [anne.email, bruno.email]
    with refused(AgentRefusal.SAME_ADMINISTRATOR):
        agents.decide_proposal(given, agrees=True, by=anne, now=NOW)
    agents.decide_proposal(given, agrees=True, by=bruno, now=NOW)
    assert again(denis).may(Capability.MANAGE_AGENTS)
    agents.decide_proposal(given, agrees=True, by=bruno, now=NOW)  # a second click
    assert denis.grants.count() == 1


def test_inviting_an_administrator_waits_too(anne, bruno):
    noe, _ = invite(anne, ruling())
    assert not noe.grants.exists()
    assert noe.proposals.get().asked_by == anne


def test_a_proposal_refused_gives_nothing_and_cannot_be_agreed_afterwards(anne, bruno, denis):
    given = agents.give(denis, right(ruling()), by=anne, now=NOW)
    assert isinstance(given, Proposal)
    agents.decide_proposal(given, agrees=False, by=bruno, now=NOW)
    agents.decide_proposal(given, agrees=True, by=bruno, now=NOW)
    assert not again(denis).may(Capability.MANAGE_AGENTS)


def test_whoever_is_proposed_agrees_to_nothing(anne, bruno, denis):
    given = agents.give(denis, right(ruling()), by=anne, now=NOW)
    assert isinstance(given, Proposal)
    with refused(AgentRefusal.NOT_ADMINISTRATOR):
        agents.decide_proposal(given, agrees=True, by=denis, now=NOW)


# The last administrator


def test_the_last_administrator_stays(anne, bruno):
    agents.close(bruno, by=anne, now=NOW)
    grant = anne.grants.get()
    for change in (
        partial(agents.take_back, grant),
        partial(agents.end_grant, grant, ends_on=TODAY + 30 * DAY),
        partial(agents.close, anne),
    ):
        with refused(AgentRefusal.LAST_ADMINISTRATOR):
            change(by=None, now=NOW)
    assert administrators(TODAY) == {anne.pk}


def test_one_whose_right_ends_does_not_count_as_staying(anne):
    make_administrator("interim", ends_on=TODAY + DAY)
    with refused(AgentRefusal.LAST_ADMINISTRATOR):
        agents.take_back(anne.grants.get(), by=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_leave_one(anne, bruno):
    together, results = threading.Barrier(2), []

    def run(user: User, by: User) -> None:
        try:
            together.wait()
            agents.close(user, by=by, now=NOW)
            results.append("closed")
        except AgentRefused as refusal:
            results.append(refusal.reason.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((anne, bruno), (bruno, anne))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["NOT_ADMINISTRATOR", "closed"]
    assert len(administrators(TODAY)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_rights_taken_at_once_leave_one():
    """By the host, whom no right stops: the last word is the count, under the lock."""
    grants = [make_administrator(name).grants.get() for name in ("anne", "bruno")]
    together, results = threading.Barrier(2), []

    def run(grant: Grant) -> None:
        try:
            together.wait()
            agents.take_back(grant, by=None, now=NOW)
            results.append("taken")
        except AgentRefused as refusal:
            results.append(refusal.reason.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(grant,)) for grant in grants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["LAST_ADMINISTRATOR", "taken"]
    assert len(administrators(TODAY)) == 1
