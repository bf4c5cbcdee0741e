"""Writes of the area.

`refreshing` openings and slots from the rules · `drafts` what a parent has ticked · `writing` booking and cancelling ·
`confirming` a draft that becomes bookings.
"""

from preau.bookings.actions.refreshing import KeptSlot, RefreshReport, refresh_days

__all__ = ["KeptSlot", "RefreshReport", "refresh_days"]
