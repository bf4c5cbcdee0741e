"""Children of the town who may be the one that a family asks to add: for an agent to tell apart, never merged."""

from preau.families.models import Participant
from preau.families.rules import folded
from preau.members.rules import ChildAsked, is_same_name

MOST = 10


def children_alike(asked: ChildAsked) -> list[Participant]:
    """Those of the same birth date with a name in common, then those of the same whole name."""
    name = f"{asked.first_name} {asked.last_name}"
    born = Participant.objects.filter(adult__isnull=True, born_on=asked.born_on)
    named = Participant.objects.filter(
        adult__isnull=True, first_name__iexact=asked.first_name, last_name__iexact=asked.last_name
    )
    found = {child.pk: child for child in born if _has_common(child, asked)}
    found |= {child.pk: child for child in named[:MOST] if is_same_name(str(child), name)}
    children = Participant.objects.filter(pk__in=found).prefetch_related("homes__family").order_by("pk")
    return list(children[:MOST])


def _has_common(child: Participant, asked: ChildAsked) -> bool:
    return folded(child.first_name) == folded(asked.first_name) or folded(child.last_name) == folded(asked.last_name)
