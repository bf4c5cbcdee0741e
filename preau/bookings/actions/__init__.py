"""Writes of the area.

`refreshing` openings and slots from the rules · `drafts` what a parent has ticked · `writing` booking and cancelling ·
`confirming` a draft that becomes bookings.
"""

from preau.bookings.actions.confirming import TokenTaken, confirm_draft
from preau.bookings.actions.drafts import clear_draft, save_draft
from preau.bookings.actions.refreshing import KeptSlot, RefreshReport, refresh_days

__all__ = ["KeptSlot", "RefreshReport", "TokenTaken", "clear_draft", "confirm_draft", "refresh_days", "save_draft"]
