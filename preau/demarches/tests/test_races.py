"""Several people at once on one request, in threads that each have a connection of their own; on both databases."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection

from preau.accounts.testing import make_agent
from preau.demarches.actions import (
    DemarcheRefused,
    ask_account,
    link_asked,
    open_asked,
    refuse_asked,
    take,
    withdraw,
)
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.demarches.queries import identity_of
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.families.actions import LinkRefused, NewHousehold
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]

AGENTS = 4
HOUSEHOLD = NewHousehold(name="Laurent", first_name="Inès", last_name="Laurent")


def at_once(calls: Sequence[Callable[[], object]]) -> Counter[str]:
    """Run the calls together; counts those that came first, and why the others were refused."""
    together, told = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        together.wait()
        try:
            call()
            told.append("done")
        except (DemarcheRefused, LinkRefused) as refused:
            told.append(refused.reason.value)
        except Exception as fault:
            told.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


def test_of_agents_who_link_at_once_one_wins_and_the_others_are_told() -> None:
    demarche = make_account_request()
    adults = [make_adult(make_family(), signs_in=False) for _ in range(AGENTS)]
    calls = [partial(link_asked, demarche, adult=adult, by=make_agent(), version=1, now=NOW) for adult in adults]
    assert at_once(calls) == {"done": 1, "moved": AGENTS - 1}
    linked = Adult.objects.get(user__isnull=False)
    assert linked.user == asker_of(demarche)
    assert Demarche.objects.get().family == linked.family
    assert Outgoing.objects.filter(address=asker_of(demarche).email).count() == 1


def test_of_a_link_a_new_file_a_refusal_and_a_withdrawal_at_once_one_wins() -> None:
    demarche = make_account_request()
    adult, agents = make_adult(make_family(), signs_in=False), [make_agent() for _ in range(3)]
    told = at_once(
        [
            partial(link_asked, demarche, adult=adult, by=agents[0], version=1, now=NOW),
            partial(open_asked, demarche, household=HOUSEHOLD, by=agents[1], version=1, now=NOW),
            partial(refuse_asked, demarche, reason="Non.", by=agents[2], version=1, now=NOW),
            partial(withdraw, demarche, by=asker_of(demarche), now=NOW),
        ]
    )
    assert told["done"] == 1
    assert set(told) <= {"done", "moved", "not_permitted"}
    after = Demarche.objects.get()
    assert after.version == 2
    assert Adult.objects.filter(user__isnull=False).exists() == (after.state == DemarcheState.ACCEPTED)


def test_files_opened_at_once_each_have_a_number_of_their_own() -> None:
    demarches, agent = [make_account_request() for _ in range(AGENTS)], make_agent()
    calls = [partial(open_asked, one, household=HOUSEHOLD, by=agent, version=1, now=NOW) for one in demarches]
    assert at_once(calls) == {"done": AGENTS}
    assert sorted(Family.objects.values_list("number", flat=True)) == ["1001", "1002", "1003", "1004"]


def test_asked_twice_at_once_it_is_one_request() -> None:
    make_service("population")
    user = make_waiting_user()
    who = identity_of(user)
    ask = partial(ask_account, user=user, identity=who, claimed_number="", claimed_name="", now=NOW)
    assert at_once([ask] * AGENTS) == {"done": AGENTS}
    assert Demarche.objects.count() == 1


def test_of_agents_who_take_a_request_at_once_one_has_it() -> None:
    demarche = make_account_request()
    agents = [make_agent() for _ in range(AGENTS)]
    calls = [partial(take, demarche, holder=None, by=agent, now=NOW) for agent in agents]
    assert at_once(calls) == {"done": 1, "moved": AGENTS - 1}
