"""Many sheets at once: a thousand children take a few statements. For imports and the demonstration."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from preau.families.models import Participant
from preau.health.actions.filling import as_text, dose_rows, pai_answer
from preau.health.choices import Item, Vaccine
from preau.health.keys import Sealer
from preau.health.master import master_keys
from preau.health.models import HealthField, HealthKey, Pai, Vaccination
from preau.health.queries.states import sheet_rules
from preau.health.rules.vaccines import Dose, schemes_for
from preau.health.sealing import new_child_key, wrap

BATCH = 500


@dataclass(frozen=True, slots=True)
class TypedPai:
    starts_on: dt.date
    ends_on: dt.date
    text: str


@dataclass(frozen=True, slots=True)
class TypedSheet:
    """What is known of a child who has no sheet yet: answers as their forms give them, doses by vaccine."""

    child: Participant
    answers: Mapping[Item, Mapping[str, Any]] = field(default_factory=dict)
    doses: Mapping[Vaccine, Sequence[Dose]] = field(default_factory=dict)
    pai: TypedPai | None = None


@transaction.atomic
def write_sheets(sheets: Sequence[TypedSheet], *, now: dt.datetime) -> None:
    """Seal and write the sheets of children who have none, each under a key of its own. Raises MasterFault."""
    rules, sealers = sheet_rules(), _new_keys([sheet.child for sheet in sheets])
    fields: list[HealthField] = []
    doses: list[Vaccination] = []
    pais: list[Pai] = []
    for sheet in sheets:
        sealer = sealers[sheet.child.pk]
        answers = dict(sheet.answers)
        if sheet.pai is not None:
            answers[Item.PAI] = pai_answer(sheet.pai.starts_on, sheet.pai.ends_on, sheet.pai.text)
            days = {"starts_on": sheet.pai.starts_on, "ends_on": sheet.pai.ends_on}
            pais.append(_sealed(sealer, Pai(participant=sheet.child, filled_at=now, **days), sheet.pai.text))
        for item, value in answers.items():
            row = HealthField(participant=sheet.child, name=item, filled_at=now)
            fields.append(_sealed(sealer, row, as_text(value)))
        for scheme in schemes_for(rules.schemes, sheet.child.born_on):
            told = sheet.doses.get(scheme.vaccine, ())
            rows = dose_rows(sheet.child, scheme, told, by=None, now=now)
            doses += [_sealed(sealer, row, on.isoformat()) for row, on in rows]
    HealthField.objects.bulk_create(fields, batch_size=BATCH)
    Vaccination.objects.bulk_create(doses, batch_size=BATCH)
    Pai.objects.bulk_create(pais, batch_size=BATCH)


def _new_keys(children: Sequence[Participant]) -> dict[int, Sealer]:
    masters = master_keys()
    sealers = {child.pk: Sealer(child.pk, new_child_key()) for child in children}
    version, secret = masters.current, masters.secret(masters.current)
    HealthKey.objects.bulk_create(
        [
            HealthKey(pk=pk, code=one.key.id.hex(), wrapped=wrap(secret, version, pk, one.key), master=version)
            for pk, one in sealers.items()
        ],
        batch_size=BATCH,
    )
    return sealers


def _sealed(sealer: Sealer, row: Any, plain: str) -> Any:
    row.sealed = sealer.sealed(row, plain)
    return row
