"""Keeping accounts tidy."""

import datetime as dt

from preau.accounts.models import Session


def clear_expired_sessions(*, now: dt.datetime) -> int:
    """Delete the sessions that ended before `now`, and say how many; run now and then by the worker."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
