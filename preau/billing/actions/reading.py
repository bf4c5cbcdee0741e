"""Issuing what was read: two régisseurs may work on the same campaign at once."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.billing.actions.campaigns import lock_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import CampaignState
from preau.billing.models import Campaign
from preau.billing.rules.reading import ReadRefusal, read_refusal
from preau.core.dates import local_day


class NotAsRead(Exception):
    """The draft is not issued; `reason` says why."""

    def __init__(self, reason: ReadRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def issue_as_read(*, campaign: Campaign, read: str, due_on: dt.date, by: User, now: dt.datetime) -> Campaign:
    """Issue the draft whose instant is `read`, and no other; issued already, change nothing.

    Raises NotAsRead, campaigns.CampaignRefused.
    """
    campaign = lock_campaign(campaign)
    if campaign.state == CampaignState.DRAFTED:
        assert campaign.drafted_at is not None
        today = local_day(now)
        if refusal := read_refusal(read=read, drafted_at=campaign.drafted_at, due_on=due_on, today=today):
            raise NotAsRead(refusal)
    return issue_campaign(campaign=campaign, due_on=due_on, by=by, now=now)
