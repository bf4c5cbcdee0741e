"""Writing régies, and which one bills an activity."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from preau.activities.models import Activity
from preau.billing.models import Regie, RegieActivity
from preau.journal.actions import Actor
from preau.town.actions import delete_reference, save_reference
from preau.town.models import Service


@transaction.atomic
def save_regie(code: str, values: Mapping[str, Any], *, service: str, by: Actor | None, now: dt.datetime) -> Regie:
    """Create or change a régie, back in use if it was retired; its counters are never touched."""
    columns = {**values, "service_id": Service.objects.get(code=service).pk, "retired_on": None}
    return save_reference(Regie, {"code": code}, columns, by=by, now=now)


@transaction.atomic
def bill_with(activity: str, regie: str | None, *, by: Actor | None, now: dt.datetime) -> None:
    """Have an activity billed by a régie, or by none."""
    row = Activity.objects.get(code=activity)
    if regie is not None:
        values = {"regie_id": Regie.objects.get(code=regie).pk}
        save_reference(RegieActivity, {"activity": row}, values, by=by, now=now)
        return
    for link in RegieActivity.objects.filter(activity=row):
        delete_reference(link, by=by, now=now)
