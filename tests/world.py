"""A small town for the sweeps: a family whose data must stay theirs, and all those who might come across it.

Everything of that family is marked by a word found nowhere else, so that one look at an answer tells a leak.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import Grant, Proposal, Recovery, Role, Session, User
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import AttemptShare, Campaign, Invoice, Payment, PaymentAttempt, Regie
from preau.billing.testing import PayingHousehold, make_household, make_payer, make_regie
from preau.bookings.actions import confirm_draft, save_draft
from preau.bookings.models import Booking, DraftChange, Seat, Submission
from preau.bookings.rules.lines import Cell
from preau.bookings.testing import make_booking, open_days, paris
from preau.checklist.choices import Item as AskedOf
from preau.checklist.choices import Stage, Step
from preau.checklist.models import AskedItem, Season, YearConfirmation
from preau.core.audience import Audience, AudienceKind
from preau.core.dates import Month
from preau.core.money import euros
from preau.core.testing import picture
from preau.demarches.actions import ask_change
from preau.demarches.choices import ADULT_CHANGE, CHILD_CHANGE, HOUSEHOLD_CHANGE, DemarcheState
from preau.demarches.file_fields import Target, Value
from preau.demarches.models import (
    AccountAsked,
    AnswerText,
    AskedPhoto,
    Demarche,
    DemarcheEvent,
    FieldChange,
    FileChange,
    Recipient,
)
from preau.demarches.testing import make_account_request, make_waiting_user
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import OwnDocument, SupportingDocument, TownDocument
from preau.documents.testing import make_document, make_kind, make_own, make_town_document
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.changing import write_note
from preau.families.choices import Situation
from preau.families.merging import tell_apart
from preau.families.models import (
    Address,
    Adult,
    Consent,
    Family,
    FileNote,
    FileTrait,
    Guardianship,
    Home,
    Participant,
    ToldApart,
)
from preau.families.rules import PHONE_FIELDS
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.models import Confirmation, HealthField, HealthKey, HealthReading, Pai, Vaccination
from preau.health.testing import make_sheet
from preau.members.models import Barred, DietChoice, Disagreement, MemberAsked, TrustedPerson
from preau.pricing.models import Quotient
from preau.pricing.testing import make_quotient, make_tariff
from preau.privacy.actions.asking import ask_about_data
from preau.privacy.choices import CORRECTION, ERASURE, Erased
from preau.privacy.models import DataAsked, DataExport
from preau.registration.actions.takeovers import keep_takeover
from preau.registration.models import ActivationCode, Invitation, Takeover
from preau.registration.takeover_file import Line
from preau.town.actions import publish_text, save_field
from preau.town.choices import CONSENTS
from preau.town.models import Place, Service
from preau.town.testing import make_level, make_place, make_service, make_text, make_town, make_year
from tests.signing import Signed, sign

NOW = paris(2026, 11, 9, 9)
SOON, LATER = dt.date(2026, 11, 12), dt.date(2026, 11, 19)
BILLED = [dt.date(2026, 10, day) for day in (5, 6, 8)]
DRAFTED = [
    dt.date(2026, 9, day) for day in (7, 8, 10, 11)
]  # in the preview of another campaign, which waits to be issued
_versions = itertools.count(10_000)  # what a process keeps of the catalogue, it keeps by version


@dataclass(frozen=True)
class Names:
    """What one household is told by: words found nowhere else."""

    family: str
    parent: str
    child: str
    code: str
    service: str
    price: str
    numbers: str  # of the invoices
    token: str  # of the submission
    asker: str  # who asks for an account at their service
    remedy: str  # on the child's health sheet
    moving_to: str  # the street of the address that they ask for
    new_phone: str  # that they ask for


@dataclass(frozen=True)
class Papers:
    """What a family gave, keeps and received."""

    given: tuple[SupportingDocument, ...]
    own: OwnDocument
    of_the_town: TownDocument

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(document.demarche.code for document in self.given)


@dataclass(frozen=True)
class Household:
    """A family that uses everything: a child enrolled, booked, with a health sheet, ticks to confirm, an invoice, one
    to come, a payment begun, one received, three requests that they follow; somebody of their name who asks for an
    account at their service; a line in a file of old accounts."""

    home: PayingHousehold
    child: Participant
    enrolment: Enrolment
    regie: Regie
    invoice: Invoice
    to_come: Invoice
    attempt: PaymentAttempt
    submission: Submission
    demarche: Demarche
    followed: tuple[Demarche, ...]  # about the household, the adult, the child
    takeover: Takeover
    signed: Signed
    papers: Papers
    data_asked: tuple[Demarche, ...]

    @property
    def user(self) -> User:
        return self.home.user


def make_household_of(names: Names) -> Household:
    home = make_household(name=names.family, first_name=names.parent)
    User.objects.filter(pk=home.user.pk).update(email=f"{names.parent.lower()}@example.net")
    home.user.refresh_from_db()
    home.family.number = f"D-{names.token}"  # four figures would be found one day in a token
    home.family.save(update_fields=["number"])
    make_quotient(home.family)
    year, place = make_year(), make_place(f"lieu-{names.code}", name=f"Lieu {names.code}")
    child = make_child(
        home.family, first_name=names.child, last_name=names.family, year=year, school=place, level=make_level("gs")
    )
    make_sheet(child, treatments={"has": True, "list": [{"name": names.remedy, "how": ""}], "prescription": True})
    activity = make_activity(names.code, name=f"Activité {names.code}", service=make_service(names.service))
    unit = make_unit(activity, "matin")
    group = make_group(f"groupe-{names.code}", place=place, matin=20)
    make_tariff(unit, names.price)
    make_intake(activity, group)
    enrolment = make_enrolment(child, activity, group)
    open_days(activity, now=NOW)
    make_town(catalogue_version=next(_versions))
    for day in (*BILLED, *DRAFTED, NOW.date()):
        make_booking(child, unit, group, day)
    save_draft(user=home.user, changes={Cell(child.pk, SOON, unit.pk): True}, now=NOW)
    submission = confirm_draft(by=home.user, token=names.token, now=NOW)
    save_draft(user=home.user, changes={Cell(child.pk, LATER, unit.pk): True}, now=NOW)
    regie = make_regie(
        activity, code=f"regie-{names.code}", service=activity.service, number_pattern=names.numbers + "{NNNN}"
    )
    invoice, to_come = bill(regie)
    attempt = begin_paying(invoice, home)
    DataExport.objects.create(user=home.user, asked_at=NOW)
    asker = make_waiting_user(names.asker.lower(), first_name=names.asker, last_name=names.family)
    demarche = make_account_request(asker, service=activity.service, photo=picture(), now=NOW)
    followed = ask_changes(home, child, activity.service, names)
    lines = [Line(2, home.family.number, home.user.email, ((f"{names.parent} {names.family}", ""),))]
    takeover = keep_takeover(name="anciens-comptes.csv", lines=lines, by=None, now=NOW)
    signed = sign(home, child, phone=PHONES[0] if names is OURS else "0600000001")
    return Household(
        *(home, child, enrolment, regie, invoice, to_come, attempt, submission, demarche, followed, takeover, signed),
        papers=give_papers(home, child),
        data_asked=ask_about_theirs(home),
    )


def ask_about_theirs(home: PayingHousehold) -> tuple[Demarche, ...]:
    """To have their data put right, and erased."""
    wrong = f"Le nom de {home.user.first_name} est mal écrit"
    return (
        ask_about_data(kind=CORRECTION, text=wrong, by=home.user, now=NOW),
        ask_about_data(kind=ERASURE, text="", about=Erased.FAMILY, by=home.user, now=NOW),
    )


def ask_changes(home: PayingHousehold, child: Participant, service: Service, names: Names) -> tuple[Demarche, ...]:
    """What the parent asks to change of their household, of themselves, of the child: an agent has yet to accept."""
    for kind in (HOUSEHOLD_CHANGE, ADULT_CHANGE, CHILD_CHANGE):
        Recipient.objects.update_or_create(kind=kind, defaults={"service": service})
    address = {"lines": f"4 {names.moving_to}", "postcode": "94800", "city": "Villejuif"}
    wanted: tuple[tuple[Target, dict[str, Value]], ...] = (
        (home.family, {"address": address}),
        (home.adult, {"phone-work": names.new_phone}),
        (child, {"child-first-name": child.first_name + "e"}),
    )
    asked = [ask_change(target=target, wanted=values, by=home.user, now=NOW).asked for target, values in wanted]
    return tuple(demarche for demarche in asked if demarche)


def give_papers(home: PayingHousehold, child: Participant) -> Papers:
    """A paper of the household, one of the child and one about its health, which nobody has read; a file of the parent
    alone; a paper of the town."""
    insurance = make_kind("assurance", holder=Holder.CHILD)
    pai = make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    given = (
        make_document(make_kind("domicile"), home.family, home.family, by=home.user, now=NOW),
        *(make_document(kind, child, home.family, by=home.user, now=NOW) for kind in (insurance, pai)),
    )
    own = make_own(home.adult, f"Secret {home.family.name}", now=NOW)
    return Papers(given, own, make_town_document(home.family, f"Courrier {home.family.name}", now=NOW))


def bill(regie: Regie) -> tuple[Invoice, Invoice]:
    """The invoice of the only family of the régie for last month, issued; and the draft of the month before."""
    months = [Month.of(days[0]) for days in (BILLED, DRAFTED)]
    campaigns = [open_campaign(regie=regie, month=month, by=None, now=NOW) for month in months]
    issued, drafted = [draft_campaign(campaign=campaign, by=None, now=NOW) for campaign in campaigns]
    issue_campaign(campaign=issued, due_on=LATER, by=None, now=NOW)
    invoices = Invoice.objects.select_related("campaign", "regie")
    return invoices.get(campaign=issued), invoices.get(campaign=drafted)


def begin_paying(invoice: Invoice, home: PayingHousehold) -> PaymentAttempt:
    """A payment under way for the invoice, and one received before."""
    paid, begun = (
        PaymentAttempt.objects.create(
            regie=invoice.regie,
            payer=home.payer,
            by=home.user,
            operation=f"op-{invoice.number}-{state}",
            reference=f"ref{invoice.number}{state}",
            page_url="https://paiement.example.org/",
            amount_cents=invoice.total_cents,
            numcli=invoice.regie.numcli,
            mode=invoice.regie.payfip_mode,
            state=state,
            opened_at=NOW,
            settled_at=NOW if state == AttemptState.PAID else None,
        )
        for state in (AttemptState.PAID, AttemptState.OPEN)
    )
    Payment.objects.create(
        regie=invoice.regie,
        payer=home.payer,
        attempt=paid,
        method=PaymentMethod.CARD,
        amount_cents=paid.amount_cents,
        received_at=NOW,
        authorisation="7731AB",
    )
    AttemptShare.objects.create(attempt=begun, invoice=invoice, amount_cents=begun.amount_cents)
    return begun


OURS_TO_COME, OTHERS_TO_COME = ("impasse Wolframite", "0731197734"), ("rue Basse", "0102030405")
OURS = Names(
    "Zwingelstein",
    "Quirinelle",
    "Xanthippe",
    "quokka",
    "enfance",
    "243.73",
    "773119",
    "tpxqz7wm2k",
    "Ottoline",
    "Zymarole",
    *OURS_TO_COME,
)
OTHERS = Names(
    *("Martin", "Paul", "Léa", "judo", "sports", "11.00", "100000", "bcdfghjkmn", "Marie", "sirop"), *OTHERS_TO_COME
)


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
    on_duty = make_agent(Capability.SEE_HEALTH).grants.get().role
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


PHONES = [f"073119773{last}" for last in (1, 2, 3)]


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


OF_HEALTH = (HealthKey, HealthField, Vaccination, Pai, Confirmation, HealthReading)


def state_of(ours: Household) -> dict[str, list[dict[str, Any]]]:
    """All that the family has, as the database holds it: what nobody else may change."""
    user, child, home = ours.user, ours.child, ours.home
    asked = [demarche.pk for demarche in (ours.demarche, *ours.followed)]
    rows: tuple[QuerySet[Model], ...] = (
        Family.objects.filter(pk=home.family.pk),
        Adult.objects.filter(pk=home.adult.pk),
        Address.objects.filter(family=home.family),
        FileNote.objects.filter(family=home.family),
        FileTrait.objects.filter(family=home.family),
        ToldApart.objects.filter(Q(one=home.family) | Q(other=home.family)),
        Quotient.objects.filter(family=home.family),
        Participant.objects.filter(pk=child.pk),
        Home.objects.filter(participant=child),
        Guardianship.objects.filter(participant=child),
        Consent.objects.filter(adult=home.adult),
        *(model._default_manager.filter(participant=child) for model in OF_HEALTH),
        Enrolment.objects.filter(participant=child),
        Booking.objects.filter(participant=child),
        Seat.objects.filter(participant=child),
        DraftChange.objects.filter(participant=child),
        Submission.objects.filter(user=user),
        Campaign.objects.filter(regie=ours.regie),
        Invoice.objects.filter(payer=home.payer),
        PaymentAttempt.objects.filter(payer=home.payer),
        Payment.objects.filter(payer=home.payer),
        Demarche.objects.filter(Q(pk__in=asked) | Q(family=home.family)),
        DemarcheEvent.objects.filter(demarche__in=asked),
        AccountAsked.objects.filter(pk=ours.demarche.pk),
        FileChange.objects.filter(pk__in=asked),
        FieldChange.objects.filter(change__in=asked),
        Address.objects.filter(family=home.family),
        AskedPhoto.objects.filter(pk=ours.demarche.pk),
        Invitation.objects.filter(adult=home.adult),
        ActivationCode.objects.filter(adult=home.adult),
        Takeover.objects.filter(pk=ours.takeover.pk),
        YearConfirmation.objects.filter(participant=child),
        TrustedPerson.objects.filter(participant=child),
        Barred.objects.filter(participant=child),
        DietChoice.objects.filter(participant=child),
        Disagreement.objects.filter(demarche__participant=child),
        DataExport.objects.filter(user=user),
        SupportingDocument.objects.filter(demarche__family=home.family),
        OwnDocument.objects.filter(adult=home.adult),
        TownDocument.objects.filter(family=home.family),
        MemberAsked.objects.filter(demarche__family=home.family),
        DataAsked.objects.filter(demarche__family=home.family),
    )
    return {query.model.__name__: list(query.order_by("pk").values()) for query in rows}


# What a parameter of an address stands for: our family's own, or a value that anyone may write. A page with several
# things of ours is tried with each, in step.

OWN: dict[str, Callable[[Household], tuple[object, ...]]] = {
    "who": lambda ours: (ours.child.code,),
    "token": lambda ours: (ours.submission.token,),
    "invoice_code": lambda ours: (ours.invoice.code, ours.to_come.code),
    "campaign_code": lambda ours: (campaign_of(ours.invoice).code, campaign_of(ours.to_come).code),
    "attempt_code": lambda ours: (ours.attempt.code,),
    "demarche_code": lambda ours: (
        ours.demarche.code,
        *(demarche.code for demarche in ours.followed),
        ours.signed.disagreement.code,
    ),
    "person_code": lambda ours: (ours.signed.person.code, ours.signed.others_person.code),
    "barred_code": lambda ours: (ours.signed.barred.code,),
    "agent_name": lambda ours: (COLLEAGUE,),
    "role_code": lambda ours: (COLLEAGUES_ROLE,),
    "proposal_code": lambda ours: (PROPOSED,),
    "recovery_code": lambda ours: (LOST,),
    "session_code": lambda ours: (elsewhere(ours.user).code,),
    "family_code": lambda ours: (ours.home.family.code,),
    "other_code": lambda ours: (other_file(ours.home.family).code,),
    "child_code": lambda ours: (ours.child.code,),
    "adult_code": lambda ours: (ours.home.adult.code,),
    "document_code": lambda ours: ours.papers.codes,
    "own_code": lambda ours: (ours.papers.own.code,),
    "paper_code": lambda ours: (ours.papers.of_the_town.code,),
    "takeover_code": lambda ours: (ours.takeover.code,),
    "erased_kind": lambda ours: ("family", "adult", "child"),
    "erased_code": lambda ours: (ours.home.family.code, ours.home.adult.code, ours.child.code),
}
OF_A_KIND: dict[str, Callable[[Household], tuple[object, ...]]] = {
    "demarches:account": lambda ours: (ours.demarche.code,),
    "demarches:change": lambda ours: tuple(demarche.code for demarche in ours.followed),
    "members:disagreement": lambda ours: (ours.signed.disagreement.code,),
    "documents:": lambda ours: ours.papers.codes,
    "members:asked": lambda ours: tuple(one.code for one in ours.signed.asked),
    "privacy:asked": lambda ours: tuple(one.code for one in ours.data_asked),
    "privacy:erase_asked": lambda ours: (ours.data_asked[-1].code,),
}
"""Pages about requests of one kind, by how their names begin: they know no other."""

FREE: dict[str, object] = {
    "link_token": "x" * 32,
    "month": Month.of(SOON),
    "day": SOON,
    "name": "courriel",
    "published_code": "terms",
    "version": 1,
    "subject": "traitements",
    "vaccine": "dtp",
    "step": "identite",
    "page_number": 1,
    "text_code": "texterefus",  # a text that agents of all services share
}


def other_file(family: Family) -> Family:
    """A file that an agent might merge with ours."""
    return Family.objects.exclude(pk=family.pk).earliest("pk")


def elsewhere(user: User) -> Session:
    """Where our parent is signed in too."""
    later = NOW + dt.timedelta(days=1)
    return Session.objects.get_or_create(session_key="elsewhere", user=user, defaults={"expire_date": later})[0]


def campaign_of(invoice: Invoice) -> Campaign:
    assert invoice.campaign is not None
    return invoice.campaign


def values_for(page: str, parameters: Sequence[str], ours: Household) -> list[dict[str, object]]:
    """The values of the parameters of a page, for each thing of ours that it can show."""
    unknown = [name for name in parameters if name not in OWN and name not in FREE]
    assert not unknown, f"{page}: say in tests/world.py what {unknown} stand for, in OWN or in FREE"
    own = {name: _own(page, name)(ours) for name in parameters if name in OWN}
    free = {name: FREE[name] for name in parameters if name in FREE}
    cases = max([len(things) for things in own.values()], default=1)
    return [free | {name: things[min(case, len(things) - 1)] for name, things in own.items()} for case in range(cases)]


def _own(page: str, name: str) -> Callable[[Household], tuple[object, ...]]:
    if name != "demarche_code":
        return OWN[name]
    return next((own for pages, own in OF_A_KIND.items() if page.startswith(pages)), OWN[name])


def is_own(parameters: Iterable[str]) -> bool:
    """Whether an address with these parameters names something of our family's."""
    return any(name in OWN for name in parameters)
