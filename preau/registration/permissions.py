"""Which adults an agent may invite."""

import datetime as dt

from django.db.models import QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import holds_everywhere
from preau.families.models import Adult
from preau.families.permissions import families_in_scope


def adults_in_scope(user: User, on: dt.date) -> QuerySet[Adult]:
    """The adults of the open files in which this agent may open accounts on that day."""
    files = families_in_scope(user, Capability.INVITE_FAMILIES, on=on)
    return Adult.objects.filter(family__in=files.filter(archived_at__isnull=True))


def sees_every_file(user: User, on: dt.date) -> bool:
    """Whether the agent may open accounts in the whole town, as taking over an old portal asks."""
    return holds_everywhere(user, Capability.INVITE_FAMILIES, on)
