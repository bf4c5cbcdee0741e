"""A household of the sweeps, which uses everything: how it is made, and all that the database holds of it.

Everything of ours is marked by a word found nowhere else, so that one look at an answer tells a leak.
"""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from preau.accounts.models import User
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import AttemptShare, Campaign, Invoice, Payment, PaymentAttempt, Regie
from preau.billing.testing import PayingHousehold, make_household, make_regie
from preau.bookings.actions import confirm_draft, save_draft
from preau.bookings.models import Booking, DraftChange, Seat, Submission
from preau.bookings.rules.lines import Cell
from preau.bookings.testing import make_booking, open_days, paris
from preau.checklist.models import YearConfirmation
from preau.core.dates import Month
from preau.core.testing import picture
from preau.demarches.actions import ask_change
from preau.demarches.choices import ADULT_CHANGE, CHILD_CHANGE, HOUSEHOLD_CHANGE
from preau.demarches.file_fields import Target, Value
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche, DemarcheEvent, FieldChange, FileChange, Recipient
from preau.demarches.testing import make_account_request, make_waiting_user
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import OwnDocument, SupportingDocument, TownDocument
from preau.documents.testing import make_document, make_kind, make_own, make_town_document
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment, make_intake
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
from preau.families.testing import make_child
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
from preau.town.models import Service
from preau.town.testing import make_level, make_place, make_service, make_town, make_year
from tests.signing import Signed, sign

NOW = paris(2026, 11, 9, 9)
SOON, LATER = dt.date(2026, 11, 12), dt.date(2026, 11, 19)
BILLED = [dt.date(2026, 10, day) for day in (5, 6, 8)]
DRAFTED = [dt.date(2026, 9, day) for day in (7, 8, 10, 11)]  # in the preview of a campaign that waits to be issued
PHONES = [f"073119773{last}" for last in (1, 2, 3)]
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
    for whose in ({"user": home.user}, {"adult": home.adult}):
        DataExport.objects.create(**whose, asked_at=NOW)
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
        DataExport.objects.filter(Q(user=user) | Q(adult=home.adult)),
        SupportingDocument.objects.filter(demarche__family=home.family),
        OwnDocument.objects.filter(adult=home.adult),
        TownDocument.objects.filter(family=home.family),
        MemberAsked.objects.filter(demarche__family=home.family),
        DataAsked.objects.filter(demarche__family=home.family),
    )
    return {query.model.__name__: list(query.order_by("pk").values()) for query in rows}
