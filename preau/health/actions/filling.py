"""What parents write on a sheet; the journal says which items changed, never what."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.models import Adult, Participant
from preau.health.choices import DoseState, Item, Vaccine
from preau.health.keys import Sealer, sealer_for
from preau.health.models import HealthField, Pai, Vaccination
from preau.health.queries.sheets import version_of_doses
from preau.health.queries.states import sheet_rules
from preau.health.rules.vaccines import Dose, Scheme, is_enough, schemes_for
from preau.health.sealing import CannotOpen
from preau.journal import actions as journal

ONE_DAY = dt.timedelta(days=1)


class SheetMoved(Exception):
    """Somebody, the other parent perhaps, changed this item since its page was shown: nothing was written."""


@transaction.atomic
def fill(
    *,
    child: Participant,
    item: Item,
    value: Mapping[str, Any],
    seen: str | None = None,
    counter: Adult | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Answer an item of a sheet. `seen` is the `version_of` it that the author read, None not to look; `counter` the
    adult for whom an agent writes it, at the counter.

    The same answer again only says that it holds today. Raises SheetMoved, MasterFault.
    """
    sealer = sealer_for(child)
    _write(sealer, child, item, as_text(value), seen, counter, by=by, now=now)


def as_text(value: Mapping[str, Any]) -> str:
    """What is sealed of an answer, the same for the same answer."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _write(
    sealer: Sealer,
    child: Participant,
    item: Item,
    text: str,
    seen: str | None,
    counter: Adult | None,
    *,
    by: User | None,
    now: dt.datetime,
) -> None:
    row = HealthField.objects.filter(participant=child, name=item).first()
    if seen is not None and seen != version_of(row) and not _is_same(sealer, row, text):
        raise SheetMoved
    row = row or HealthField(participant=child, name=item)
    row.sealed, row.filled_at, row.filled_by = sealer.sealed(row, text), now, by
    row.save()
    _note(child, item, counter, by=by, now=now)


def _note(
    child: Participant, item: Item, counter: Adult | None, *, by: User | None, now: dt.datetime, **facts: Any
) -> None:
    """What an agent writes for a family is in the history of its file too."""
    facts["items"] = [str(item.value)]
    where = {"subject": counter.code, "family": counter.family.code} if counter else {}
    facts |= {"channel": Channel.COUNTER} if counter else {}
    journal.record(by, "health.filled", at=now, participant=child.code, facts=facts, **where)


def version_of(row: HealthField | None) -> str:
    """What tells a later answer from this one."""
    return row.filled_at.isoformat() if row else ""


def _is_same(sealer: Sealer, row: HealthField | None, text: str) -> bool:
    """A second click, or both parents writing the same."""
    try:
        return row is not None and sealer.opened(row) == text
    except CannotOpen:
        return False


@transaction.atomic
def fill_pai(
    *,
    child: Participant,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    text: str = "",
    seen: str | None = None,
    counter: Adult | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """A PAI between two days, or none from now on (both None): the one that runs ends the day before.

    Raises ValueError when the days are not in order, SheetMoved, MasterFault.
    """
    sealer, today = sealer_for(child), local_day(now)
    if starts_on is None or ends_on is None:
        _write(sealer, child, Item.PAI, as_text({"has": False}), seen, counter, by=by, now=now)
        _end_pais(child, today - ONE_DAY)
        return
    if ends_on < starts_on:
        raise ValueError("a PAI ends after it starts")
    answer = as_text(pai_answer(starts_on, ends_on, text))
    _write(sealer, child, Item.PAI, answer, seen, counter, by=by, now=now)
    _end_pais(child, starts_on - ONE_DAY)
    pai = Pai(participant=child, starts_on=starts_on, ends_on=ends_on, filled_at=now, filled_by=by)
    pai.sealed = sealer.sealed(pai, text)
    pai.save()


def pai_answer(starts_on: dt.date, ends_on: dt.date, text: str) -> dict[str, Any]:
    """The answer of a sheet about a PAI between two days."""
    return {"has": True, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), "text": text}


def _end_pais(child: Participant, last: dt.date) -> None:
    """No PAI runs after `last`: one that had not begun by then never was."""
    Pai.objects.filter(participant=child, starts_on__gt=last).delete()
    Pai.objects.filter(participant=child, ends_on__gt=last).update(ends_on=last)


@transaction.atomic
def fill_vaccine(
    *,
    child: Participant,
    vaccines: Sequence[Vaccine],
    doses: Sequence[Dose],
    seen: Mapping[Vaccine, str] | None = None,
    counter: Adult | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """The doses of a vaccine, in order, in place of those known; and of those that the same shots covered. Those with a
    course for this child alone are written. `seen` holds the `version_of_doses` of each that the author read, None not
    to look: the same dates again are no conflict. Raises SheetMoved, MasterFault."""
    sealer = sealer_for(child)
    courses = {scheme.vaccine: scheme for scheme in schemes_for(sheet_rules().schemes, child.born_on)}
    told = {
        vaccine: list(dose_rows(child, courses[vaccine], doses, by=by, now=now)) if vaccine in courses else []
        for vaccine in vaccines
    }
    known = Vaccination.objects.filter(participant=child, vaccine__in=vaccines)
    if seen is not None and _have_doses_moved(sealer, list(known.order_by("rank")), told, seen):
        raise SheetMoved
    known.delete()
    rows = []
    for row, on in chain.from_iterable(told.values()):
        row.sealed = sealer.sealed(row, on.isoformat())
        rows.append(row)
    Vaccination.objects.bulk_create(rows)
    names = sorted(str(one.value) for one in vaccines)
    _note(child, Item.VACCINES, counter, by=by, now=now, vaccines=names)


def _have_doses_moved(
    sealer: Sealer,
    known: Sequence[Vaccination],
    told: Mapping[Vaccine, Sequence[tuple[Vaccination, dt.date]]],
    seen: Mapping[Vaccine, str],
) -> bool:
    """Whether one of these vaccines has other doses than those read, and than those told now."""
    for vaccine, doses in told.items():
        rows = [row for row in known if row.vaccine == vaccine]
        if seen.get(vaccine, "") != version_of_doses(rows) and not _are_same(sealer, rows, doses):
            return True
    return False


def _are_same(sealer: Sealer, known: Sequence[Vaccination], told: Sequence[tuple[Vaccination, dt.date]]) -> bool:
    try:
        opened = [(row.state, sealer.opened(row)) for row in known]
    except CannotOpen:
        return False
    return opened == [(row.state, on.isoformat()) for row, on in told]


def dose_rows(
    child: Participant, scheme: Scheme, doses: Sequence[Dose], *, by: User | None, now: dt.datetime
) -> Iterator[tuple[Vaccination, dt.date]]:
    """The rows of the doses of a course, not sealed yet, each with its day."""
    given_on: list[dt.date] = []
    for rank, dose in enumerate(doses[: len(scheme.ages)], 1):
        if dose.state == DoseState.GIVEN:
            given_on.append(dose.on)
        row = Vaccination(
            participant=child,
            vaccine=scheme.vaccine,
            rank=rank,
            state=dose.state,
            is_enough=dose.state == DoseState.GIVEN and is_enough(scheme, child.born_on, given_on),
            filled_at=now,
            filled_by=by,
        )
        yield row, dose.on
