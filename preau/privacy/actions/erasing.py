"""Erasing: once, all areas in one transaction, or nothing."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.billing.forgetting import keep_papers
from preau.core.dates import local_day
from preau.core.personal import Whom
from preau.demarches.actions import answer
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.journal.actions import record
from preau.privacy.actions.exporting import give_up
from preau.privacy.choices import ErasureRefusal
from preau.privacy.erasing import Told, as_report, refusals, steps_for, tell, whom, with_payers
from preau.privacy.models import DataExport, Erasure

ERASED = Event("privacy/mail/erased")


class ErasureRefused(Exception):
    """Nothing was erased; `reasons` tell why. Without any, nobody has that code."""

    def __init__(self, reasons: list[ErasureRefusal]) -> None:
        super().__init__(", ".join(reason.value for reason in reasons))
        self.reasons = reasons


def erase(
    *,
    kind: str,
    code: str,
    by: User | None,
    now: dt.datetime,
    asked: Demarche | None = None,
    version: int | None = None,
) -> list[Told]:
    """Erase whoever has this code, and tell what became of how many rows. Raises ErasureRefused.

    `asked` is the request that is accepted so, as `version` was read; whoever sent it or loses an account is told once
    more, at the address that goes. Raises DemarcheRefused when somebody has answered it since.

    Files go first, those of the parents of a child who goes too; invoices are printed while the names are there, then
    the database in one transaction: stopped anywhere, it is simply done again. A second time changes nothing.
    """
    who = whom(kind, code)
    if who is None:
        raise ErasureRefused([])
    _refuse(who, asked, now)
    theirs = Q(user__in=who.users) | Q(adult__in=who.adults)
    for adult in ("user__adult", "adult"):
        theirs |= Q(**{f"{adult}__family__homes__participant__in": who.participants})
    for export in DataExport.objects.filter(theirs).distinct():
        give_up(export, by=None, now=now)
    keep_papers(with_payers(who))
    return _erase(kind, code, by, now, asked, version)


def _refuse(who: Whom, asked: Demarche | None, now: dt.datetime) -> None:
    if reasons := refusals(who, on=local_day(now), besides=asked):
        raise ErasureRefused(reasons)


@transaction.atomic
def _erase(
    kind: str, code: str, by: User | None, now: dt.datetime, asked: Demarche | None, version: int | None
) -> list[Told]:
    who = whom(kind, code)
    assert who is not None
    _refuse(who, asked, now)  # printing takes its time
    steps = steps_for(who)
    told = [line for step in steps if (line := tell(step)).count]
    last_mails = list(_last_mails(who, asked))
    if asked is not None:
        answer(asked, state=DemarcheState.ACCEPTED, reason="", by=by, version=version or asked.version, now=now)
    for step in steps:
        step.run()
    values = {"at": now, "by": by, "report": as_report(told)}
    Erasure.objects.get_or_create(kind=kind, subject=code, defaults=values)
    record(by, "privacy.erased", at=now, subject=code, facts={"kind": kind})
    for user, address, has_asked in last_mails:
        facts = {"kept": kept_reasons(told), "has_asked": has_asked}
        notify(ERASED, to=address, facts=facts, key=f"privacy.erased:{kind}:{code}:{user}", now=now)
    return told


def _last_mails(who: Whom, asked: Demarche | None) -> Iterator[tuple[str, str, bool]]:
    """Who is told, read before it goes: the code of an account, its address, whether it is the one that asked."""
    if asked is None or asked.asked_by is None:
        return
    for user in User.objects.filter(Q(pk__in=who.users) | Q(pk=asked.asked_by.pk)).exclude(email="").order_by("pk"):
        yield user.code, user.email, user == asked.asked_by


def kept_reasons(told: list[Told]) -> list[Told]:
    """What the law keeps, and why."""
    return [line for line in told if line.why]
