"""Lists for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """A text that a French spreadsheet opens as it is: semicolons, and a mark that says UTF-8.

    A name that looks like a formula gets an apostrophe: a spreadsheet would run it on the agent's computer.
    """
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + page.getvalue()


def _harmless(cell: object) -> object:
    """Spreadsheets look for formulas after blanks too."""
    if isinstance(cell, str) and (cell.startswith(DANGEROUS) or cell.lstrip().startswith(DANGEROUS)):
        return f"'{cell}"
    return cell
