"""A small town file, loaded, changed and compared."""

import datetime as dt
from pathlib import Path

import pytest

from preau.core.dates import PARIS
from preau.townfile.checking import FaultyTownFile
from preau.townfile.comparing import changes
from preau.townfile.loading import file_to_load, load
from preau.townfile.testing import SMALL, write_town

TODAY = dt.date(2026, 10, 12)
NOW = dt.datetime(2026, 10, 12, 9, 0, tzinfo=PARIS)
CANTEEN = "cantine-2026-2027"


def load_text(folder: Path, text: str = SMALL, *, now: dt.datetime = NOW) -> None:
    load(file_to_load(write_town(folder, text), today=now.date()), by=None, now=now)


def changes_of(folder: Path, text: str = SMALL) -> list[str]:
    found = changes(file_to_load(write_town(folder, text), today=TODAY), today=TODAY)
    return [f"{change.kind} {change.table} {change.key}" for change in found]


def faults_of(folder: Path, text: str) -> FaultyTownFile:
    with pytest.raises(FaultyTownFile) as caught:
        file_to_load(write_town(folder, text), today=TODAY)
    return caught.value


def without(start: str, end: str, text: str = SMALL) -> str:
    return text[: text.index(start)] + text[text.index(end) :]
