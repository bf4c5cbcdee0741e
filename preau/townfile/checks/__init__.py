"""What the types cannot say: references, dates in order, rules that can be read, nothing forgotten.

`town` the town itself and its accounts · `members` what parents are asked, sectors · `calendar` days in order ·
`offer` activities, units, groups · `asking` what files must hold · `requests` fields and kinds of requests ·
`money` tariffs, régies · `documents` pieces ·
`references` codes that exist · `missing` what is forgotten · `history` what past days forbid.
"""

from collections.abc import Callable, Iterator

from preau.townfile.checks.asking import asking_faults
from preau.townfile.checks.calendar import calendar_faults
from preau.townfile.checks.documents import document_faults
from preau.townfile.checks.health import health_faults
from preau.townfile.checks.members import authorisation_faults, sector_faults
from preau.townfile.checks.missing import missing_faults
from preau.townfile.checks.money import money_faults, money_warnings
from preau.townfile.checks.offer import offer_faults
from preau.townfile.checks.references import reference_faults
from preau.townfile.checks.requests import request_faults
from preau.townfile.checks.town import account_faults, account_warnings, town_faults
from preau.townfile.file import TownFile
from preau.townfile.lines import Path

Check = Callable[[TownFile], Iterator[tuple[Path, str]]]

CHECKS: tuple[Check, ...] = (
    town_faults,
    account_faults,
    authorisation_faults,
    sector_faults,
    health_faults,
    calendar_faults,
    offer_faults,
    asking_faults,
    money_faults,
    document_faults,
    reference_faults,
    request_faults,
    missing_faults,
)


def semantic_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Every fault of meaning, as (path, mend). What may be on a line that could not be read is not called missing."""
    for check in CHECKS:
        yield from check(file)


def semantic_warnings(file: TownFile) -> Iterator[tuple[Path, str]]:
    """What is no fault and should be known, as (path, what follows from it)."""
    yield from account_warnings(file)
    yield from money_warnings(file)
