"""What the town asks parents about their children: who collects, authorisations, diets."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch

from preau.families.models import AuthorisationKind
from preau.members.actions.sectors import remove_street, save_sector, save_streets
from preau.members.models import CollectingRule, Diet, SchoolRule, Sector, SectorSchool, SectorStreet
from preau.members.sectors import StreetPart
from preau.town.actions import delete_reference, is_used, publish_text, retire_reference, save_ordered, save_reference
from preau.town.models import Text
from preau.townfile.checks.members import part_of
from preau.townfile.file import TownFile
from preau.townfile.rows import AuthorisationRow, CollectingRow, DietRow, SchoolingRow, SectorRow, StreetRow
from preau.townfile.tables.table import Synced, Writing
from preau.townfile.tables.town import never_removed


def _wanted_rule(file: TownFile) -> Mapping[str, CollectingRow]:
    return {"collecting": file.collecting} if file.collecting else {}


def _current_rule() -> Mapping[str, CollectingRow]:
    rule = CollectingRule.objects.filter(id=1).first()
    return {"collecting": CollectingRow(youngest=rule.youngest, most=rule.most)} if rule else {}


def _save_rule(rows: Mapping[str, CollectingRow], writing: Writing) -> None:
    for row in rows.values():
        save_reference(CollectingRule, {"id": 1}, row.model_dump(), **writing.note)


def _wanted_schooling(file: TownFile) -> Mapping[str, SchoolingRow]:
    return {"schooling": file.schooling} if file.schooling else {}


def _current_schooling() -> Mapping[str, SchoolingRow]:
    rule = SchoolRule.objects.filter(id=1).first()
    values = {"criteria": rule.criteria, "papers": rule.papers, "places": rule.places} if rule else {}
    return {"schooling": SchoolingRow(**values)} if rule else {}


def _save_schooling(rows: Mapping[str, SchoolingRow], writing: Writing) -> None:
    for row in rows.values():
        save_reference(SchoolRule, {"id": 1}, row.model_dump(), **writing.note)


def _current_sectors() -> Mapping[str, SectorRow]:
    rows: dict[str, SectorRow] = {}
    schools = SectorSchool.objects.select_related("place", "level").order_by("place__name", "level__order")
    for sector in Sector.objects.order_by("pk").prefetch_related(Prefetch("schools", schools)):
        taught: dict[str, list[str]] = {}
        for one in sector.schools.all():
            taught.setdefault(one.place.code, []).append(one.level.code)
        rows[sector.code] = SectorRow(name=sector.name, schools=taught)
    return rows


def _wanted_sectors(file: TownFile) -> Mapping[str, SectorRow]:
    """Schools and levels in the town's order, whatever that of the file."""
    place = {code: row.name for code, row in file.places.rows.items()}
    level = {code: rank for rank, code in enumerate(file.levels.codes)}
    return {
        code: row.model_copy(
            update={
                "schools": {
                    school: sorted(row.schools[school], key=lambda one: level.get(one, 0))
                    for school in sorted(row.schools, key=lambda one: place.get(one, one))
                }
            }
        )
        for code, row in file.sectors.rows.items()
    }


def _save_sectors(rows: Mapping[str, SectorRow], writing: Writing) -> None:
    for code, row in rows.items():
        schools = {level: school for school, levels in row.schools.items() for level in levels}
        save_sector(code, name=row.name, schools=schools, **writing.note)


def _street_key(row: StreetRow) -> str:
    return "/".join([row.sector, row.street, f"{row.first}", f"{row.last}", row.side or "all"])


def _wanted_streets(file: TownFile) -> Mapping[str, StreetRow]:
    return {_street_key(row): row for _, row in file.streets}


def _current_streets() -> Mapping[str, StreetRow]:
    rows = [
        StreetRow(sector=one.sector.code, street=one.street, first=one.first, last=one.last, side=one.side or None)
        for one in SectorStreet.objects.select_related("sector").order_by("pk")
    ]
    return {_street_key(row): row for row in rows}


def _save_streets(rows: Mapping[str, StreetRow], writing: Writing) -> None:
    save_streets([part_of(row) for row in rows.values()], **writing.note)


def _remove_street(key: str, writing: Writing) -> None:
    sector, street, first, last, side = key.split("/")
    remove_street(StreetPart(sector, street, int(first), int(last), "" if side == "all" else side), **writing.note)


def _current_authorisations() -> Mapping[str, AuthorisationRow]:
    kinds = AuthorisationKind.objects.filter(retired_on__isnull=True).order_by("order")
    texts = {text.code: text for text in Text.objects.order_by("version")}
    return {
        kind.code: AuthorisationRow(
            name=texts[kind.text_code].title,
            text=texts[kind.text_code].body,
            image=kind.is_image,
            required=kind.is_required,
            default=kind.is_default,
            from_age=kind.from_age,
            to_age=kind.to_age,
        )
        for kind in kinds
        if kind.text_code in texts
    }


def _save_authorisations(rows: Mapping[str, AuthorisationRow], writing: Writing) -> None:
    """What is asked, and its words as texts, whose versions tell what each parent read."""
    values = {
        code: {
            "is_image": row.image,
            "is_required": row.required,
            "is_default": row.default,
            "from_age": row.from_age,
            "to_age": row.to_age,
            "retired_on": None,
        }
        for code, row in rows.items()
    }
    save_ordered(AuthorisationKind, values, **writing.note)
    for kind in AuthorisationKind.objects.filter(code__in=rows).order_by("order"):
        row = rows[kind.code]
        publish_text(code=kind.text_code, title=row.name, body=row.text, **writing.note)


def _current_diets() -> Mapping[str, DietRow]:
    return {diet.code: DietRow(name=diet.name) for diet in Diet.objects.filter(retired_on=None).order_by("order")}


def _save_diets(rows: Mapping[str, DietRow], writing: Writing) -> None:
    save_ordered(Diet, {code: {"name": row.name, "retired_on": None} for code, row in rows.items()}, **writing.note)


def _remove_diet(code: str, writing: Writing) -> None:
    diet = Diet.objects.get(code=code)
    if is_used(diet):
        retire_reference(diet, on=writing.today, **writing.note)
    else:
        delete_reference(diet, **writing.note)


MEMBERS_TABLES: tuple[Synced[Any], ...] = (
    Synced(("collecting",), "règle des personnes autorisées", _wanted_rule, _current_rule, _save_rule, never_removed),
    Synced(("schooling",), "école", _wanted_schooling, _current_schooling, _save_schooling, never_removed),
    Synced(
        ("sectors",),
        "secteur scolaire",
        _wanted_sectors,
        _current_sectors,
        _save_sectors,
        lambda code, writing: delete_reference(Sector.objects.get(code=code), **writing.note),
    ),
    Synced(
        ("streets",),
        "rue d’un secteur",
        _wanted_streets,
        _current_streets,
        _save_streets,
        _remove_street,
        is_list=True,
    ),
    Synced(
        ("authorisations",),
        "autorisation",
        lambda file: file.authorisations.rows,
        _current_authorisations,
        _save_authorisations,
        lambda code, writing: retire_reference(
            AuthorisationKind.objects.get(code=code), on=writing.today, **writing.note
        ),
        is_ordered=True,
    ),
    Synced(
        ("diets",),
        "régime",
        lambda file: file.diets.rows,
        _current_diets,
        _save_diets,
        _remove_diet,
        is_ordered=True,
    ),
)
