"""What becomes of what led to an account."""

from collections.abc import Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from preau.core.personal import Step, Whom, deleted, emptied
from preau.families.models import Family
from preau.registration.models import ActivationCode, Invitation, Registration, Takeover, WrongTry


def steps(whom: Whom) -> Iterator[Step]:
    to_them, told = Q(user__in=whom.users), Q(pk__in=[])
    for email in whom.emails:
        to_them |= Q(email__iexact=email)
        told |= Q(told__icontains=email)
    for number in Family.objects.filter(pk__in=whom.families).values_list("number", flat=True):
        told |= Q(told__contains=f'"{number}"')
    yield deleted("Créations de compte", Registration.objects.filter(to_them))
    yield deleted("Invitations", Invitation.objects.filter(adult__in=whom.adults))
    yield deleted("Codes d’activation", ActivationCode.objects.filter(adult__in=whom.adults))
    yield deleted("Essais manqués", WrongTry.objects.filter(user__in=whom.users))
    files = Takeover.objects.annotate(told=Cast("lines", TextField())).filter(told)
    yield emptied("Fichiers d’anciens comptes", files, name="fichier effacé", lines=[], report=[])
