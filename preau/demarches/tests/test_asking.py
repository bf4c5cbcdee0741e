"""Asking for an account, and who sees the request."""

import datetime as dt
from dataclasses import replace

import pytest

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.demarches.actions import answer, ask_account, withdraw
from preau.demarches.choices import DemarcheState
from preau.demarches.invariants import demarches_without_their_detail
from preau.demarches.models import AccountAsked, Demarche
from preau.demarches.permissions import demarches_in_scope, demarches_visible_to
from preau.demarches.queries import account_request_of
from preau.demarches.rules import AccountIdentity
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.town.models import Service
from preau.town.testing import make_place, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

TODAY = dt.date(2026, 2, 10)
HANDLE = Capability.HANDLE_REQUESTS


def test_what_was_written_is_kept_as_it_was_written() -> None:
    demarche = make_account_request(birth_date="1985-03", birth_name="Le Goff", claimed_number=" 1084 ")
    asked = AccountAsked.objects.get(pk=demarche.pk)
    assert (asked.birth_date, asked.birth_name, asked.claimed_number) == ("1985-03", "Le Goff", "1084")
    assert demarche.summary == "Relier un compte au dossier 1084"


def test_one_request_at_a_time_is_open_for_an_account() -> None:
    user = make_waiting_user()
    first = make_account_request(user)
    assert make_account_request(user, claimed_number="7") == first
    answer(first, state=DemarcheState.REFUSED, reason="Non.", by=None, version=1, now=NOW)
    assert make_account_request(user) != first
    assert Demarche.objects.count() == 2


def test_the_latest_request_is_the_one_that_counts() -> None:
    user = make_waiting_user()
    first = make_account_request(user)
    answer(first, state=DemarcheState.REFUSED, reason="Non.", by=None, version=1, now=NOW)
    second = make_account_request(user, now=NOW + dt.timedelta(hours=1))
    assert account_request_of(user) == second
    assert account_request_of(make_waiting_user()) is None


def test_what_franceconnect_vouched_for_still_holds_when_the_same_person_asks_again() -> None:
    user, who = make_waiting_user(), AccountIdentity("Inès", "Laurent", birth_date="1985-03-14")
    for said, vouched_at in ((who, NOW), (replace(who, city="Vitry"), None), (replace(who, birth_date="1985"), None)):
        asked_again = ask_account(
            user=user, identity=said, claimed_number="", claimed_name="", vouched_at=vouched_at, now=NOW
        )
        withdraw(asked_again, by=user, now=NOW)
    asked = AccountAsked.objects.order_by("pk")
    assert [one.vouched_at for one in asked] == [NOW, NOW, None]


def test_without_a_service_chosen_for_accounts_the_first_in_use_receives_them() -> None:
    make_service("ferme", retired_on=dt.date(2025, 1, 1))
    enfance = make_service("enfance")
    make_service("sports")
    assert asked_in_a_town().service == enfance


def test_a_town_without_any_service_loses_no_request() -> None:
    assert asked_in_a_town().service == Service.objects.get(code="mairie")


def asked_in_a_town() -> Demarche:
    who = AccountIdentity(first_name="Inès", last_name="Laurent")
    return ask_account(user=make_waiting_user(), identity=who, claimed_number="", claimed_name="", now=NOW)


def test_agents_see_the_requests_of_their_services_and_only_with_the_capability() -> None:
    population, sports = make_service("population"), make_service("sports")
    demarche = make_account_request(service=population)
    seen = {
        "everywhere": make_agent(HANDLE),
        "own": make_agent(HANDLE, service=population),
        "other": make_agent(HANDLE, service=sports),
        "place": make_agent(HANDLE, place=make_place()),
        "without": make_agent(Capability.SEE_BOOKINGS, service=population),
        "family": asker_of(demarche),
    }
    assert {name for name, user in seen.items() if demarche in demarches_in_scope(user, TODAY)} == {"everywhere", "own"}


def test_a_person_sees_their_own_requests() -> None:
    demarche = make_account_request()
    assert list(demarches_visible_to(asker_of(demarche), on=TODAY)) == [demarche]
    assert not demarches_visible_to(make_waiting_user(), on=TODAY).exists()


def test_a_request_without_its_detail_is_told_by_verify() -> None:
    demarche = make_account_request()
    assert list(demarches_without_their_detail()) == []
    AccountAsked.objects.all().delete()
    Demarche.objects.create(kind="nothing.like", service=demarche.service, sent_at=NOW)
    assert len(list(demarches_without_their_detail())) == 2
