"""What the town asks parents about their children: who collects, authorisations, diets."""

from collections.abc import Mapping
from typing import Any

from preau.families.models import AuthorisationKind
from preau.members.models import CollectingRule, Diet, SchoolRule
from preau.town.actions import delete_reference, is_used, publish_text, retire_reference, save_ordered, save_reference
from preau.town.models import Text
from preau.townfile.file import TownFile
from preau.townfile.rows import AuthorisationRow, CollectingRow, DietRow, SchoolingRow
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
    return {"schooling": SchoolingRow(criteria=rule.criteria)} if rule else {}


def _save_schooling(rows: Mapping[str, SchoolingRow], writing: Writing) -> None:
    for row in rows.values():
        save_reference(SchoolRule, {"id": 1}, row.model_dump(), **writing.note)


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
