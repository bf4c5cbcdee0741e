"""What becomes of bookings: their numbers stay, with the code of somebody who has no name any more."""

from collections.abc import Iterator

from django.db.models import Q

from preau.bookings.models import Booking, DraftChange, Submission
from preau.core.personal import Step, Whom, deleted, emptied, kept


def steps(whom: Whom) -> Iterator[Step]:
    drafts = DraftChange.objects.filter(Q(user__in=whom.users) | Q(participant__in=whom.participants))
    yield deleted("Réservations à confirmer", drafts)
    yield emptied("Confirmations du planning", Submission.objects.filter(user__in=whom.users), outcome={})
    bookings = Booking.objects.filter(participant__in=whom.participants)
    yield kept("Réservations et présences", bookings, "Justifient les factures et les comptes de la CAF, sans le nom.")
