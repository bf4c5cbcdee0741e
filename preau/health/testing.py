"""Builders for tests."""

import datetime as dt
import os
from pathlib import Path

from django.db import transaction

from preau.families.models import Participant
from preau.health.choices import Item
from preau.health.keys import sealer_for
from preau.health.models import HealthField

NOON = dt.datetime(2026, 11, 9, 11, tzinfo=dt.UTC)


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
