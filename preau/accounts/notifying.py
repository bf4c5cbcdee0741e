"""Telling people what concerns them: the one function that an action calls after its change."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from preau.accounts.choices import Topic
from preau.accounts.models import Subscription, User
from preau.notifications.actions import queue_mail
from preau.town.queries import the_town


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people are told of. `template` is that of its mail (see `queue_mail`); without a `topic` nobody
    may choose not to be told: what keeps an account safe, what was asked for."""

    template: str
    topic: Topic | None = None


def notify(event: Event, *, to: User | str, facts: Mapping[str, Any], key: str, now: dt.datetime) -> None:
    """Queue the mail of `event` to a user, or to the address of somebody without an account, in the caller's
    transaction. The same `key` twice tells once."""
    if isinstance(to, User) and event.topic is not None and not wants(to, event.topic):
        return
    address = to.email if isinstance(to, User) else to
    queue_mail(address, template=event.template, context={"town": the_town(), **facts}, dedupe_key=key, now=now)


def wants(user: User, topic: Topic) -> bool:
    """Whether this person is told of `topic`: yes until they say no."""
    return not Subscription.objects.filter(user=user, topic=topic, is_on=False).exists()


def choose(user: User, topic: Topic, *, is_on: bool) -> None:
    """Note whether this person wants to be told of `topic`."""
    Subscription.objects.update_or_create(user=user, topic=topic, defaults={"is_on": is_on})
