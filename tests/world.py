"""A small town for the sweeps: a family whose data must stay theirs, and all those who might come across it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from preau.accounts.choices import Capability
from preau.accounts.models import Grant, Proposal, Recovery, Role, User
from preau.accounts.testing import make_agent
from preau.activities.testing import make_group
from preau.billing.testing import make_payer
from preau.bookings.testing import make_booking, open_days
from preau.checklist.choices import Item as AskedOf
from preau.checklist.choices import Stage, Step
from preau.checklist.models import AskedItem, Season, YearConfirmation
from preau.core.audience import Audience, AudienceKind
from preau.core.money import euros
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AnswerText
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.changing import write_note
from preau.families.choices import Situation
from preau.families.merging import tell_apart
from preau.families.models import Address, Adult, Participant
from preau.families.rules import PHONE_FIELDS
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.town.actions import publish_text, save_field
from preau.town.choices import CONSENTS
from preau.town.models import Place
from preau.town.testing import make_place, make_text, make_town, make_year
from tests.household import LATER, NOW, OTHERS, OURS, PHONES, SOON, Household, make_household_of


@dataclass(frozen=True)
class Person:
    """Someone who opens pages. `marks` must never be shown to them; None in `user` is a visitor.

    `is_refused` says, of a page that their kind of user may open, whether our family's own must not exist for them.
    `shares_activity` when they receive other children in the activity of ours: its name may be shown to them.
    On the page that names an account, whoever sends our parent's form takes their name: that is no leak.
    """

    name: str
    user: User | None
    marks: frozenset[str]
    is_refused: Callable[[str], bool] = field(default=lambda page: page != "accounts:names")
    shares_activity: bool = False

    def marks_on(self, audience: Audience | None) -> frozenset[str]:
        """On a page of agents, the name of a service's activity, group or régie tells that its scope was not asked."""
        is_desk = audience is not None and audience.kind == AudienceKind.STAFF
        return self.marks | {OURS.code} if is_desk and not self.shares_activity else self.marks

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Answer:
    """What an address answered: `html` if it is a page, and all that is said (see `sweep.text_of`)."""

    address: str
    status: int
    headers: Mapping[str, str]
    html: str
    text: str


@dataclass(frozen=True)
class World:
    """`ours` must stay with `parent` and `agent`, and our agents with `administrator`; the others come across it.

    `answers` keeps what `sweep.answers` has read, by the name of the person and the address.
    """

    ours: Household
    others: Household
    parent: Person
    agent: Person
    administrator: Person
    strangers: tuple[Person, ...]
    marks: frozenset[str]
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    @property
    def owners(self) -> tuple[Person, ...]:
        return (self.parent, self.agent, self.administrator)


def make_world() -> World:
    make_town(ways=["five_steps", "invited"])
    save_field("phone-work", is_shown=True, is_required=False, is_checked=True, by=None, now=NOW)
    for code in CONSENTS:
        publish_text(code=code, title=code.label, body="Vous êtes libre de répondre.", by=None, now=NOW)
    AnswerText.objects.create(code="texterefus", state=DemarcheState.REFUSED, title="Refus", body="Désolés.")
    ours, others = make_household_of(OURS), make_household_of(OTHERS)
    make_text("terms").acceptances.create(user=ours.user, at=NOW)
    ask_of_files(ours)
    Address.objects.filter(family=ours.home.family).update(lines="3 impasse Wolframite")
    Adult.objects.filter(pk=ours.home.adult.pk).update(**dict(zip(PHONE_FIELDS.values(), PHONES, strict=True)))
    money = money_marks(ours)
    marks = money | person_marks(ours) | {COLLEAGUE.split(".")[1]}
    everything = tuple(Capability.values)
    gym, annexe = others.enrolment.group.place, make_annexe(ours)
    strangers = (
        Person("a visitor", None, marks),
        Person("a parent of another family", others.user, marks),
        Person("a parent whose bond was withdrawn", withdrawn_parent(ours.child), marks),
        Person("the other parent, who does not pay", other_parent(ours), money, is_about_money),
        Person("an agent without any capability", make_agent(), marks),
        Person("an agent of another service", make_agent(*everything, service=others.regie.service), marks),
        Person("an agent of another place", make_agent(*everything, place=gym), marks),
        Person("an agent of the annexe", make_agent(*everything, place=annexe), marks, shares_activity=True),
    )
    agent = make_agent(*everything, service=ours.regie.service)
    write_note(family=ours.home.family, text="Préfère être appelée par Quirinelle", by=agent, now=NOW)
    tell_apart(one=ours.home.family, other=others.home.family, by=agent, now=NOW)
    counter = make_agent(*OF_FILES, Capability.REVIEW_DOCUMENTS).grants.get().role
    Grant.objects.create(user=agent, role=counter, starts_on=dt.date(2020, 1, 1))  # a file belongs to no service
    on_duty = make_agent(Capability.SEE_HEALTH, Capability.SEE_CHILDREN).grants.get().role
    Grant.objects.create(user=agent, role=on_duty, place=ours.enrolment.group.place, starts_on=dt.date(2020, 1, 1))
    none: frozenset[str] = frozenset()
    return World(
        ours,
        others,
        Person("the parent", ours.user, none),
        Person("the agent", agent, none),
        Person("the administrator", make_administrator(), none),
        strangers,
        marks,
    )


OF_FILES = (
    Capability.PREPARE_SCHOOL_YEAR,
    Capability.SEE_DIETS,
    Capability.SEE_JUDGMENTS,
    Capability.INVITE_FAMILIES,
    Capability.SEE_FAMILIES,
    Capability.EDIT_FAMILIES,
    Capability.MERGE_FAMILIES,
    Capability.PROTECT_DATA,
)


def ask_of_files(ours: Household) -> None:
    """Something is missing in our family’s file, and half of the file of the year is looked at."""
    AskedItem.objects.create(code="photo", item=AskedOf.HEALTH_SHEET, stage=Stage.BEFORE_FIRST_DAY)
    days = {"opens_on": SOON - dt.timedelta(days=9), "closes_on": LATER}
    season = Season.objects.create(year=make_year(), steps=[str(step) for step in Step], reminders=[], **days)
    said = {"step": Step.IMAGE, "by": ours.user, "at": NOW, "seen": "0" * 64}
    YearConfirmation.objects.create(season=season, participant=ours.child, **said)


COLLEAGUE, COLLEAGUES_ROLE, PROPOSED, LOST = "quentin.wyvernhart", "role-quokka", "prpsd23456", "rcvry23456"


def make_administrator() -> User:
    """Who manages agents: one of them may become an administrator too, and has lost their second factor."""
    administrator, other = (make_agent(Capability.MANAGE_AGENTS) for _ in range(2))
    colleague = make_agent(username=COLLEAGUE)
    User.objects.filter(pk=colleague.pk).update(first_name="Quentin", last_name="Wyvernhart")
    role = Role.objects.create(code=COLLEAGUES_ROLE, name="Rôle des quokkas")
    Grant.objects.create(user=colleague, role=role, starts_on=SOON)
    asked = {"starts_on": SOON, "asked_by": other, "asked_at": NOW}
    Proposal.objects.create(code=PROPOSED, user=colleague, role=role, **asked)
    Recovery.objects.create(code=LOST, user=colleague, asked_at=NOW)
    return administrator


def person_marks(ours: Household) -> frozenset[str]:
    """Who they are. Codes are marks too: the answer to whoever sent one may repeat it, no other."""
    words = {OURS.family, OURS.parent, OURS.child, OURS.asker, OURS.remedy, "Wolframite", *PHONES, OURS.token}
    codes = {ours.child.code, ours.home.family.code, ours.home.adult.code, ours.enrolment.code}
    codes |= {ours.demarche.code, *(demarche.code for demarche in ours.followed)}
    return frozenset(words | codes | {ours.home.family.number})


def money_marks(ours: Household) -> frozenset[str]:
    totals = [invoice.total_cents for invoice in (ours.invoice, ours.to_come)]
    amounts = [euros(total)[:-2] for total in totals]
    codes = {ours.invoice.code, ours.to_come.code, ours.attempt.code, ours.attempt.operation, ours.attempt.reference}
    written = {*amounts, *(amount.replace(",", ".") for amount in amounts), *map(str, totals)}
    return frozenset({OURS.numbers, *written, *codes})


def is_about_money(page: str) -> bool:
    return page.startswith("billing:")


def make_annexe(ours: Household) -> Place:
    """A second place of our activity, where another child comes on the same day."""
    annexe = make_place("annexe", name="Annexe")
    group = make_group("groupe-annexe", place=annexe, matin=20)
    activity = ours.enrolment.activity
    make_intake(activity, group)
    family = make_family(name="Voisin")
    child = make_child(family, first_name="Ugo", last_name="Voisin")
    make_enrolment(child, activity, group)
    open_days(activity, now=NOW)
    make_booking(child, activity.units.get(), group, NOW.date())
    return annexe


def withdrawn_parent(child: Participant) -> User:
    adult = make_adult(make_family(name="Retiré"), first_name="Roger", last_name="Retiré")
    make_bond(adult, child, starts_on=dt.date(2021, 1, 1))
    make_bond(adult, child, Situation.WITHDRAWN, starts_on=dt.date(2026, 9, 1))
    make_payer(adult)
    assert adult.user is not None
    return adult.user


def other_parent(ours: Household) -> User:
    adult = make_adult(ours.home.family, first_name="Alix", last_name="Second")
    make_bond(adult, ours.child)
    assert adult.user is not None
    return adult.user
