"""Filling in a sheet, confirming it, opening it for an agent."""

from preau.health.actions.filling import SheetMoved, fill, fill_pai, fill_vaccine
from preau.health.actions.reading import ReasonWanted, note_taken_away, open_sheet
from preau.health.actions.settings import save_sheet_settings
from preau.health.confirming import confirm

__all__ = [
    "ReasonWanted",
    "SheetMoved",
    "confirm",
    "fill",
    "fill_pai",
    "fill_vaccine",
    "note_taken_away",
    "open_sheet",
    "save_sheet_settings",
]
