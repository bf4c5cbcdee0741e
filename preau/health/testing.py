"""Builders for tests."""

import datetime as dt
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from preau.core.dates import months_after
from preau.families.models import Participant
from preau.health.actions import fill, fill_vaccine
from preau.health.choices import DoseState, Item, Vaccine
from preau.health.keys import sealer_for
from preau.health.models import HealthField
from preau.health.rules.vaccines import NATIONAL, Dose, schemes_for

NOON = dt.datetime(2026, 11, 9, 11, tzinfo=dt.UTC)
ANSWERS: Mapping[Item, dict[str, Any]] = {
    Item.DOCTOR: {"name": "Dr Martin", "phone": "01 00 00 00 02"},
    Item.ALLERGIES: {"has": False, "list": []},
    Item.PAI: {"has": False},
    Item.TREATMENTS: {"has": False, "list": [], "prescription": False},
}


@transaction.atomic
def make_field(child: Participant, name: Item = Item.ADVICE, text: str = "Porte des lunettes") -> HealthField:
    """A sealed answer, whatever its form would take."""
    row = HealthField(participant=child, name=name, filled_at=NOON)
    row.sealed = sealer_for(child).sealed(row, text)
    row.save()
    return row


def write_key_file(path: Path, text: str, mode: int = 0o400) -> Path:
    """A file of master keys as somebody wrote it."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(mode)
    return path


def make_sheet(child: Participant, *, but: Collection[Item] = (), **values: dict[str, Any]) -> None:
    """All that a town usually asks of a sheet, vaccines included, but some items; `values` by the name of the item."""
    answers = dict(ANSWERS) | {Item(name): value for name, value in values.items()}
    for item, value in answers.items():
        if item not in but:
            fill(child=child, item=item, value=value, by=None, now=NOON)
    if Item.VACCINES not in but:
        make_vaccines(child)


def make_vaccines(child: Participant, *, but: Collection[Vaccine] = ()) -> None:
    """Every compulsory dose, at the age of the calendar."""
    for scheme in schemes_for(NATIONAL, child.born_on):
        if scheme.owed and scheme.vaccine not in but:
            days = [months_after(child.born_on, months) for months in scheme.ages[: len(scheme.owed)]]
            doses = [Dose(DoseState.GIVEN, day) for day in days]
            fill_vaccine(child=child, vaccines=[scheme.vaccine], doses=doses, by=None, now=NOON)
