"""Conditions and privacy notice: whoever has not accepted the version in force is asked at their next sign-in.

What must be accepted is held in the session: ordinary pages read nothing more. A town that has published no conditions
asks nothing.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest

from preau.accounts.choices import Channel
from preau.accounts.models import Acceptance, User
from preau.journal import actions as journal
from preau.town.choices import TextCode
from preau.town.models import Text

View = TypeVar("View", bound=Callable[..., Any])
HELD = "conditions"
ACCOUNT = "mon-compte/"
ASKED = (TextCode.TERMS, TextCode.PRIVACY)


def texts_in_force() -> list[Text]:
    """The conditions and the privacy notice in force, in this order; none until the town has conditions. One query."""
    last: dict[str, Text] = {}
    for text in Text.objects.filter(code__in=ASKED).order_by("version"):
        last[text.code] = text
    return [last[code] for code in ASKED if code in last] if TextCode.TERMS in last else []


def texts_to_accept(user: User) -> list[Text]:
    """Those of them that this person has not accepted yet."""
    texts = texts_in_force()
    accepted = set(Acceptance.objects.filter(user=user, text__in=texts).values_list("text", flat=True)) if texts else ()
    return [text for text in texts if text.pk not in accepted]


def codes_known_to(user: User) -> set[str]:
    """The codes of the texts of which this person has accepted a version: only then is it told what changed."""
    return set(Acceptance.objects.filter(user=user).values_list("text__code", flat=True))


def hold(request: HttpRequest, user: User) -> None:
    """Ask a parent who has just signed in for what they have not accepted, before anything else."""
    if user.is_family and texts_to_accept(user):
        request.session[HELD] = True


def is_held(request: HttpRequest) -> bool:
    return bool(request.session.get(HELD))


def before_conditions(view: View) -> View:
    """A page that opens before they are accepted: theirs."""
    view.before_conditions = True  # type: ignore[attr-defined]
    return view


def waits(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether a page waits until they are accepted: all but those that anyone may read, theirs, and Mon compte, for one
    may leave an account without accepting anything."""
    assert request.resolver_match is not None
    is_account = request.resolver_match.route.startswith(ACCOUNT)
    return getattr(view, "login_required", True) and not is_account and not getattr(view, "before_conditions", False)


def release(request: HttpRequest) -> None:
    request.session.pop(HELD, None)


@transaction.atomic
def accept(
    user: User, texts: Sequence[Text], *, channel: Channel = Channel.ONLINE, by: User | None = None, now: dt.datetime
) -> None:
    """Note that this person accepts (or takes note of) these versions; what they accepted before keeps its date.

    `by` is the agent who writes down what was accepted at the counter.
    """
    rows = [Acceptance(user=user, text=text, at=now, channel=channel) for text in texts]
    Acceptance.objects.bulk_create(rows, ignore_conflicts=True)
    facts = {"texts": [f"{text.code} {text.version}" for text in texts], "channel": channel}
    journal.record(by or user, "accounts.texts_accepted", at=now, subject=user.code, facts=facts)
