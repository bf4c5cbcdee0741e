"""What a draft needs besides bookings and prices: units, participants, payers and the period before."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from preau.billing.choices import CampaignState, InvoiceKind, InvoiceState
from preau.billing.models import Campaign, Invoice, PayerShare
from preau.billing.queries.counting import units_of
from preau.billing.rules.bills import Payers, ShareRow
from preau.families.models import Adult, Participant

# A query rather than ids: a thousand numbers in each statement cost more than the few rows that nobody asked for.
Families = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class BilledUnit:
    """How a unit is printed, and its place among the lines of a child."""

    name: str
    label: str
    place: int


class BilledPerson(NamedTuple):
    """A participant's code, and their place on the invoice: the eldest first."""

    code: str
    place: tuple[dt.date, int]


class KnownPayer(NamedTuple):
    """The household of a payer, and whether they take their invoices by e-mail."""

    family_id: int
    by_email: bool


def read_units(campaign: Campaign) -> dict[int, BilledUnit]:
    """« Restauration Scolaire - Du 01/05/2021 au 31/05/2021 », then the unit where the activity has several."""
    period = f"Du {campaign.starts_on:%d/%m/%Y} au {campaign.ends_on:%d/%m/%Y}"
    rows = (
        units_of(campaign.regie)
        .annotate(siblings=Count("activity__units"))
        .order_by("activity__order", "activity__name", "order", "pk")
        .values_list("pk", "activity__name", "name", "siblings")
    )
    return {
        pk: _billed(activity, unit if siblings > 1 else "", period, place)
        for place, (pk, activity, unit, siblings) in enumerate(rows)
    }


def _billed(activity: str, unit: str, period: str, place: int) -> BilledUnit:
    return BilledUnit(
        name=f"{activity}, {unit}" if unit else activity,
        label=f"{activity} - {period} - {unit}" if unit else f"{activity} - {period}",
        place=place,
    )


def read_people(families: Families, participant_ids: set[int]) -> dict[int, BilledPerson]:
    """The participants of households; those of `participant_ids` who have left them are read one by one."""
    people = _people(Participant.objects.filter(homes__family__in=families))
    if missing := participant_ids - people.keys():
        people |= _people(Participant.objects.filter(pk__in=missing))
    return people


def _people(participants: QuerySet[Participant]) -> dict[int, BilledPerson]:
    rows = participants.values_list("pk", "code", "born_on")
    return {pk: BilledPerson(code, (born_on, pk)) for pk, code, born_on in rows}


class FirstAdult(NamedTuple):
    """The adult of a household who was registered first, and the payer that they are, if they are one."""

    family_id: int
    adult_id: int
    payer_id: int | None
    by_email: bool


def first_adults(families: Families) -> list[FirstAdult]:
    adults = Adult.objects.filter(family__in=families).order_by("-pk")
    rows = adults.values_list("family_id", "pk", "payer__pk", "email", "invoices_by_email")
    first = {row[0]: FirstAdult(*row[:3], by_email=bool(row[3]) and row[4]) for row in rows}
    return list(first.values())


def read_shares(families: Families, last: dt.date) -> tuple[dict[int, Payers], dict[int, KnownPayer]]:
    """The shares of households until `last`, and who these payers are."""
    payers: dict[int, Payers] = defaultdict(Payers)
    known: dict[int, KnownPayer] = {}
    shares = PayerShare.objects.filter(family__in=families, starts_on__lte=last).select_related("payer__adult")
    for share in shares:
        mine, adult = payers[share.family_id], share.payer.adult
        row = ShareRow(share.starts_on.isoformat(), share.payer_id, share.weight)
        if share.participant_id is None:
            mine.household.append(row)
        else:
            mine.by_participant.setdefault(share.participant_id, []).append(row)
        known[share.payer_id] = KnownPayer(adult.family_id, bool(adult.email) and adult.invoices_by_email)
    return payers, known


def campaign_before(campaign: Campaign) -> Campaign | None:
    """The régie’s last issued campaign before this one."""
    return (
        Campaign.objects.filter(regie=campaign.regie_id, state=CampaignState.ISSUED, starts_on__lt=campaign.starts_on)
        .order_by("-starts_on")
        .first()
    )


def read_before(before: Campaign | None, families: Families) -> dict[tuple[int, int], int]:
    """What each payer was billed for each household in the campaign before, in cents."""
    if before is None:
        return {}
    rows = Invoice.objects.filter(
        campaign=before, family__in=families, state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE
    )
    amounts = rows.values_list("payer_id", "family_id", "total_cents")
    return {(payer_id, family_id): cents for payer_id, family_id, cents in amounts}
