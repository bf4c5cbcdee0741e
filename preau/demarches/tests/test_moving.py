"""Démarches move as the rules say, once, and people are told."""

import datetime as dt
from collections.abc import Callable

import pytest

from preau.accounts.choices import Topic
from preau.accounts.models import Subscription
from preau.accounts.testing import make_agent, make_user
from preau.core.dates import PARIS
from preau.demarches.actions import DemarcheRefused, answer, complete, open_demarche, withdraw
from preau.demarches.choices import DemarcheState, Refusal
from preau.demarches.models import Demarche
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.journal.models import Entry
from preau.notifications.models import Outgoing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

LATER = NOW + dt.timedelta(hours=3)


def answered(demarche: Demarche, state: DemarcheState = DemarcheState.REFUSED, **given: object) -> Demarche:
    values = {"reason": "Il nous faut une adresse dans la commune.", "by": make_agent(), "version": demarche.version}
    return answer(demarche, state=state, now=LATER, **(values | given))  # type: ignore[arg-type]


def last_words(demarche: Demarche) -> str:
    return list(demarche.events.order_by("pk"))[-1].text


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(DemarcheRefused) as refused:
        act()
    return refused.value.reason


def test_a_request_opens_with_its_delay_and_its_history() -> None:
    demarche = make_account_request()
    assert demarche.due_at == dt.datetime(2026, 2, 12, 17, tzinfo=PARIS)
    assert [(event.state, event.by) for event in demarche.events.all()] == [("sent", demarche.asked_by)]
    assert Entry.objects.filter(action="demarches.sent", subject=demarche.code).exists()


def test_an_answer_is_kept_dated_and_told() -> None:
    agent = make_agent()
    demarche = answered(make_account_request(), by=agent)
    assert (demarche.state, demarche.answered_by, demarche.answered_at) == ("refused", agent, LATER)
    assert last_words(demarche) == "Il nous faut une adresse dans la commune."
    mail = Outgoing.objects.get()
    assert mail.address == asker_of(demarche).email
    assert "Il nous faut une adresse dans la commune." in mail.text


def test_the_second_of_two_agents_is_told_and_writes_nothing() -> None:
    demarche = make_account_request()
    first = answered(demarche, reason="La première raison.")
    refusal = refusal_of(lambda: answered(demarche, DemarcheState.ACCEPTED, version=demarche.version))
    assert refusal == Refusal.MOVED
    after = Demarche.objects.get()
    assert (after.state, after.reason, after.answered_by) == ("refused", "La première raison.", first.answered_by)
    assert (Outgoing.objects.count(), after.events.count()) == (1, 2)


def test_an_answer_to_a_request_completed_meanwhile_is_refused_too() -> None:
    demarche = make_account_request()
    waiting = answered(demarche, DemarcheState.INCOMPLETE)
    complete(waiting, text="Voici mon adresse.", by=asker_of(demarche), now=LATER)
    assert refusal_of(lambda: answered(demarche, version=waiting.version)) == Refusal.MOVED


def test_the_same_answer_twice_by_the_same_agent_is_given_once() -> None:
    demarche, agent = make_account_request(), make_agent()
    answered(demarche, by=agent)
    answered(demarche, by=agent)
    assert (Outgoing.objects.count(), demarche.events.count()) == (1, 2)


@pytest.mark.parametrize("state", [DemarcheState.REFUSED, DemarcheState.INCOMPLETE])
def test_a_family_is_never_refused_or_asked_for_more_without_a_reason(state: DemarcheState) -> None:
    demarche = make_account_request()
    assert refusal_of(lambda: answered(demarche, state, reason="  ")) == Refusal.NO_REASON
    assert Demarche.objects.get().state == "sent"


def test_while_the_family_completes_it_nothing_is_due_and_then_the_delay_starts_again() -> None:
    demarche = answered(make_account_request(), DemarcheState.INCOMPLETE)
    assert (demarche.due_at, demarche.answered_at) == (None, None)
    next_day = NOW + dt.timedelta(days=1)
    again = complete(demarche, text="Voici.", by=asker_of(demarche), now=next_day)
    assert (again.state, again.due_at, again.reason) == ("sent", dt.datetime(2026, 2, 13, 17, tzinfo=PARIS), "")
    assert last_words(again) == "Voici."


def test_what_is_answered_is_no_longer_completed() -> None:
    demarche = answered(make_account_request(), DemarcheState.REFUSED)
    refused = refusal_of(lambda: complete(demarche, text="", by=asker_of(demarche), now=LATER))
    assert refused == Refusal.NOT_PERMITTED


def test_what_an_agent_answered_meanwhile_is_not_completed() -> None:
    demarche = make_account_request()
    answered(demarche, DemarcheState.REFUSED)
    refused = refusal_of(lambda: complete(demarche, text="", by=asker_of(demarche), now=LATER))
    assert refused == Refusal.MOVED


def test_a_request_is_withdrawn_while_open_and_never_answered_afterwards() -> None:
    demarche = make_account_request()
    assert withdraw(demarche, by=asker_of(demarche), now=LATER).state == "withdrawn"
    assert refusal_of(lambda: answered(demarche)) == Refusal.MOVED
    assert refusal_of(lambda: withdraw(demarche, by=asker_of(demarche), now=LATER)) == Refusal.NOT_PERMITTED


def test_whoever_wants_no_mail_about_requests_gets_none_and_still_has_the_answer() -> None:
    user = make_waiting_user()
    Subscription.objects.create(user=user, topic=Topic.REQUESTS, is_on=False)
    demarche = answered(make_account_request(user))
    assert (Outgoing.objects.count(), demarche.state) == (0, "refused")


def test_a_kind_that_no_area_registered_cannot_be_asked() -> None:
    with pytest.raises(KeyError):
        open_demarche(kind="nothing.like", asked_by=make_user(), summary="", now=NOW)
