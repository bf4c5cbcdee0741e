"""The child of a page, and who opens it."""

import datetime as dt
from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone

from preau.accounts.audience import FamilyRequest
from preau.core.dates import local_day
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Participant
from preau.families.permissions import participants_visible_to


@dataclass(frozen=True, slots=True)
class Opened:
    """A child, the parent who opens its page, the day and instant."""

    child: Participant
    adult: Adult
    today: dt.date
    now: dt.datetime


def opened(
    request: FamilyRequest, who: str, *, subject: Subject = Subject.PICKUP, level: AccessLevel = AccessLevel.SEE
) -> Opened:
    """The child of this code if this parent may see (or act on) `subject`, else no such page: an adult who takes part
    needs nobody's leave."""
    now = timezone.now()
    today = local_day(now)
    visible = participants_visible_to(request.user, subject, on=today, level=level).filter(adult__isnull=True)
    child = get_object_or_404(visible, code=who)
    return Opened(child, Adult.objects.select_related("family").get(user=request.user), today, now)


def siblings_of(request: FamilyRequest, page: Opened) -> list[Participant]:
    """The other children for whom this parent decides who collects, eldest first."""
    acted_on = participants_visible_to(request.user, Subject.PICKUP, on=page.today, level=AccessLevel.ACT)
    others = acted_on.filter(adult__isnull=True).exclude(pk=page.child.pk)
    return list(others.order_by("born_on", "first_name", "pk"))


def may_act(request: FamilyRequest, page: Opened, subject: Subject) -> bool:
    """Whether this parent may act on that kind of data of the child."""
    acted_on = participants_visible_to(request.user, subject, on=page.today, level=AccessLevel.ACT)
    return acted_on.filter(pk=page.child.pk).exists()
