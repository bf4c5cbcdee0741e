"""What becomes of the messages to a person, and of those that name them."""

from collections.abc import Iterator

from django.db.models import Q

from preau.core.personal import Step, Whom, deleted
from preau.notifications.models import Outgoing


def steps(whom: Whom) -> Iterator[Step]:
    """Written to them: all. Written to others: those that tell their full name."""
    to_them, about_them = Q(pk__in=[]), Q(pk__in=[])
    for email in whom.emails:
        to_them |= Q(address__iexact=email)
    for name in whom.names:
        about_them |= Q(text__icontains=name) | Q(html__icontains=name) | Q(subject__icontains=name)
    yield deleted("Messages envoyés", Outgoing.objects.filter(to_them | about_them))
