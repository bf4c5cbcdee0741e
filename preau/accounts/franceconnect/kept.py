"""What a session keeps of FranceConnect: the token that signs out, and an identity that no account has yet."""

import datetime as dt
from dataclasses import asdict

from django.contrib.sessions.backends.base import SessionBase

from preau.accounts.franceconnect.client import Pivot, SignIn

ID_TOKEN = "franceconnect_id_token"  # noqa: S105 (names of what a session keeps)
PENDING = "franceconnect_pending"
LEAVING = "franceconnect_leaving"
PENDING_FOR = dt.timedelta(minutes=30)


def keep_pending(session: SessionBase, sign_in: SignIn, *, now: dt.datetime) -> None:
    """Keep an identity for the time of choosing what to do with it."""
    session[PENDING] = asdict(sign_in) | {"until": (now + PENDING_FOR).timestamp()}


def pending(session: SessionBase, *, now: dt.datetime) -> SignIn | None:
    """The identity that waits in this session; forgotten once its time has passed."""
    kept = session.get(PENDING)
    if kept is None:
        return None
    if kept["until"] <= now.timestamp():
        forget_pending(session)
        return None
    fields = {name: kept[name] for name in ("sub", "acr", "auth_time", "id_token")}
    return SignIn(**fields, pivot=Pivot(**kept["pivot"]))


def forget_pending(session: SessionBase) -> None:
    session.pop(PENDING, None)
