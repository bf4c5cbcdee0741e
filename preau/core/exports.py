"""Lists for a spreadsheet."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, TypeGuard

from django.http import HttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
NARROWEST, WIDEST = 6, 60  # of the columns of a workbook, in signs
FRENCH_DAY = "DD/MM/YYYY"


def download(name: str, rows: Iterable[Sequence[object]], kind: str = "csv", *, title: str = "Liste") -> HttpResponse:
    """A list to keep, as one of FILES; the first row names the columns, `title` the sheet of a workbook."""
    content = to_csv(rows) if kind == "csv" else to_xlsx(rows, title=title)
    response = HttpResponse(content, content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.{kind}"'
    return response


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """A text that a French spreadsheet opens as it is: semicolons, and a mark that says UTF-8.

    A name that looks like a formula gets an apostrophe: a spreadsheet would run it on the agent's computer.
    """
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";")
    writer.writerows([_harmless(_as_text(cell)) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + page.getvalue()


def to_xlsx(rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """A workbook of one sheet, the first row as titles, columns as wide as what they hold. Texts are texts: none is a
    formula; days are days, which sort."""
    book, lines = Workbook(write_only=True), list(rows)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_widths(lines), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for place, row in enumerate(lines):
        sheet.append([_cell(sheet, cell, is_title=place == 0) for cell in row])
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def _widths(lines: Sequence[Sequence[object]]) -> list[int]:
    columns = zip_longest(*lines, fillvalue="")
    longest = (max(len(str(_as_text(cell))) for cell in column) for column in columns)
    return [min(max(NARROWEST, length + 2), WIDEST) for length in longest]


def _cell(sheet: Any, value: Any, *, is_title: bool) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(_harmless(value))))
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if is_title:
        cell.font = Font(bold=True)
    if _is_day(value):
        cell.number_format = FRENCH_DAY
    return cell


def _as_text(cell: object) -> object:
    """What a text holds of a cell; a day as it is written in France."""
    return f"{cell:%d/%m/%Y}" if _is_day(cell) else cell


def _is_day(cell: object) -> TypeGuard[dt.date]:
    return isinstance(cell, dt.date) and not isinstance(cell, dt.datetime)


def _harmless(cell: object) -> object:
    """Spreadsheets look for formulas after blanks too."""
    if isinstance(cell, str) and (cell.startswith(DANGEROUS) or cell.lstrip().startswith(DANGEROUS)):
        return f"'{cell}"
    return cell
