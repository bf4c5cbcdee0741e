"""Until when a day may be booked or cancelled, and whom an activity is for.

`notices` the kinds of notice · `parsing` a notice from data · `deadlines` its last instant, and how to say it ·
`fitting` whom an activity is for.
"""

from preau.activities.rules.deadlines import deadline, describe
from preau.activities.rules.fitting import ActivityFacts, PersonFacts, fits
from preau.activities.rules.notices import WEEKDAYS, DaysBefore, Notice
from preau.activities.rules.parsing import NoticeFault, parse_notice

__all__ = [
    "WEEKDAYS",
    "ActivityFacts",
    "DaysBefore",
    "Notice",
    "NoticeFault",
    "PersonFacts",
    "deadline",
    "describe",
    "fits",
    "parse_notice",
]
