"""Which streets go to which schools, as the town writes it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from preau.journal import actions as journal
from preau.journal.actions import Actor
from preau.members.models import Sector, SectorSchool, SectorStreet
from preau.members.sectors import StreetPart, street_key
from preau.town.actions import save_reference
from preau.town.models import Level, Place


@transaction.atomic
def save_sector(code: str, *, name: str, schools: Mapping[str, str], by: Actor | None, now: dt.datetime) -> Sector:
    """Create or change a sector; `schools` is its school for each level, by codes."""
    sector = save_reference(Sector, {"code": code}, {"name": name}, by=by, now=now)
    held = {row.level.code: row for row in sector.schools.select_related("level", "place")}
    if {level: row.place.code for level, row in held.items()} == dict(schools):
        return sector
    places, levels = Place.objects.in_bulk(field_name="code"), Level.objects.in_bulk(field_name="code")
    sector.schools.all().delete()
    SectorSchool.objects.bulk_create(
        SectorSchool(sector=sector, level=levels[level], place=places[school]) for level, school in schools.items()
    )
    journal.record(by, "members.sector_schools_saved", at=now, subject=code)
    return sector


@transaction.atomic
def save_streets(parts: Sequence[StreetPart], *, by: Actor | None, now: dt.datetime) -> None:
    """Put numbers of streets in their sectors. What is there already stays as it is; a number that changes sector
    leaves the other."""
    held = {(row.key, row.first, row.last, row.side): row for row in SectorStreet.objects.select_related("sector")}
    sectors = Sector.objects.in_bulk(field_name="code")
    new = []
    for part in parts:
        spot = (street_key(part.street), part.first, part.last, part.side)
        row = held.get(spot)
        if row is None:
            row = SectorStreet(key=spot[0], first=part.first, last=part.last, side=part.side)
        elif (row.sector.code, row.street) == (part.sector, part.street):
            continue
        row.sector, row.street = sectors[part.sector], part.street
        new.append(row)
    if new:
        SectorStreet.objects.bulk_create([row for row in new if row.pk is None])
        SectorStreet.objects.bulk_update([row for row in new if row.pk is not None], ["sector", "street"])
        journal.record(by, "members.streets_saved", at=now, facts={"count": len(new)})


@transaction.atomic
def remove_street(part: StreetPart, *, by: Actor | None, now: dt.datetime) -> None:
    """These numbers are no longer in this sector; nothing happens when they were given to another."""
    rows = SectorStreet.objects.filter(
        sector__code=part.sector, street=part.street, first=part.first, last=part.last, side=part.side
    )
    if rows.delete()[0]:
        journal.record(by, "members.street_removed", at=now, subject=part.sector)
