"""What past days and present families forbid to change. Asked of the database, once the file is right by itself."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Max, Min, Q

from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.core.money import NBSP
from preau.enrolments.choices import LIVE
from preau.enrolments.models import Enrolment, Intake
from preau.town.choices import CONSENTS, TextCode
from preau.town.models import Text
from preau.townfile.expanding import activities_meant
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.rows import TariffRow, UnitRow, VersionRow
from preau.townfile.tables.money import current_tariffs, wanted_tariffs
from preau.townfile.tables.offer import current_units, wanted_units
from preau.townfile.tables.town import current_texts, is_published


def history_faults(file: TownFile, *, today: dt.date) -> Iterator[tuple[Path, str]]:
    """Prices of past days that would change, groups and days that enrolled children would lose."""
    yield from _prices(file, today)
    yield from _groups(file)
    yield from _days(file)


def history_warnings(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Texts that would bring back the words of an old version, or would not tell families what changed."""
    current = current_texts()
    for path, code, row in file.texts.items():
        if code not in current or is_published(code, row, current):
            continue
        before = Text.objects.filter(code=code, title=row.title, body=row.body).order_by("version").last()
        if before is not None:
            yield (
                path,
                f"c’est le texte de la version {before.version}, remplacée depuis{NBSP}: il redeviendrait celui en "
                "vigueur. Pour partir du texte en vigueur, reprenez celui de « preau town export ».",
            )
        elif code in ACCEPTED and row.changes == current[code].changes:
            yield (
                (*path, "changes"),
                "ce texte change, et les familles le reliront : dites en une phrase ce qui change.",
            )


ACCEPTED = frozenset({TextCode.TERMS, TextCode.PRIVACY, *CONSENTS})


@dataclass(frozen=True, slots=True)
class Prices:
    """Which rules price a unit on a day, before or after the file."""

    units: Mapping[str, UnitRow]
    tariffs: Mapping[str, TariffRow]

    def moves(self, unit: str) -> set[dt.date]:
        """The days on which the rules of a unit change."""
        links = self.units[unit].tariffs
        versions = [version for link in links for version in self.tariffs[link.tariff].versions]
        return {link.starts_on for link in links} | {version.starts_on for version in versions}

    def on(self, unit: str, day: dt.date) -> tuple[str, VersionRow] | None:
        """The tariff and its version in force."""
        link = max(
            (link for link in self.units[unit].tariffs if link.starts_on <= day),
            key=lambda link: link.starts_on,
            default=None,
        )
        if link is None:
            return None
        versions = [version for version in self.tariffs[link.tariff].versions if version.starts_on <= day]
        latest = max(versions, key=lambda version: version.starts_on, default=None)
        return (link.tariff, latest) if latest else None


def _prices(file: TownFile, today: dt.date) -> Iterator[tuple[Path, str]]:
    """A version that prices past bookings can only be followed by another. Each version is told once."""
    before = Prices(current_units(), current_tariffs())
    after = Prices({**before.units, **wanted_units(file)}, {**before.tariffs, **wanted_tariffs(file)})
    written = {code: short for short, code, _ in activities_meant(file)}
    told: set[Path] = set()
    for unit, first, last in _booked_days(today):
        if unit not in before.units:
            continue
        days = {day for day in before.moves(unit) | after.moves(unit) if first <= day <= last} | {first}
        for day in sorted(days):
            old, new = before.on(unit, day), after.on(unit, day)
            if old is None or (new and (old[0], old[1].rules()) == (new[0], new[1].rules())):
                continue
            path = _path_of(file, unit, written, old[0], new)
            if path not in told:
                told.add(path)
                yield (
                    path,
                    f"des jours passés ont l’ancien prix{NBSP}: remettez-le, et ajoutez une version à venir.",
                )


def _booked_days(today: dt.date) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Each unit with its first and last past booked day."""
    past = Booking.objects.filter(state=BookingState.BOOKED, day__lt=today).order_by()
    rows = past.values_list("unit__activity__code", "unit__code").annotate(first=Min("day"), last=Max("day"))
    for activity, unit, first, last in rows:
        yield f"{activity}/{unit}", first, last


def _path_of(
    file: TownFile, unit: str, written: Mapping[str, str], old_tariff: str, new: tuple[str, VersionRow] | None
) -> Path:
    """The version that would change, or the unit that would follow another tariff."""
    activity, _, code = unit.partition("/")
    if new is None or new[0] != old_tariff or new[0] not in file.tariffs.rows:
        return ("activities", written.get(activity, activity), "units", code)
    versions = file.tariffs.rows[new[0]].versions
    place = next(place for place, version in enumerate(versions) if version.starts_on == new[1].starts_on)
    return ("tariffs", new[0], "versions", place)


def _groups(file: TownFile) -> Iterator[tuple[Path, str]]:
    taken = {
        (activity, group): count
        for activity, group, count in Intake.objects.filter(taken__gt=0).values_list(
            "activity__code", "group__code", "taken"
        )
    }
    for written, code, activity in activities_meant(file):
        for (holder, group), count in taken.items():
            if holder != code:
                continue
            places = activity.places_per_year.get(group)
            if group not in activity.groups:
                message = f"{count} enfant(s) sont inscrits dans le groupe {group}{NBSP}: gardez-le."
                yield ("activities", written, "groups"), message
            elif places is not None and places < count:
                message = f"{count} enfant(s) sont déjà inscrits dans ce groupe{NBSP}: {count} places au moins."
                yield ("activities", written, "places_per_year", group), message


def _days(file: TownFile) -> Iterator[tuple[Path, str]]:
    for written, code, activity in activities_meant(file):
        outside = Q(starts_on__lt=activity.starts_on) | Q(ends_on__gt=activity.ends_on)
        rows = Enrolment.objects.filter(outside, activity__code=code, state__in=LIVE)
        span = rows.aggregate(first=Min("starts_on"), last=Max("ends_on"))
        if span["first"]:
            first, last = f"{span['first']:%d/%m/%Y}", f"{span['last']:%d/%m/%Y}"
            message = f"des enfants y sont inscrits du {first} au {last}{NBSP}: gardez ces jours."
            yield ("activities", written), message
