"""Reads of the area.

`home` what the family's home page shows.
"""

from preau.bookings.queries.home import (
    ComingDay,
    ComingUnit,
    DraftSummary,
    ParticipantDays,
    coming_days,
    draft_summary,
)

__all__ = ["ComingDay", "ComingUnit", "DraftSummary", "ParticipantDays", "coming_days", "draft_summary"]
