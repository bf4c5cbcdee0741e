"""The town, its catalogue, its accounts, the journal and the outbox."""

import datetime as dt
from typing import Any

import pytest

from preau.accounts.choices import Capability, Topic, UserKind
from preau.accounts.models import (
    Acceptance,
    EmailChange,
    Grant,
    Proposal,
    Recovery,
    Role,
    RoleCapability,
    Subscription,
    User,
)
from preau.accounts.testing import make_agent
from preau.activities.models import CapacityRule, Closure
from preau.checklist.choices import Item, Stage, Step
from preau.checklist.models import AskedItem, Season, YearConfirmation
from preau.journal.models import ChainHead, Entry
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing
from preau.pricing.models import UnitTariff
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.models import FieldPolicy, SchoolPeriod, SchoolYear, Text
from preau.town.testing import make_town, make_year
from tests.forbidden_writes.given import DAY, NEXT, NOW, Base, again, change, forbidden

pytestmark = pytest.mark.django_db

# The town, its catalogue, its accounts, the journal and the outbox


@forbidden("town_is_one_row", "a second town")
def _(base: Base) -> None:
    again(make_town(), id=2)


@forbidden("schoolyear_ordered", "a school year that ends before it starts")
def _(base: Base) -> None:
    SchoolYear.objects.create(code="2026-2027", starts_on=NEXT, ends_on=DAY)


@forbidden("schoolperiod_once_a_year", "a period of holidays twice in a year")
def _(base: Base) -> None:
    for _ in range(2):
        SchoolPeriod.objects.create(year=make_year(), code="noel", name="Noël", starts_on=DAY, ends_on=NEXT)


@forbidden("schoolperiod_ordered", "holidays that end before they start")
def _(base: Base) -> None:
    SchoolPeriod.objects.create(year=make_year(), code="noel", name="Noël", starts_on=NEXT, ends_on=DAY)


@forbidden("text_version_once", "two texts under one version")
def _(base: Base) -> None:
    for _ in range(2):
        Text.objects.create(code="legal", version=1, title="", body="", sha256="", published_at=NOW)


@forbidden("town_password_minimum", "passwords shorter than the CNIL's minimum")
def _(base: Base) -> None:
    change(make_town(), password_minimum=11)


@forbidden("acceptance_once", "one text accepted twice by one person")
def _(base: Base) -> None:
    text = Text.objects.create(code="terms", version=1, title="", body="", sha256="", published_at=NOW)
    for _ in range(2):
        Acceptance.objects.create(user=base.home.user, text=text, at=NOW)


@forbidden("subscription_once", "two answers of one person on one topic")
def _(base: Base) -> None:
    for is_on in (True, False):
        Subscription.objects.create(user=base.home.user, topic=Topic.REQUESTS, is_on=is_on)


@forbidden("emailchange_undone_was_confirmed", "a change of address taken back before it was made")
def _(base: Base) -> None:
    EmailChange.objects.create(
        user=base.home.user, old_email="a@example.org", new_email="b@example.org", asked_at=NOW, undone_at=NOW
    )


@forbidden("activity_ordered", "an activity that ends before it starts")
def _(base: Base) -> None:
    change(base.activity, ends_on=base.activity.starts_on - dt.timedelta(days=1))


@forbidden("unit_once", "a unit twice in an activity")
def _(base: Base) -> None:
    again(base.unit)


@forbidden("unit_ordered", "a unit that ends before it starts")
def _(base: Base) -> None:
    change(base.unit, ends_at=base.unit.starts_at)


@forbidden("group_not_within_itself", "a group within itself")
def _(base: Base) -> None:
    change(base.group, within=base.group)


@forbidden("capacityrule_chain", "two capacities from one day")
def _(base: Base) -> None:
    again(CapacityRule.objects.get(group=base.group))


@forbidden("closure_of_something", "a closure of nothing")
def _(base: Base) -> None:
    Closure.objects.create(code="pont", starts_on=DAY, ends_on=DAY, reason="Pont")


@forbidden("closure_ordered", "a closure that ends before it starts")
def _(base: Base) -> None:
    Closure.objects.create(code="pont", activity=base.activity, starts_on=NEXT, ends_on=DAY, reason="Pont")


@forbidden("quotient_chain", "two quotients in force from one day")
def _(base: Base) -> None:
    again(make_quotient(base.home.family))


@forbidden("tariffversion_chain", "two versions of a tariff from one day")
def _(base: Base) -> None:
    again(make_tariff(base.unit).versions.get())


@forbidden("unittariff_chain", "two tariffs of a unit from one day")
def _(base: Base) -> None:
    again(UnitTariff.objects.get(tariff=make_tariff(base.unit)))


@forbidden("user_username_once", "a user name twice, in other capitals")
def _(base: Base) -> None:
    again(base.home.user, username=base.home.user.username.upper(), email="other@example.org")


@forbidden("user_email_once_per_kind", "an address twice among parents, in other capitals")
def _(base: Base) -> None:
    again(base.home.user, username="other", email=base.home.user.email.upper())


def test_an_agent_who_is_a_parent_has_two_accounts_of_one_address():
    user = Base().home.user
    again(user, username="agent", code="agentagent", kind=UserKind.STAFF)
    assert User.objects.filter(email=user.email).count() == 2


@forbidden("rolecapability_once", "a capability twice in a role")
def _(base: Base) -> None:
    make_agent(Capability.SEE_BOOKINGS)
    again(RoleCapability.objects.get())


def proposal(**fields: Any) -> Proposal:
    values = {"user": make_agent(), "asked_by": make_agent(), "starts_on": DAY, "asked_at": NOW}
    role = Role.objects.create(code="administrateur", name="Administrateur")
    return Proposal.objects.create(**({"role": role} | values | fields))


@forbidden("proposal_ordered", "a role proposed until the day before it starts")
def _(base: Base) -> None:
    change(proposal(), ends_on=DAY - dt.timedelta(days=1))


@forbidden("proposal_decided_whole", "a proposal agreed by nobody")
def _(base: Base) -> None:
    change(proposal(), is_agreed=True)


@forbidden("proposal_agreed_by_another", "an administrator who agrees with themselves")
def _(base: Base) -> None:
    row = proposal()
    change(row, decided_by=row.asked_by, decided_at=NOW, is_agreed=True)


@forbidden("proposal_agreed_by_another", "an agent who agrees to become an administrator")
def _(base: Base) -> None:
    row = proposal()
    change(row, decided_by=row.user, decided_at=NOW, is_agreed=True)


@forbidden("proposal_not_for_oneself", "a right proposed for oneself")
def _(base: Base) -> None:
    change(row := proposal(), asked_by=row.user)


@forbidden("recovery_once_while_open", "two requests of an agent for one access")
def _(base: Base) -> None:
    again(Recovery.objects.create(user=make_agent(), asked_at=NOW), code="bcdfghjkmn")


@forbidden("recovery_confirmed_whole", "a second confirmation without a first")
def _(base: Base) -> None:
    change(Recovery.objects.create(user=make_agent(), asked_at=NOW), second_by=make_agent(), second_at=NOW)


@forbidden("recovery_by_two_others", "one administrator who confirms twice")
def _(base: Base) -> None:
    by = make_agent()
    row = Recovery.objects.create(user=make_agent(), asked_at=NOW, first_by=by, first_at=NOW)
    change(row, second_by=by, second_at=NOW)


@forbidden("recovery_by_two_others", "an agent who confirms for themselves")
def _(base: Base) -> None:
    row = Recovery.objects.create(user=make_agent(), asked_at=NOW)
    change(row, first_by=row.user, first_at=NOW)


@forbidden("grant_ordered", "a grant that ends before it starts")
def _(base: Base) -> None:
    make_agent(Capability.SEE_BOOKINGS)
    grant = Grant.objects.get()
    change(grant, ends_on=grant.starts_on - dt.timedelta(days=1))


@forbidden("journal_chained_rows_have_digest", "a row of the journal with a place and no digest")
def _(base: Base) -> None:
    Entry.objects.create(at=NOW, actor="system", action="tests.forbidden", seq=1)


@forbidden("seq", "two rows of the journal at one place")
def _(base: Base) -> None:
    for _ in range(2):
        Entry.objects.create(at=NOW, actor="system", action="tests.forbidden", seq=1, digest="0" * 64)


@forbidden("journal_one_chain_head", "a second head of the chain")
def _(base: Base) -> None:
    ChainHead.objects.create(id=2)


@forbidden("outgoing_sent_has_date", "a mail sent at no instant")
def _(base: Base) -> None:
    queue(state=OutgoingState.SENT)


@forbidden("outgoing_sent_has_date", "a mail that waits and is sent")
def _(base: Base) -> None:
    queue(sent_at=NOW)


@forbidden("dedupe_key", "a mail queued twice")
def _(base: Base) -> None:
    queue()
    queue()


def queue(**fields: Any) -> None:
    Outgoing.objects.create(
        address="zoe@example.org",
        template="x",
        subject="",
        text="",
        dedupe_key="one",
        created_at=NOW,
        next_try_at=NOW,
        **fields,
    )


# What the town asks of files


@forbidden("askeditem_delay_when_provisional", "a provisional admission without an end")
def _(base: Base) -> None:
    AskedItem.objects.create(code="a", item=Item.SCHOOL, stage=Stage.PROVISIONAL)


@forbidden("askeditem_delay_when_provisional", "a delay of what is asked before booking")
def _(base: Base) -> None:
    AskedItem.objects.create(code="a", item=Item.SCHOOL, stage=Stage.BEFORE_BOOKING, months=3)


@forbidden("askeditem_cost_when_optional", "what leaving out something required would cost")
def _(base: Base) -> None:
    AskedItem.objects.create(code="a", item=Item.SCHOOL, stage=Stage.BEFORE_BOOKING, cost="Le plus cher.")


@forbidden("askeditem_ages_ordered", "something asked from six years old to three")
def _(base: Base) -> None:
    AskedItem.objects.create(code="a", item=Item.SCHOOL, stage=Stage.OPTIONAL, age_from=6, age_to=3)


@forbidden("fieldpolicy_required_is_shown", "a field that is hidden and required")
def _(base: Base) -> None:
    FieldPolicy.objects.create(field="address", is_shown=False, is_required=True, is_checked=False)


def season() -> Season:
    return Season.objects.create(year=make_year(), opens_on=DAY, closes_on=NEXT)


def said(base: Base, **what: Any) -> YearConfirmation:
    usual = {"season": Season.objects.first() or season(), "step": Step.IDENTITY, "by": make_agent(), "at": NOW}
    return YearConfirmation.objects.create(**(usual | what))


@forbidden("season_ordered", "a file of the year that closes before it opens")
def _(base: Base) -> None:
    Season.objects.create(year=make_year(), opens_on=NEXT, closes_on=DAY)


@forbidden("yearconfirmation_once_a_child", "a step of a child confirmed twice")
def _(base: Base) -> None:
    for _ in range(2):
        said(base, participant=base.child)


@forbidden("yearconfirmation_once_a_household", "the coordinates of a household confirmed twice")
def _(base: Base) -> None:
    for _ in range(2):
        said(base, step=Step.COORDINATES, family=base.home.family)


@forbidden("yearconfirmation_of_one", "a step of a child confirmed for a household")
def _(base: Base) -> None:
    said(base, family=base.home.family)


@forbidden("yearconfirmation_of_one", "the coordinates confirmed for a child")
def _(base: Base) -> None:
    said(base, step=Step.COORDINATES, participant=base.child)


@forbidden("yearconfirmation_of_one", "a step confirmed for nobody")
def _(base: Base) -> None:
    said(base)
