"""Lists for a spreadsheet, as one opens them."""

import datetime as dt
import io

import openpyxl

from preau.core.exports import to_csv, to_xlsx

ROWS: list[list[object]] = [
    ["Nom", "Né(e) le", "Adultes"],
    ["Élio", dt.date(2018, 9, 21), "Inès Roussel 06 00 00 00 01"],
    ["Léa", None, ""],
]


def test_a_workbook_opens_with_columns_as_wide_as_their_texts_and_titles_that_stand_out() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(ROWS, title="Enfants"))).worksheets[0]
    assert sheet.column_dimensions["A"].width < sheet.column_dimensions["C"].width
    assert sheet.column_dimensions["C"].width >= len("Inès Roussel 06 00 00 00 01")
    assert (sheet["A1"].font.bold, sheet["A2"].font.bold) == (True, False)


def test_a_day_is_a_day_for_a_workbook_and_reads_as_in_france_in_a_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(ROWS, title="Enfants"))).worksheets[0]
    assert sheet["B2"].value == dt.datetime(2018, 9, 21)
    assert sheet["B2"].number_format == "DD/MM/YYYY"
    assert to_csv(ROWS).splitlines()[1:] == ["Élio;21/09/2018;Inès Roussel 06 00 00 00 01", "Léa;;"]
