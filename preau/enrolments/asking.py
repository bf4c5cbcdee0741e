"""What an activity asks of whoever enrols, and where they stand: lent by the area above, registered as it starts."""

import datetime as dt
from collections.abc import Callable, Sequence

from preau.accounts.models import User
from preau.activities.models import Activity
from preau.core.asked import AskedPaper
from preau.families.models import Participant

Asked = Callable[[User, Participant, Activity, dt.date], Sequence[AskedPaper]]

ASKED: list[Asked] = []


def register_asked(asked: Asked) -> None:
    """`asked(user, participant, activity, on)` tells what must be given, what is there already included."""
    ASKED.append(asked)


def asked_by(user: User, participant: Participant, activity: Activity, on: dt.date) -> list[AskedPaper]:
    return [one for asked in ASKED for one in asked(user, participant, activity, on)]
