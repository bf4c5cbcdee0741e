"""The town chooses how long each sort of data is kept."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from preau.journal.actions import Actor, record
from preau.privacy.models import RetentionRule
from preau.privacy.rules import DELAYS


class OutOfBounds(Exception):
    """Nothing was written: the law does not let a town keep this sort so long, or so little."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def save_retention(months: Mapping[str, int], *, by: Actor | None, now: dt.datetime) -> None:
    """Keep each sort so many months; a sort that is left out is kept as usual. Raises OutOfBounds."""
    for code, wanted in months.items():
        if not DELAYS[code].least <= wanted <= DELAYS[code].most:
            raise OutOfBounds(code)
    own = {code: wanted for code, wanted in months.items() if wanted != DELAYS[code].months}
    if own == dict(RetentionRule.objects.values_list("code", "months")):
        return
    RetentionRule.objects.exclude(code__in=own).delete()
    for code, wanted in own.items():
        RetentionRule.objects.update_or_create(code=code, defaults={"months": wanted})
    record(by, "privacy.retention_set", at=now, facts={"months": own})
