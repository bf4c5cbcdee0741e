"""Preparing the invoices of a régie for a period: a campaign, and its drafts as often as one likes."""

import datetime as dt

from django.db import connection, transaction

from preau.accounts.models import User
from preau.billing.actions.drafting import Draft
from preau.billing.bulk import without_collector
from preau.billing.choices import CampaignState
from preau.billing.models import Campaign, Regie
from preau.billing.rules.campaigns import CampaignRefusal, opening_refusal
from preau.billing.rules.numbers import label_of
from preau.core.dates import Month, local_day
from preau.journal.actions import record


class CampaignRefused(Exception):
    """The campaign cannot do this; `reason` says why."""

    def __init__(self, reason: CampaignRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def open_campaign(*, regie: Regie, month: Month, by: User | None, now: dt.datetime) -> Campaign:
    """The campaign of the régie for a month, opened if need be. Raises CampaignRefused (NOT_OVER)."""
    if refusal := opening_refusal(month.last, local_day(now)):
        raise CampaignRefused(refusal)
    label = label_of(regie.label_pattern, month.first) or f"{regie.code} {month}"
    campaign, is_new = Campaign.objects.get_or_create(
        regie=regie, starts_on=month.first, defaults={"ends_on": month.last, "label": label}
    )
    if is_new:
        record(by, "billing.campaign_opened", at=now, subject=campaign.code, facts={"regie": regie.code})
    return campaign


@transaction.atomic
def draft_campaign(*, campaign: Campaign, by: User | None, now: dt.datetime) -> Campaign:
    """Compute the invoices of the campaign, replacing the draft before. Raises CampaignRefused (ISSUED).

    Households that cannot be billed are left out and listed in `anomalies`, with what deserves a look.
    """
    campaign = _locked_unissued(campaign)
    _delete_drafts(campaign)
    draft = Draft(campaign)
    with without_collector():
        draft.bill_all()
    campaign.state = CampaignState.DRAFTED
    campaign.drafted_at = now
    campaign.anomalies = draft.anomalies_by_severity()
    campaign.save(update_fields=["state", "drafted_at", "anomalies"])
    facts = {"invoices": draft.invoices, "cents": draft.cents, "anomalies": len(campaign.anomalies)}
    record(by, "billing.campaign_drafted", at=now, subject=campaign.code, facts=facts)
    return campaign


@transaction.atomic
def drop_draft(*, campaign: Campaign, by: User | None, now: dt.datetime) -> Campaign:
    """Forget the draft of the campaign, which is open again. Raises CampaignRefused (ISSUED)."""
    campaign = _locked_unissued(campaign)
    if campaign.state == CampaignState.DRAFTED:
        _delete_drafts(campaign)
        campaign.state, campaign.drafted_at, campaign.anomalies = CampaignState.OPEN, None, []
        campaign.save(update_fields=["state", "drafted_at", "anomalies"])
        record(by, "billing.draft_dropped", at=now, subject=campaign.code)
    return campaign


def lock_campaign(campaign: Campaign) -> Campaign:
    """The campaign as it is now, locked until the end of the transaction, its régie read with it."""
    return Campaign.objects.select_for_update(of=("self",)).select_related("regie").get(pk=campaign.pk)


def _locked_unissued(campaign: Campaign) -> Campaign:
    campaign = lock_campaign(campaign)
    if campaign.state == CampaignState.ISSUED:
        raise CampaignRefused(CampaignRefusal.ISSUED)
    return campaign


def _delete_drafts(campaign: Campaign) -> None:
    """By SQL: the ORM would read ten thousand invoices to look for what hangs on them. Foreign keys still watch."""
    drafts = "SELECT id FROM billing_invoice WHERE campaign_id = %s AND state = 'draft'"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM billing_line WHERE invoice_id IN ({drafts})", [campaign.pk])  # noqa: S608
        cursor.execute("DELETE FROM billing_invoice WHERE campaign_id = %s AND state = 'draft'", [campaign.pk])
