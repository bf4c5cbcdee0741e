"""The child of a page, and who opens it."""

import datetime as dt
from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone

from preau.accounts.audience import FamilyRequest
from preau.core.dates import local_day
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Guardianship, Participant
from preau.families.permissions import bonds_in_force, participants_visible_to


@dataclass(frozen=True, slots=True)
class Opened:
    """A child and the parent who opens its page, by the bond in force that day."""

    bond: Guardianship
    today: dt.date
    now: dt.datetime

    @property
    def child(self) -> Participant:
        return self.bond.participant

    @property
    def adult(self) -> Adult:
        return self.bond.adult

    def sees(self, subject: Subject) -> bool:
        return self.bond.levels[subject] >= AccessLevel.SEE

    def acts(self, subject: Subject) -> bool:
        return self.bond.levels[subject] >= AccessLevel.ACT


def opened(
    request: FamilyRequest, who: str, *, subject: Subject = Subject.PICKUP, level: AccessLevel = AccessLevel.SEE
) -> Opened:
    """The child of this code if this parent may see (or act on) `subject`, else no such page: an adult who takes part
    needs nobody's leave."""
    now = timezone.now()
    today = local_day(now)
    bonds = bonds_in_force(request.user, on=today).select_related("participant", "adult__family")
    visible = bonds.filter(participant__adult__isnull=True, **{f"{subject}__gte": level})
    return Opened(get_object_or_404(visible, participant__code=who), today, now)


def siblings_of(request: FamilyRequest, page: Opened) -> list[Participant]:
    """The other children for whom this parent decides who collects, eldest first."""
    acted_on = participants_visible_to(request.user, Subject.PICKUP, on=page.today, level=AccessLevel.ACT)
    others = acted_on.filter(adult__isnull=True).exclude(pk=page.child.pk)
    return list(others.order_by("born_on", "first_name", "pk"))
