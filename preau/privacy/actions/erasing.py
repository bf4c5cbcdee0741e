"""Erasing: once, all areas in one transaction, or nothing."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.billing.forgetting import keep_papers
from preau.core.dates import local_day
from preau.journal.actions import record
from preau.privacy.actions.exporting import give_up
from preau.privacy.choices import ErasureRefusal
from preau.privacy.erasing import Told, as_report, refusals, steps_for, tell, whom
from preau.privacy.models import DataExport, Erasure


class ErasureRefused(Exception):
    """Nothing was erased; `reasons` tell why. Without any, nobody has that code."""

    def __init__(self, reasons: list[ErasureRefusal]) -> None:
        super().__init__(", ".join(reason.value for reason in reasons))
        self.reasons = reasons


def erase(*, kind: str, code: str, by: User | None, now: dt.datetime) -> list[Told]:
    """Erase whoever has this code, and tell what became of how many rows. Raises ErasureRefused.

    Files go first, invoices are printed while the names are there, then the database in one transaction: stopped
    anywhere, it is simply done again. A second time changes nothing.
    """
    who = whom(kind, code)
    if who is None:
        raise ErasureRefused([])
    if reasons := refusals(who, on=local_day(now)):
        raise ErasureRefused(reasons)
    for export in DataExport.objects.filter(user__in=who.users):
        give_up(export, by=None, now=now)
    keep_papers(who)
    return _erase(kind, code, by, now)


@transaction.atomic
def _erase(kind: str, code: str, by: User | None, now: dt.datetime) -> list[Told]:
    who = whom(kind, code)
    assert who is not None
    steps = steps_for(who)
    told = [line for step in steps if (line := tell(step)).count]
    for step in steps:
        step.run()
    values = {"at": now, "by": by, "report": as_report(told)}
    Erasure.objects.get_or_create(kind=kind, subject=code, defaults=values)
    record(by, "privacy.erased", at=now, subject=code, facts={"kind": kind})
    return told
