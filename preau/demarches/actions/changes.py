"""Changing what the file says: at once, or once an agent has accepted, field by field as the town decided."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.demarches.actions.moving import DemarcheRefused, answer, complete, open_demarche, withdraw
from preau.demarches.choices import (
    ADULT_CHANGE,
    CHILD_CHANGE,
    HOUSEHOLD_CHANGE,
    OPEN,
    DemarcheState,
    FieldState,
    Refusal,
)
from preau.demarches.file_fields import Target, Value, live_values, told, write
from preau.demarches.models import Demarche, FieldChange, FileChange
from preau.demarches.rules import Correction
from preau.families.changing import PreferredUnknown
from preau.families.models import Adult, Family, Participant
from preau.families.queries import household_of
from preau.families.rules import PHONE_FIELDS
from preau.town.queries import file_fields


class ChangeRefused(Exception):
    """Nothing was written: somebody else already asks for another value of these fields (labels)."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of what a parent wrote: whether something changed at once, and the request that waits for an agent
    (None when nothing has to be checked, or any more)."""

    is_changed: bool
    asked: Demarche | None


@transaction.atomic
def ask_change(
    *, target: Target, wanted: Mapping[str, Value], starts_on: dt.date | None = None, by: User, now: dt.datetime
) -> Outcome:
    """Change these fields of the file, or ask an agent to, as the town decided of each; what is as before stays.

    What `by` asked earlier and no agent answered becomes what is `wanted` now, and is given up once nothing differs
    any more. `starts_on` is the day from which a new address holds, None for today. Raises ChangeRefused, and
    PreferredUnknown when the number that is left out is the one preferred.
    """
    target = _locked(target)
    live = live_values(target, on=starts_on or local_day(now))
    pending = {row.field: row for row in _pending(target)}
    mine = FileChange.objects.filter(**_about(target), demarche__asked_by=by, demarche__state__in=OPEN).first()
    changed = {field: value for field, value in wanted.items() if value != live[field]}
    rules = file_fields()
    others = [field for field in changed if field in pending and (mine is None or pending[field].change_id != mine.pk)]
    if others:
        raise ChangeRefused([rules[field].label for field in others])
    checked = _checked(target, changed, {field for field in changed if rules[field].is_checked})
    at_once = {field: value for field, value in changed.items() if field not in checked}
    if at_once:
        write(target, at_once, starts_on=starts_on, family=household_of(by), by=by, now=now)
    asked = {field: changed[field] for field in changed if field in checked}
    if mine is not None:
        return Outcome(bool(at_once), _change_request(mine, asked, live, set(wanted), starts_on, by, now))
    if not asked:
        return Outcome(bool(at_once), None)
    try:
        with transaction.atomic():
            return Outcome(bool(at_once), _open(target, asked, live, starts_on, by, now))
    except IntegrityError:  # another came first in the same instant
        raise ChangeRefused([rules[field].label for field in asked]) from None


def _checked(target: Target, changed: Mapping[str, Value], checked: set[str]) -> set[str]:
    """The fields that wait for an agent: those that the town wants checked and, with a number that waits, the preferred
    way that needs it."""
    if isinstance(target, Adult) and "preferred-contact" in changed:
        number = PHONE_FIELDS.get(str(changed["preferred-contact"]), "").replace("_", "-")
        if number in checked:
            return checked | {"preferred-contact"}
    if isinstance(target, Adult) and "preferred-contact" in checked:
        held = PHONE_FIELDS.get(target.preferred_contact, "").replace("_", "-")
        return checked | ({held} & set(changed))
    return checked


def _locked(target: Target) -> Target:
    """One change at a time of a household, an adult or a child."""
    return type(target)._default_manager.select_for_update().get(pk=target.pk)


def _about(target: Target) -> dict[str, Target]:
    if isinstance(target, Family):
        return {"family": target}
    return {"adult": target} if isinstance(target, Adult) else {"participant": target}


def _pending(target: Target) -> list[FieldChange]:
    return list(FieldChange.objects.filter(**_about(target), state=FieldState.PENDING))


KINDS = {Family: HOUSEHOLD_CHANGE, Adult: ADULT_CHANGE, Participant: CHILD_CHANGE}


def _open(
    target: Target,
    asked: Mapping[str, Value],
    live: Mapping[str, Value],
    starts_on: dt.date | None,
    by: User,
    now: dt.datetime,
) -> Demarche:
    kind = KINDS[type(target)]
    demarche = open_demarche(
        kind=kind,
        asked_by=by,
        family=household_of(by),
        participant=target if isinstance(target, Participant) else None,
        summary=_summary(target, asked),
        now=now,
    )
    change = FileChange.objects.create(demarche=demarche, starts_on=starts_on, **_about(target))
    FieldChange.objects.bulk_create(
        FieldChange(change=change, field=field, old=live[field], new=value, **_about(target))
        for field, value in asked.items()
    )
    return demarche


def _summary(target: Target, asked: Mapping[str, Value]) -> str:
    """« Changer d’adresse », « Changer 2 coordonnées », « Corriger le nom »: no value, which others might read."""
    rules = file_fields()
    labels = [rules[field].label for field in asked]
    if isinstance(target, Family):
        return "Changer d’adresse" if "address" in asked else "Changer le numéro d’allocataire"
    if isinstance(target, Participant):
        names = {"child-first-name", "child-last-name"}
        return "Corriger le nom" if names & set(asked) else "Changer ses coordonnées"
    return f"Changer{NBSP}: {labels[0].lower()}" if len(labels) == 1 else f"Changer {len(labels)} coordonnées"


NBSP = "\u00a0"


def _change_request(
    mine: FileChange,
    asked: Mapping[str, Value],
    live: Mapping[str, Value],
    touched: set[str],
    starts_on: dt.date | None,
    by: User,
    now: dt.datetime,
) -> Demarche | None:
    """The open request asks for what is wanted now; of the fields that the form did not show, as before."""
    rows = {row.field: row for row in mine.fields.filter(state=FieldState.PENDING)}
    dropped = [row for field, row in rows.items() if field in touched and field not in asked]
    if not asked and len(dropped) == len(rows):
        withdraw_change(mine.demarche, by=by, now=now)
        return None
    rules, corrections = file_fields(), []
    for field, value in asked.items():
        before = rows[field].new if field in rows else live[field]
        if field not in rows or rows[field].new != value:
            corrections.append(Correction(rules[field].label, told(field, before), told(field, value)))
    corrections += [Correction(rules[row.field].label, told(row.field, row.new), "") for row in dropped]
    if not corrections and mine.starts_on == starts_on:
        return mine.demarche
    demarche = complete(mine.demarche, text="", corrections=corrections, by=by, now=now)
    kept = [row.field for row in rows.values() if row not in dropped and row.field not in asked]
    summary = _summary(mine.target, {**asked, **dict.fromkeys(kept, "")})
    Demarche.objects.filter(pk=demarche.pk).update(summary=summary)
    FileChange.objects.filter(pk=mine.pk).update(starts_on=starts_on)
    FieldChange.objects.filter(pk__in=[row.pk for row in dropped]).update(state=FieldState.WITHDRAWN)
    for field, value in asked.items():
        FieldChange.objects.update_or_create(
            change=mine,
            field=field,
            state=FieldState.PENDING,
            defaults={"old": live[field], "new": value, **_about(mine.target)},
        )
    return demarche


# The answer


def read_of(change: FileChange, *, now: dt.datetime) -> str:
    """A short print of what the file says now of the fields of a change: an agent accepts what they have read."""
    live = live_values(change.target, on=change.starts_on or local_day(now))
    fields = sorted(change.fields.filter(state=FieldState.PENDING).values_list("field", flat=True))
    text = json.dumps([live[field] for field in fields], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def accept_change(
    demarche: Demarche,
    *,
    by: User,
    version: int,
    now: dt.datetime,
    read: str | None = None,
    is_resident: bool | None = None,
) -> Demarche:
    """Accept a change: the file says it from now on.

    `read` is what `read_of` told on the page of the agent; without it the file must say what it said when the change
    was asked. Raises DemarcheRefused when it has moved since, and when the request itself has.
    """
    change = FileChange.objects.get(pk=demarche.pk)
    target = _locked(change.target)
    accepted = answer(demarche, state=DemarcheState.ACCEPTED, reason="", by=by, version=version, now=now)
    rows = list(change.fields.select_for_update().filter(state=FieldState.PENDING).order_by("pk"))
    live = live_values(target, on=change.starts_on or local_day(now))
    as_read = read_of(change, now=now) == read if read is not None else all(row.old == live[row.field] for row in rows)
    if rows and not as_read:
        raise DemarcheRefused(Refusal.STALE)
    try:
        values = {row.field: row.new for row in rows}
        write(
            target,
            values,
            starts_on=change.starts_on,
            is_resident=is_resident,
            family=accepted.family,
            by=by,
            now=now,
        )
    except PreferredUnknown:
        raise DemarcheRefused(Refusal.PREFERRED_UNKNOWN) from None
    _end(change, FieldState.ACCEPTED)
    return accepted


@transaction.atomic
def refuse_change(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """Refuse a change: the file keeps what it says."""
    refused = answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)
    _end(FileChange.objects.get(pk=demarche.pk), FieldState.REFUSED)
    return refused


@transaction.atomic
def withdraw_change(demarche: Demarche, *, by: User, now: dt.datetime) -> Demarche:
    """The parent gives up a change that no agent has answered."""
    withdrawn = withdraw(demarche, by=by, now=now)
    _end(FileChange.objects.get(pk=demarche.pk), FieldState.WITHDRAWN)
    return withdrawn


def _end(change: FileChange, state: FieldState) -> None:
    change.fields.filter(state=FieldState.PENDING).update(state=state)
