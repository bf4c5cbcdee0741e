"""Whose documents a person may read. My space is read through `own_documents_of` alone, by its owner."""

import datetime as dt

from django.db.models import Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.documents.choices import Sensitivity
from preau.documents.models import OwnDocument, SupportingDocument, TownDocument
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Family, Participant
from preau.families.permissions import families_in_scope, families_visible_to, participants_visible_to


def own_documents_of(user: User) -> QuerySet[OwnDocument]:
    """My space. Never anybody else's."""
    return OwnDocument.objects.filter(adult__user=user, adult__family__archived_at__isnull=True)


def documents_visible_to(user: User, *, on: dt.date) -> QuerySet[SupportingDocument]:
    """The documents given to the town that this parent may read on that day.

    A child's for both parents, as long as they see its documents, and its health for what tells of it; a judgment,
    which says where the other parent lives, only for the household that gave it. A household's own, an adult's for the
    adult: for the household when the adult has no account.
    """
    mine = families_visible_to(user)
    children = participants_visible_to(user, Subject.DOCUMENTS, on=on)
    healthy = participants_visible_to(user, Subject.HEALTH, on=on)
    sensitive = Q(kind__sensitivity=Sensitivity.HEALTH)
    judgment = Q(kind__sensitivity=Sensitivity.JUDGMENT)
    of_children = Q(participant__in=children) & (
        (~sensitive & ~judgment) | (sensitive & Q(participant__in=healthy)) | (judgment & Q(demarche__family__in=mine))
    )
    adults = Q(adult__family__in=mine) & (Q(adult__user=user) | Q(adult__user__isnull=True) | Q(handed_by=user))
    return SupportingDocument.objects.filter(of_children | adults | Q(family__in=mine))


def children_served_by(user: User, sensitivity: str, *, on: dt.date) -> QuerySet[Participant]:
    """The children for whom this parent may give a document of that sensitivity."""
    children = participants_visible_to(user, Subject.DOCUMENTS, on=on, level=AccessLevel.ACT).filter(adult=None)
    if sensitivity == Sensitivity.HEALTH:
        healthy = participants_visible_to(user, Subject.HEALTH, on=on, level=AccessLevel.ACT)
        return children.filter(pk__in=healthy)
    return children


def adults_served_by(user: User) -> QuerySet[Adult]:
    """The adults for whom this parent may give a document: themselves, and who has no account in the household."""
    adults = Adult.objects.filter(family__in=families_visible_to(user))
    return adults.filter(Q(user=user) | Q(user__isnull=True))


def town_documents_visible_to(user: User) -> QuerySet[TownDocument]:
    """What agents put in the file of this parent's household."""
    return TownDocument.objects.filter(family__in=families_visible_to(user))


def documents_in_review(user: User, on: dt.date) -> QuerySet[SupportingDocument]:
    """The documents that this agent may read and answer: of their services, without the sensitive ones for which
    another capability is needed. A grant on one place gives none: a document is sent to a whole service."""
    scopes = [scope for scope in scopes_of(user, Capability.REVIEW_DOCUMENTS, on) if scope.places is None]
    found = SupportingDocument.objects.all()
    if not any(scope.services is None for scope in scopes):
        found = found.filter(demarche__service__in={service for scope in scopes for service in scope.services or ()})
    return found.exclude(kind__sensitivity__in=closed_to(user, on))


def closed_to(user: User, on: dt.date) -> set[Sensitivity]:
    """What this agent reads no document of, for want of the capability that it needs."""
    return {
        sensitivity
        for sensitivity, capability in NEEDED.items()
        if not user.may(capability) or not any(scope.places is None for scope in scopes_of(user, capability, on))
    }


NEEDED = {Sensitivity.HEALTH: Capability.SEE_HEALTH, Sensitivity.JUDGMENT: Capability.SEE_JUDGMENTS}


def families_served_by(user: User, on: dt.date) -> QuerySet[Family]:
    """The households for which this agent may add a document, handed in at the counter or given by the town."""
    return families_in_scope(user, Capability.REVIEW_DOCUMENTS, on=on).filter(archived_at__isnull=True)
