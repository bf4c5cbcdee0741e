"""Issuing a campaign: numbers without gaps, seals, and nothing that can change afterwards."""

import datetime as dt
from typing import Any

from django.db import transaction

from preau.accounts.models import User
from preau.billing.actions.campaigns import CampaignRefused, lock_campaign
from preau.billing.bulk import update_texts
from preau.billing.choices import CampaignState, InvoiceState
from preau.billing.models import Campaign, Counter, Invoice, Regie
from preau.billing.queries.counting import has_moved
from preau.billing.rules import seals
from preau.billing.rules.campaigns import CampaignRefusal
from preau.billing.rules.numbers import SeriesFull, invoice_numbers, series_of
from preau.core.dates import local_day
from preau.journal.actions import record


@transaction.atomic
def issue_campaign(*, campaign: Campaign, due_on: dt.date, by: User | None, now: dt.datetime) -> Campaign:
    """Give the drafts of the campaign their numbers, all or none; issued already, change nothing.

    The mails leave afterwards (see `announcing`): the lock on the régie's counter is held as short as possible.
    Raises CampaignRefused.
    """
    campaign = lock_campaign(campaign)
    if campaign.state == CampaignState.ISSUED:
        return campaign
    issued_on = local_day(now)
    if refusal := _refusal(campaign, due_on, issued_on):
        raise CampaignRefused(refusal)
    drafts = _drafts_in_order(campaign)
    if not drafts:
        raise CampaignRefused(CampaignRefusal.EMPTY)
    numbers = _take_numbers(campaign.regie, len(drafts), issued_on)
    dates = {"issued_on": issued_on.isoformat(), "due_on": due_on.isoformat()}
    rows = [(draft["pk"], number, _seal(draft, number, dates)) for draft, number in zip(drafts, numbers, strict=True)]
    update_texts(Invoice, ["number", "sha256"], rows, same={"state": str(InvoiceState.ISSUED), **dates})
    campaign.state, campaign.issued_at, campaign.due_on = CampaignState.ISSUED, now, due_on
    campaign.save(update_fields=["state", "issued_at", "due_on"])
    facts = {"first": numbers[0], "last": numbers[-1], "cents": sum(draft["total_cents"] for draft in drafts)}
    record(by, "billing.campaign_issued", at=now, subject=campaign.code, facts=facts)
    return campaign


def _refusal(campaign: Campaign, due_on: dt.date, issued_on: dt.date) -> CampaignRefusal | None:
    if campaign.state != CampaignState.DRAFTED:
        return CampaignRefusal.NO_DRAFT
    if due_on < issued_on:
        return CampaignRefusal.DUE_IN_THE_PAST
    return CampaignRefusal.STALE if has_moved(campaign) else None


def _drafts_in_order(campaign: Campaign) -> list[dict[str, Any]]:
    """What the seals of the drafts are made of, in the order of the names of the payers."""
    drafts = Invoice.objects.filter(campaign=campaign, state=InvoiceState.DRAFT)
    names = ("payer__adult__last_name", "payer__adult__first_name", "family__number", "pk")
    return list(drafts.order_by(*names).values("pk", *seals.SEALED))


def _take_numbers(regie: Regie, how_many: int, issued_on: dt.date) -> list[str]:
    """The next numbers of the régie's series. Its counter stays locked until the end of the transaction."""
    series = series_of(regie.number_pattern, issued_on)
    Counter.objects.get_or_create(regie=regie, series=series)
    counter = Counter.objects.select_for_update().get(regie=regie, series=series)
    first = counter.last + 1
    counter.last += how_many
    counter.save(update_fields=["last"])
    try:
        return invoice_numbers(regie.number_pattern, first, how_many, issued_on)
    except SeriesFull as full:
        raise CampaignRefused(CampaignRefusal.SERIES_FULL) from full


def _seal(draft: dict[str, Any], number: str, dates: dict[str, str]) -> str:
    return seals.issued_seal(draft | {"number": number} | dates)
