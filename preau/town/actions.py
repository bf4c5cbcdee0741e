"""Writing reference data: what the town is and offers. Each change is journalled and moves the catalogue on."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import F, ProtectedError
from django.db.models.deletion import Collector

from preau.journal.actions import Actor, record
from preau.town.models import FieldPolicy, Level, Place, PublicHoliday, SchoolPeriod, SchoolYear, Service, Text, Town

M = TypeVar("M", bound=models.Model)

ASIDE = 10_000  # orders are unique: rows that change places step aside first


@transaction.atomic
def save_reference(
    model: type[M],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    links: Mapping[str, Iterable[int]] | None = None,
    by: Actor | None,
    now: dt.datetime,
) -> M:
    """Create or change the row of reference data at `key`; nothing happens when nothing changes.

    `links` are its many-to-many columns, as ids. For the areas' own save functions.
    """
    row = model._default_manager.select_for_update().filter(**key).first()
    changed = row is None
    if row is None:
        row = model._default_manager.create(**key, **values)
    elif moved := [name for name, value in values.items() if getattr(row, name) != value]:
        for name in moved:
            setattr(row, name, values[name])
        row.save(update_fields=moved)
        changed = True
    for name, wanted in (links or {}).items():
        relation, ids = getattr(row, name), set(wanted)
        if set(relation.values_list("pk", flat=True)) != ids:
            relation.set(ids)
            changed = True
    if changed:
        _note(row, "saved", key, by=by, now=now)
    return row


@transaction.atomic
def retire_reference(row: models.Model, *, on: dt.date, by: Actor | None, now: dt.datetime) -> None:
    """Take a row out of use from the day `on`, without deleting it; a row already retired stays as it is."""
    if getattr(row, "retired_on") is None:  # noqa: B009 (models with the column share no base class)
        setattr(row, "retired_on", on)  # noqa: B010
        row.save(update_fields=["retired_on"])
        _note(row, "retired", {"code": getattr(row, "code", row.pk)}, by=by, now=now)


@transaction.atomic
def delete_reference(row: models.Model, *, by: Actor | None, now: dt.datetime) -> None:
    """Delete a row that nothing uses (see `is_used`). Raises ProtectedError."""
    key = {"code": getattr(row, "code", row.pk)}
    row.delete()
    _note(row, "deleted", key, by=by, now=now)


def is_used(row: models.Model) -> bool:
    """Whether other rows need this one, which then cannot be deleted."""
    try:
        Collector(using=DEFAULT_DB_ALIAS, origin=row).collect([row])
    except ProtectedError:
        return True
    return False


def catalogue_changed() -> None:
    """What processes keep of the reference data is out of date, as soon as this transaction ends."""
    Town.objects.update(catalogue_version=F("catalogue_version") + 1)


def _note(row: models.Model, verb: str, key: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> None:
    catalogue_changed()
    subject = " ".join(str(getattr(value, "code", value)) for value in key.values())[:80]
    record(by, f"{row._meta.app_label}.{row._meta.model_name}_{verb}", at=now, subject=subject)


def save_town(values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> Town:
    """Describe the town of this instance."""
    return save_reference(Town, {"id": 1}, values, by=by, now=now)


class TextMoved(Exception):
    """Somebody published other words since the author of these began to write."""


@transaction.atomic
def publish_text(
    *,
    code: str,
    title: str,
    body: str,
    changes: str = "",
    after: int | None = None,
    by: Actor | None,
    now: dt.datetime,
) -> Text:
    """Publish a text: a new version when its words change, nothing when they are those in force.

    `changes` tells people what differs from the version that they know. `after` is the version that the author read
    (0: none); raises TextMoved when it is no longer the one in force.
    """
    list(Town.objects.select_for_update().filter(id=1))  # one publication at a time
    digest = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()
    last = Text.objects.filter(code=code).order_by("-version").first()
    if last is not None and last.sha256 == digest:
        return last
    version = last.version if last else 0
    if after is not None and after != version:
        raise TextMoved(code)
    text = Text.objects.create(
        code=code,
        version=version + 1,
        title=title,
        body=body,
        changes=changes,
        sha256=digest,
        published_at=now,
        published_by=str(by) if by else "",
    )
    _note(text, "published", {"code": code, "version": text.version}, by=by, now=now)
    return text


def save_service(code: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> Service:
    """Create or change a service, back in use if it was retired."""
    return save_reference(Service, {"code": code}, {**values, "retired_on": None}, by=by, now=now)


def save_place(code: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> Place:
    """Create or change a place, back in use if it was retired."""
    return save_reference(Place, {"code": code}, {**values, "retired_on": None}, by=by, now=now)


@transaction.atomic
def save_ordered(model: type[M], rows: Mapping[str, Mapping[str, Any]], *, by: Actor | None, now: dt.datetime) -> None:
    """Create or change rows whose `order` is unique (levels, parts of the day), in the order of `rows`.

    Rows that are not named come after them, in their own order.
    """
    known = list(model._default_manager.order_by("order").values_list("code", "order"))
    others = [code for code, _ in known if code not in rows]
    wanted = [*rows, *others]
    if [code for code, _ in known] != wanted or [order for _, order in known] != list(range(len(known))):
        model._default_manager.update(order=F("order") + ASIDE)
    for order, code in enumerate(wanted):
        save_reference(model, {"code": code}, {**rows.get(code, {}), "order": order}, by=by, now=now)


def save_levels(names: Mapping[str, str], *, by: Actor | None, now: dt.datetime) -> None:
    """Name the school levels, in the order in which children pass through them."""
    save_ordered(Level, {code: {"name": name} for code, name in names.items()}, by=by, now=now)


def save_field(
    code: str, *, is_shown: bool, is_required: bool, is_checked: bool, by: Actor | None, now: dt.datetime
) -> FieldPolicy:
    """Say what the town wants of a field of the family file."""
    values = {"is_shown": is_shown, "is_required": is_required, "is_checked": is_checked}
    return save_reference(FieldPolicy, {"field": code}, values, by=by, now=now)


def save_school_year(code: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> SchoolYear:
    """Create or change a school year; `weekdays` are numbers, Monday 0."""
    return save_reference(SchoolYear, {"code": code}, values, by=by, now=now)


def save_school_period(
    year: str, code: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime
) -> SchoolPeriod:
    """Create or change a holiday period of a school year."""
    key = {"year": SchoolYear.objects.get(code=year), "code": code}
    return save_reference(SchoolPeriod, key, values, by=by, now=now)


def save_public_holiday(on: dt.date, name: str, *, by: Actor | None, now: dt.datetime) -> PublicHoliday:
    """Create or rename a public holiday."""
    return save_reference(PublicHoliday, {"on": on}, {"name": name}, by=by, now=now)
