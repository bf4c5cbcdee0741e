"""The ZIP of an export: everything as JSON, a spreadsheet for each subject, the original files, and a paper to read."""

import datetime as dt
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from preau.core.dates import PARIS
from preau.core.exports import to_csv
from preau.core.typesetting import drawable, typeset
from preau.privacy.rules import COLUMNS_IN_A_TABLE, in_french, in_json, shown
from preau.privacy.sections import FILES, SECTIONS, Person, Section
from preau.town.queries import the_town

TEMPLATE = Path(__file__).parent / "typst" / "export.typ"
READ_ME = """Vos données sur le portail famille de {town}, le {day}.

mes-donnees.pdf    à lire ou à imprimer
mes-donnees.json   tout, pour un autre logiciel
tableaux/          un tableau par sujet, pour un tableur
fichiers/          vos fichiers, tels que vous les avez envoyés

Vous y trouvez ce que vous pouvez voir sur le portail\u00a0: vos données, celles de votre foyer et celles des
enfants qui vous sont confiés. N’y sont pas\u00a0: les données des autres adultes et de l’autre foyer, les mots de
passe (le portail n’en garde qu’une empreinte), les notes de travail des agents.

Une question, une erreur\u00a0: {email}, {phone}.
"""

Told = tuple[Section, list[Sequence[object]]]


def write_export(target: IO[bytes], person: Person, *, at: dt.datetime) -> None:
    """Write the whole archive into `target`."""
    told: list[Told] = [(section, list(section.rows(person))) for section in SECTIONS]
    town = the_town()
    day = in_french(at.astimezone(PARIS).date())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        read_me = READ_ME.format(town=town.name, day=day, email=town.email, phone=town.phone)
        archive.writestr("LISEZ-MOI.txt", read_me)
        archive.writestr("mes-donnees.json", _json(person, told, at))
        archive.writestr("mes-donnees.pdf", _paper(person, told, at))
        for section, rows in told:
            cells = [[in_french(cell) for cell in row] for row in rows]
            archive.writestr(f"tableaux/{section.code}.csv", to_csv([section.columns, *cells]))
        for files in FILES:
            for file in files(person):
                archive.writestr(f"fichiers/{file.name}", file.content)


def _json(person: Person, told: Iterable[Told], at: dt.datetime) -> str:
    sections = {
        section.code: {
            "titre": section.title,
            "lignes": [dict(zip(section.columns, map(in_json, row), strict=True)) for row in rows],
        }
        for section, rows in told
    }
    whole = {
        "commune": the_town().name,
        "le": at.isoformat(),
        "compte": person.user.username if person.has_account else "",
        "sujets": sections,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _paper(person: Person, told: Iterable[Told], at: dt.datetime) -> bytes:
    town = the_town()
    data: dict[str, Any] = {
        "title": "Mes données",
        "town": town.name,
        "portal": town.portal_name,
        "accent": town.accent,
        "name": str(person.user),
        "date": in_french(at.astimezone(PARIS).date()),
        "sections": [_printed(section, rows) for section, rows in told if rows],
        "empty": [section.title for section, rows in told if not rows],
    }
    return typeset(TEMPLATE, drawable(data), at=at)


def _printed(section: Section, rows: list[Sequence[object]]) -> dict[str, Any]:
    """A short table, or rows told one under the other when there are too many columns."""
    cells, more = shown(rows)
    return {
        "code": section.code,
        "title": section.title,
        "about": section.about,
        "columns": list(section.columns),
        "rows": cells,
        "is_table": len(section.columns) <= COLUMNS_IN_A_TABLE,
        "more": more,
    }
