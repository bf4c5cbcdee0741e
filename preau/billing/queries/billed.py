"""Which bookings stand on an issued invoice, lent to the area of bookings."""

from django.db.models import Exists, OuterRef, Q

from preau.billing.choices import CampaignState
from preau.billing.models import Campaign


def billed_bookings() -> Q:
    """Those of the days and activities of an issued campaign."""
    issued = Campaign.objects.filter(
        state=CampaignState.ISSUED,
        starts_on__lte=OuterRef("day"),
        ends_on__gte=OuterRef("day"),
        regie__activity_links__activity=OuterRef("unit__activity"),
    )
    return Q(Exists(issued))
