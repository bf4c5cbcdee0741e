"""Closing and opening accounts again, roles, and an access lost."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator

from preau.accounts import agents, recovering
from preau.accounts.choices import Capability, LinkPurpose
from preau.accounts.credentials import LinkOver
from preau.accounts.links import find_link
from preau.accounts.models import Grant, Recovery, Session
from preau.accounts.roles import change_role, new_role
from preau.accounts.rules import AgentRefusal
from preau.accounts.testing import make_app, sign_in
from preau.accounts.tests.agents.given import DAY, NOW, TODAY, again, invite, make_role, refused, ruling, token_of, told
from preau.journal.models import Entry

pytestmark = pytest.mark.django_db


# Closing and opening again


def test_a_closed_account_ends_at_once(anne, denis, client):
    make_app(denis)
    sign_in(client, denis)
    agents.close(denis, by=anne, now=NOW)
    assert not Session.objects.filter(user=denis).exists()
    assert client.get("/mairie/").headers["Location"] == "/connexion/?next=/mairie/"
    agents.reopen(denis, by=anne, now=NOW)
    assert again(denis).is_active
    assert told("est fermé") == told("de nouveau ouvert") == [denis.email]


def test_an_invitation_closes_with_the_account(anne):
    noe, path = invite(anne, make_role())
    agents.close(noe, by=anne, now=NOW)
    link = find_link(token_of(path), LinkPurpose.AGENT)
    assert link is not None
    with pytest.raises(LinkOver):
        agents.welcome(link, "quatre mots choisis au hasard", now=NOW)
    with refused(AgentRefusal.CLOSED):
        agents.invite_again(noe, email=noe.email, by=anne, now=NOW)


def test_opening_again_does_not_make_an_administrator_again(anne, bruno):
    agents.close(bruno, by=anne, now=NOW)
    agents.reopen(bruno, by=anne, now=NOW)
    assert not again(bruno).may(Capability.MANAGE_AGENTS)


# Roles


def test_a_changed_role_changes_all_who_hold_it(anne, denis):
    role = make_role(Capability.SEE_BOOKINGS)
    Grant.objects.create(user=denis, role=role, starts_on=TODAY)
    change_role(role, name="Caissier", capabilities=[Capability.SEE_PAYMENTS], by=anne, now=NOW)
    assert again(denis).capabilities == {Capability.SEE_PAYMENTS}


def test_nobody_changes_a_role_that_they_hold(anne, bruno):
    with refused(AgentRefusal.OWN_ROLE):
        change_role(ruling(), name="Tout", capabilities=Capability.values, by=anne, now=NOW)


def test_a_role_that_agents_hold_does_not_make_them_administrators(anne, denis):
    role = make_role(Capability.SEE_BOOKINGS)
    Grant.objects.create(user=denis, role=role, starts_on=TODAY)
    wanted = [Capability.SEE_BOOKINGS, Capability.MANAGE_AGENTS]
    with refused(AgentRefusal.MAKES_ADMINISTRATORS):
        change_role(role, name="R", capabilities=wanted, by=anne, now=NOW)
    new_role("adjoint", name="Adjoint", capabilities=wanted, by=anne, now=NOW)
    with refused(AgentRefusal.NOT_ADMINISTRATOR):
        new_role("x", name="X", capabilities=wanted, by=denis, now=NOW)


# An access lost


def test_two_administrators_give_an_access_back_and_nothing_of_the_old_one_is_left(anne, bruno, denis, client):
    make_app(denis)
    sign_in(client, denis)
    recovering.ask_recovery(denis, now=NOW)
    assert told("a perdu sa deuxième protection") == [anne.email, bruno.email]
    row = Recovery.objects.get()
    assert not recovering.confirm_recovery(row, by=anne, now=NOW)
    assert Authenticator.objects.filter(user=denis).exists()
    with refused(AgentRefusal.SAME_ADMINISTRATOR):
        recovering.confirm_recovery(row, by=anne, now=NOW)
    assert recovering.confirm_recovery(row, by=bruno, now=NOW + DAY)
    assert not Authenticator.objects.filter(user=denis).exists()
    assert not Session.objects.filter(user=denis).exists()
    assert not again(denis).has_usable_password()
    assert told("/agents/bienvenue/") == [denis.email]
    actions = ["accounts.recovery_asked", *["accounts.recovery_confirmed"] * 2, "accounts.access_reset"]
    assert list(Entry.objects.filter(action__in=actions).order_by("pk").values_list("action", flat=True)) == actions


def test_a_first_confirmation_lapses_after_a_day(anne, bruno, denis):
    recovering.ask_recovery(denis, now=NOW)
    row = Recovery.objects.get()
    recovering.confirm_recovery(row, by=anne, now=NOW)
    assert not recovering.confirm_recovery(row, by=bruno, now=NOW + DAY + dt.timedelta(seconds=1))
    assert Recovery.objects.get().first_by == bruno


def test_an_agent_never_confirms_for_themselves(anne, bruno):
    recovering.ask_recovery(bruno, now=NOW)
    with refused(AgentRefusal.OWN_RIGHTS):
        recovering.confirm_recovery(Recovery.objects.get(), by=bruno, now=NOW)


def test_asking_twice_is_one_request_and_a_dropped_one_can_be_asked_again(anne, denis):
    for _ in range(2):
        recovering.ask_recovery(denis, now=NOW)
    recovering.drop_recovery(Recovery.objects.get(), by=anne, now=NOW)
    recovering.ask_recovery(denis, now=NOW + DAY)
    assert Recovery.objects.count() == 1


def test_a_request_too_old_makes_room_for_another(anne, denis):
    recovering.ask_recovery(denis, now=NOW)
    with refused(AgentRefusal.OVER):
        recovering.confirm_recovery(Recovery.objects.get(), by=anne, now=NOW + 8 * DAY)
    recovering.ask_recovery(denis, now=NOW + 8 * DAY)
    assert Recovery.objects.get().asked_at == NOW + 8 * DAY


def test_the_host_gives_an_access_back_and_administrators_are_told(anne, denis):
    make_app(denis)
    path = recovering.reset_from_server(denis, now=NOW)
    assert find_link(token_of(path), LinkPurpose.AGENT)
    assert not Authenticator.objects.filter(user=denis).exists()
    assert told("depuis le serveur") == [anne.email]
