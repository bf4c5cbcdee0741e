"""Lists for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


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
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + page.getvalue()


def to_xlsx(rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """A workbook of one sheet, the first row as titles. Texts are texts: none is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(_harmless(text))))
    cell.data_type = "s"
    return cell


def _harmless(cell: object) -> object:
    """Spreadsheets look for formulas after blanks too."""
    if isinstance(cell, str) and (cell.startswith(DANGEROUS) or cell.lstrip().startswith(DANGEROUS)):
        return f"'{cell}"
    return cell
