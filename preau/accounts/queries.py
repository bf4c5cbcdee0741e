"""Reading accounts, for pages."""

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from preau.accounts.choices import UserKind
from preau.accounts.factors import APP, unused_code
from preau.accounts.models import User


@dataclass(frozen=True, slots=True)
class AgentCode:
    """What an agent's application shows; "" until the next code."""

    agent: User
    code: str


def agents_codes(*, now: dt.datetime) -> list[AgentCode]:
    """The code of each agent who has an application: for demonstrations alone. One query."""
    apps = Authenticator.objects.filter(type=APP, user__kind=UserKind.STAFF, user__is_active=True)
    rows = apps.select_related("user").order_by("user__last_name", "user__pk")
    return [AgentCode(row.user, unused_code(row, now)) for row in rows]
