"""A draft being computed: bookings counted by the database, priced here, written in bulk."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from preau.billing.bulk import insert_rows
from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Campaign, Invoice, Line, Payer
from preau.billing.queries.counting import Usage, billable, usages
from preau.billing.queries.sources import (
    BilledPerson,
    BilledUnit,
    Families,
    KnownPayer,
    campaign_before,
    first_adults,
    read_before,
    read_people,
    read_shares,
    read_units,
)
from preau.billing.rules import bills, seals
from preau.billing.rules.campaigns import AnomalyKind, change_percent, is_far
from preau.core.codes import new_code
from preau.families.models import Family
from preau.pricing.queries import PriceBook
from preau.pricing.rules import Price, TariffHole

HOUSEHOLDS_AT_ONCE = 4000
QUOTIENT_STEP = "Quotient familial"
INVOICE_FIELDS = (
    *("code", "payer_id", "family_id", "quotient_cents", "total_cents", "by_email", "sha256"),
    *("regie_id", "campaign_id", "label", "period_starts_on", "period_ends_on", "kind", "state", "settled_cents"),
)
LINE_FIELDS = (
    *("invoice_id", "settled_cents", "participant_id", "unit_id", "label", "quantity"),
    *("unit_price_cents", "amount_cents", "care_cents", "food_cents", "why", "order"),
)


class NoPayer(Exception):
    """Nobody can be billed for a household."""


class NoPrice(Exception):
    """A unit has no price for a household; the message says which and why, in French."""


@dataclass(slots=True)
class Household:
    """What is counted for a household."""

    family_id: int
    usages: list[Usage]


@dataclass(slots=True)
class Draft:
    """A draft being computed, some thousands of households at a time, so that the size of the town costs no memory."""

    campaign: Campaign
    invoices: int = 0
    cents: int = 0
    last_id: int = 0
    anomalies: list[dict[str, Any]] = field(default_factory=list)

    def bill_all(self) -> None:
        campaign = self.campaign
        units, before = read_units(campaign), campaign_before(campaign)
        first, last = campaign.starts_on, campaign.ends_on
        counted = usages(billable(campaign.regie, first, last), first, last)
        households = (Household(key, list(rows)) for key, rows in groupby(counted, key=lambda usage: usage.family_id))
        while batch := list(islice(households, HOUSEHOLDS_AT_ONCE)):
            Batch.read(self, units, batch, before).write(batch)

    def note(self, kind: AnomalyKind, family_id: int, **facts: Any) -> None:
        self.anomalies.append({"kind": str(kind), "family": family_id, **facts})

    def anomalies_by_severity(self) -> list[dict[str, Any]]:
        """The anomalies, blocking ones first, with the code, number and name of each household."""
        names = Family.objects.in_bulk({anomaly["family"] for anomaly in self.anomalies})
        for anomaly in self.anomalies:
            family = names[anomaly["family"]]
            anomaly |= {"family": family.code, "number": family.number, "name": family.name}
        order = list(AnomalyKind)
        return sorted(self.anomalies, key=lambda anomaly: (order.index(anomaly["kind"]), anomaly["name"]))


@dataclass(slots=True)
class Batch:
    """Households billed together: what their bills depend on, and the invoices that wait to be written."""

    draft: Draft
    units: dict[int, BilledUnit]
    book: PriceBook
    people: dict[int, BilledPerson]
    payers: dict[int, bills.Payers]  # by household
    known: dict[int, KnownPayer]
    before: dict[tuple[int, int], int]
    lines: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)  # of each invoice, by its code

    @classmethod
    def read(
        cls, draft: Draft, units: dict[int, BilledUnit], households: list[Household], before: Campaign | None
    ) -> "Batch":
        campaign = draft.campaign
        # In the order of their ids: these and the few between them that have nothing to bill.
        families = Family.objects.filter(pk__range=(households[0].family_id, households[-1].family_id)).values("pk")
        book = PriceBook.read(unit_ids=units, family_ids=families, first=campaign.starts_on, last=campaign.ends_on)
        people = read_people(families, {usage.participant_id for each in households for usage in each.usages})
        payers, known = read_shares(families, campaign.ends_on)
        billed = {household.family_id for household in households}
        for family_id, payer_id, by_email in _first_payers(families, billed):
            payers[family_id].default = payer_id
            known[payer_id] = KnownPayer(family_id, by_email)
        return cls(draft, units, book, people, payers, known, read_before(before, families))

    def bill(self, household: Household) -> Iterator[tuple[Any, ...]]:
        """The invoices of a household, as rows to insert; their lines wait."""
        try:
            lines = bills.lines_by_payer(self._priced(household.usages))
        except NoPrice as hole:
            self.draft.note(AnomalyKind.TARIFF_HOLE, household.family_id, detail=str(hole))
            return
        except NoPayer:
            self.draft.note(AnomalyKind.NO_PAYER, household.family_id)
            return
        quotient = self.book.quotient_on(household.family_id, self.book.last).value
        if quotient is None and any(_uses_quotient(line) for mine in lines.values() for line in mine):
            self.draft.note(AnomalyKind.NO_QUOTIENT, household.family_id)
        for payer_id in sorted(lines):
            if total := sum(line.amount_cents for line in lines[payer_id]):
                yield self._invoice(payer_id, household.family_id, lines[payer_id], total, quotient)

    def _priced(self, rows: list[Usage]) -> Iterator[bills.PricedDays]:
        for usage in rows:
            payers = self.payers[usage.family_id]
            marks = [day.isoformat() for day in self.book.breakpoints(usage.family_id, usage.unit_id)]
            if share_marks := payers.marks(usage.participant_id):
                marks = sorted({*marks, *share_marks})
            for days in bills.cut(usage.days, marks) if marks else (usage.days,):
                weights = payers.on(usage.participant_id, days[0])
                if not weights:
                    raise NoPayer
                price = self._price(usage, days[0])
                yield bills.PricedDays(usage.participant_id, usage.unit_id, price, days, weights)

    def _price(self, usage: Usage, day: str) -> Price:
        try:
            return self.book.price(
                unit_id=usage.unit_id,
                family_id=usage.family_id,
                participant_id=usage.participant_id,
                day=dt.date.fromisoformat(day),
                status=usage.status,
            )
        except TariffHole as hole:
            raise NoPrice(f"{self.units[usage.unit_id].name}\u00a0: {hole}") from hole

    def _invoice(
        self, payer_id: int, family_id: int, lines: list[bills.DraftLine], total: int, quotient: Decimal | None
    ) -> tuple[Any, ...]:
        payer = self.known[payer_id]
        at_home = payer.family_id == family_id
        lines.sort(key=self._place)
        rows = [self._line_row(line, place, tell_steps=at_home) for place, line in enumerate(lines)]
        code = new_code()
        header = (
            code,
            payer_id,
            family_id,
            int(quotient * 100) if quotient is not None and at_home else None,
            total,
            payer.by_email,
            seals.lines_seal(
                [(self.people[line.participant].code, *row[2:-1]) for line, row in zip(lines, rows, strict=True)]
            ),
        )
        self.lines[code] = rows
        self.draft.invoices += 1
        self.draft.cents += total
        before = self.before.get((payer_id, family_id), 0)
        if is_far(total, before):
            percent = change_percent(total, before)
            self.draft.note(AnomalyKind.FAR, family_id, cents=total, before_cents=before, percent=percent)
        return header

    def _place(self, line: bills.DraftLine) -> tuple[Any, ...]:
        return self.people[line.participant].place, self.units[line.unit].place, line.unit_price_cents, line.share

    def _line_row(self, line: bills.DraftLine, place: int, *, tell_steps: bool) -> tuple[Any, ...]:
        """A payer from another household reads days and amounts, not the quotient that explains the price."""
        return (
            line.participant,
            line.unit,
            self.units[line.unit].label,
            line.quantity,
            line.unit_price_cents,
            line.amount_cents,
            line.care_cents,
            line.food_cents,
            seals.explanation_text(line.days, line.steps if tell_steps else (), line.share),
            place,
        )

    def write(self, households: Iterable[Household]) -> None:
        """Bill the households: while one is priced, the database takes in those before."""
        campaign = self.draft.campaign
        period = (campaign.starts_on.isoformat(), campaign.ends_on.isoformat())
        common = (campaign.regie_id, campaign.pk, campaign.label, *period)
        fixed = (str(InvoiceKind.INVOICE), str(InvoiceState.DRAFT), 0)
        headers = (header for household in households for header in self.bill(household))
        insert_rows(Invoice, INVOICE_FIELDS, ((*header, *common, *fixed) for header in headers))
        ids = dict(Invoice.objects.filter(campaign=campaign, pk__gt=self.draft.last_id).values_list("code", "pk"))
        self.draft.last_id = max(ids.values(), default=self.draft.last_id)
        insert_rows(Line, LINE_FIELDS, ((ids[code], 0, *row) for code, rows in self.lines.items() for row in rows))


def _uses_quotient(line: bills.DraftLine) -> bool:
    return any(step.label == QUOTIENT_STEP for step in line.steps)


def _first_payers(families: Families, billed: set[int]) -> Iterator[tuple[int, int, bool]]:
    """The adult who pays for each household unless shares say otherwise: (household, payer, by e-mail)."""
    adults = [adult for adult in first_adults(families) if adult.family_id in billed]
    missing = [adult for adult in adults if adult.payer_id is None]
    # Two régies may draft at once, for the same households.
    new = [Payer(adult_id=adult.adult_id, family_id=adult.family_id) for adult in missing]
    Payer.objects.bulk_create(new, ignore_conflicts=True)
    made = Payer.objects.filter(adult__in=[adult.adult_id for adult in missing]).values_list("adult_id", "pk")
    payers = dict(made)
    for adult in adults:
        yield adult.family_id, adult.payer_id or payers[adult.adult_id], adult.by_email
