"""Writes of the area.

`refreshing` openings and slots from the rules · `drafts` what a parent has ticked · `writing` booking and cancelling ·
`confirming` a draft that becomes bookings · `counter` what an agent books for a household · `moving` bookings that
follow the custody of a child.
"""

from preau.bookings.actions.confirming import TokenTaken, confirm_draft
from preau.bookings.actions.counter import AtCounter, ReasonWanted, save_at_counter
from preau.bookings.actions.drafts import clear_draft, save_draft
from preau.bookings.actions.refreshing import KeptSlot, RefreshReport, refresh_days

__all__ = [
    "AtCounter",
    "KeptSlot",
    "ReasonWanted",
    "RefreshReport",
    "TokenTaken",
    "clear_draft",
    "confirm_draft",
    "refresh_days",
    "save_at_counter",
    "save_draft",
]
