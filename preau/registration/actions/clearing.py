"""What is over is deleted: never an account, never a family file."""

import datetime as dt

from preau.registration.models import ActivationCode, Registration, Takeover, WrongTry
from preau.registration.queries.claims import AN_HOUR

CODES_KEPT = dt.timedelta(days=365)
TAKEOVERS_KEPT = dt.timedelta(days=90)


def clear_expired(*, now: dt.datetime) -> int:
    """Delete the registrations that nobody confirmed in time, and what else no longer serves; says how many rows."""
    over = (
        Registration.objects.filter(expires_at__lte=now),
        WrongTry.objects.filter(at__lte=now - AN_HOUR),
        ActivationCode.objects.filter(expires_at__lte=now - CODES_KEPT),
        Takeover.objects.filter(checked_at__lte=now - TAKEOVERS_KEPT),
    )
    return sum(rows.delete()[0] for rows in over)
