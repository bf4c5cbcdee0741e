"""Reading households and the children of a parent."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch

from preau.accounts.models import User
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Family, Participant, Schooling
from preau.families.permissions import families_visible_to, participants_visible_to


def with_schooling() -> "Prefetch[Any]":
    """What to prefetch on participants so that `schooling_on` needs no query."""
    return Prefetch("schoolings", Schooling.objects.select_related("year", "level", "place"))


def children_of(
    user: User, *, on: dt.date, subject: Subject = Subject.PLANNING, level: AccessLevel = AccessLevel.SEE
) -> list[Participant]:
    """Those whose `subject` this parent may see or act on, eldest first, with their schooling: two queries."""
    visible = participants_visible_to(user, subject, on=on, level=level)
    return list(visible.prefetch_related(with_schooling()).order_by("born_on", "first_name", "id"))


def schooling_on(schoolings: Iterable[Schooling], day: dt.date) -> Schooling | None:
    """The one of the school year of `day` or, between two years and before the first, of the next; else None."""
    to_come = [schooling for schooling in schoolings if schooling.year.ends_on >= day]
    return min(to_come, key=lambda schooling: schooling.year.starts_on, default=None)


def household_of(user: User) -> Family | None:
    """The household of this parent: whose prices and invoices are theirs."""
    return families_visible_to(user).first()
