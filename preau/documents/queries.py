"""Reading documents: who owes which, where they stand, what a page shows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from preau.accounts.models import User
from preau.core.dates import age_on
from preau.demarches.choices import DemarcheState
from preau.documents.choices import OWED, DocumentState, Holder, Sensitivity, Stage, Standing
from preau.documents.models import DocumentKind, OwnDocument, SupportingDocument, TownDocument
from preau.documents.permissions import (
    children_served_by,
    documents_in_review,
    documents_visible_to,
    families_served_by,
    own_documents_of,
    town_documents_visible_to,
)
from preau.documents.rules import Enrolled, Given, is_owed_by, proposed_until, standing_of, strictest
from preau.families.models import Adult, Family, Participant
from preau.families.queries import schooling_on, with_schooling
from preau.town.queries import year_on

Somebody = Family | Adult | Participant


def kinds_in_use(on: dt.date) -> QuerySet[DocumentKind]:
    """What the town asks for on that day, in its order."""
    return DocumentKind.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on)).order_by("order", "pk")


def label_of(kind: DocumentKind, holder: Somebody) -> str:
    """« Carnet de vaccination, Nora »; that of a household has no name."""
    return kind.label if isinstance(holder, Family) else f"{kind.label}, {holder.first_name}"


@dataclass(frozen=True, slots=True)
class Need:
    """A document that somebody owes, or may give, and where they stand. `document` is the one that says so."""

    kind: DocumentKind
    holder: Somebody
    stage: Stage
    months: int | None
    without: str
    standing: Standing
    document: SupportingDocument | None

    @property
    def is_owed(self) -> bool:
        """Whether something is to be done for it."""
        return self.standing in OWED and self.stage != Stage.OPTIONAL

    @property
    def child(self) -> Participant | None:
        return self.holder if isinstance(self.holder, Participant) else None

    @property
    def for_whom(self) -> str:
        return "" if isinstance(self.holder, Family) else self.holder.code

    @property
    def label(self) -> str:
        return label_of(self.kind, self.holder)


def required_documents(
    *,
    families: Sequence[Family] = (),
    adults: Sequence[Adult] = (),
    participants: Sequence[Participant] = (),
    activities: Mapping[int, frozenset[str]],
    on: dt.date,
) -> list[Need]:
    """What these people owe, in the order of the town: two queries, whatever their number, when the schoolings of the
    participants are prefetched (`families.queries.with_schooling`).

    `activities` gives the codes of each participant's, by their key, as `around.activities_of` does. What a household
    or an adult owes, they owe as soon as one of the `participants` is concerned; where there is nobody, they may
    give what is optional and owe nothing.
    """
    kinds = list(kinds_in_use(on))
    theirs = Q(family__in=families) | Q(adult__in=adults) | Q(participant__in=participants)
    given = by_holder(SupportingDocument.objects.filter(theirs, kind__in=kinds))
    people = {person.pk: _enrolled(person, activities.get(person.pk, frozenset()), on) for person in participants}
    needs = []
    for kind in kinds:
        holders: Sequence[Somebody] = families if kind.holder == Holder.FAMILY else adults
        if kind.holder == Holder.CHILD:
            holders = [person for person in participants if person.adult_id is None]
        for holder in holders:
            concerned = [people[holder.pk]] if isinstance(holder, Participant) else [*people.values(), Enrolled()]
            cases = [case for case in kind.cases if any(is_owed_by(case, person) for person in concerned)]
            if not people:
                cases = [case for case in cases if case.stage == Stage.OPTIONAL]
            if case := strictest(cases):
                documents = given.get((kind.pk, type(holder), holder.pk), ())
                standing = standing_of([given_facts(document) for document in documents], on)
                document = deciding(documents, standing)
                needs.append(Need(kind, holder, case.stage, case.months, case.without, standing, document))
    return needs


def _enrolled(person: Participant, activities: frozenset[str], on: dt.date) -> Enrolled:
    schooling = schooling_on(person.schoolings.all(), on)
    return Enrolled(age_on(person.born_on, on), schooling.level.code if schooling else None, activities)


def by_holder(
    rows: QuerySet[SupportingDocument],
) -> Mapping[tuple[int, type[Somebody], int], Sequence[SupportingDocument]]:
    """Of these, what each gave of each kind, the latest first, without what was taken back. One query."""
    found = defaultdict[tuple[int, type[Somebody], int], list[SupportingDocument]](list)
    live = rows.exclude(state=DocumentState.WITHDRAWN).select_related("demarche", "kind")
    for document in live.order_by("-at", "-pk"):
        for model, key in (
            (Family, document.family_id),
            (Adult, document.adult_id),
            (Participant, document.participant_id),
        ):
            if key is not None:
                found[document.kind_id, model, key].append(document)
    return found


def given_facts(document: SupportingDocument) -> Given:
    is_incomplete = document.demarche.state == DemarcheState.INCOMPLETE
    return Given(document.state, document.valid_until, is_incomplete)


def deciding(documents: Sequence[SupportingDocument], standing: Standing) -> SupportingDocument | None:
    """Of what was given, the latest first, the document that says where its holder stands."""
    accepted = next((one for one in documents if one.state == DocumentState.ACCEPTED), None)
    if standing in (Standing.OK, Standing.EXPIRING, Standing.EXPIRED):
        return accepted
    return documents[0] if documents else None


# The page of a family


@dataclass(frozen=True, slots=True)
class Served:
    """For whom a parent may give documents, and the household in which they do."""

    family: Family
    household: list[Adult]
    """All its adults; those for whom this parent may give are the `adults`, the parent first."""
    adults: list[Adult]
    children: list[Participant]
    healthy: frozenset[int]
    """The children whose health this parent may tell of."""

    def holders_of(self, kind: DocumentKind) -> list[Somebody]:
        if kind.holder == Holder.FAMILY:
            return [self.family]
        if kind.holder == Holder.ADULT:
            return list(self.adults)
        if kind.sensitivity == Sensitivity.HEALTH:
            return [child for child in self.children if child.pk in self.healthy]
        return list(self.children)


def served_by(user: User, family: Family, *, on: dt.date) -> Served:
    """Four queries."""
    children = children_served_by(user, Sensitivity.ORDINARY, on=on).prefetch_related(with_schooling())
    healthy = children_served_by(user, Sensitivity.HEALTH, on=on).values_list("pk", flat=True)
    household = list(Adult.objects.filter(family=family).order_by("first_name", "pk"))
    household.sort(key=lambda adult: adult.user_id != user.pk)
    adults = [adult for adult in household if adult.user_id in (user.pk, None)]
    return Served(family, household, adults, list(children.order_by("born_on", "first_name", "pk")), frozenset(healthy))


def needs_of(served: Served, activities: Mapping[int, frozenset[str]], *, on: dt.date) -> list[Need]:
    """What these people owe or may give; of a child's health, only for who may tell of it. What each adult may give is
    owed once by the household: by the first of them, until one has given it."""
    found = required_documents(
        families=[served.family],
        adults=served.household,
        participants=served.children,
        activities=activities,
        on=on,
    )
    settled = {need.kind.pk for need in found if isinstance(need.holder, Adult) and need.standing not in OWED}
    first = served.adults[0] if served.adults else None
    return [
        need
        for need in found
        if need.holder in served.holders_of(need.kind)
        and (need.standing != Standing.MISSING or not isinstance(need.holder, Adult) or need.holder == first)
        and not (isinstance(need.holder, Adult) and need.standing in OWED and need.kind.pk in settled)
    ]


def given_documents(user: User, *, on: dt.date) -> list[SupportingDocument]:
    """What this parent may read of what was given, the latest first, without what was replaced or taken back."""
    shown = documents_visible_to(user, on=on).exclude(state__in=[DocumentState.WITHDRAWN, DocumentState.REPLACED])
    related = ("kind", "family", "adult", "participant", "demarche", "file")
    return list(shown.select_related(*related).order_by("-at", "-pk"))


def own_documents(user: User) -> list[OwnDocument]:
    """My space, the latest first."""
    return list(own_documents_of(user).select_related("file").order_by("-at", "-pk"))


def town_documents(user: User) -> list[TownDocument]:
    return list(town_documents_visible_to(user).select_related("file").order_by("-at", "-pk"))


# The desk


def judgments_beside(document: SupportingDocument, user: User, on: dt.date) -> list[SupportingDocument]:
    """The judgments about the same child that are accepted already and that this agent may read, the latest first: of
    this household, which this one would replace, and of others, which stay."""
    if document.kind.sensitivity != Sensitivity.JUDGMENT:
        return []
    about = {"kind": document.kind, "participant": document.participant, "state": DocumentState.ACCEPTED}
    known = documents_in_review(user, on).filter(**about)
    return list(known.exclude(pk=document.pk).select_related("demarche").order_by("-demarche__answered_at", "-pk"))


def proposed_for(kind: DocumentKind, on: dt.date) -> dt.date | None:
    """Until when a document of this kind, accepted that day, is proposed to be good."""
    year = year_on(on)
    return proposed_until(kind.validity, months=kind.months, on=on, year_ends_on=year.ends_on if year else None)


def to_read_of(user: User, family: Family, *, on: dt.date) -> int | None:
    """How many documents of the household wait to be read by this agent; None for who may not see its documents."""
    if not families_served_by(user, on).filter(pk=family.pk).exists():
        return None
    return documents_in_review(user, on).filter(demarche__family=family, demarche__state=DemarcheState.SENT).count()


def to_read(user: User, on: dt.date) -> list[str]:
    """The codes of the démarches of the documents that wait for this agent, the most urgent first."""
    waiting = documents_in_review(user, on).filter(demarche__state=DemarcheState.SENT)
    return list(
        waiting.order_by("demarche__due_at", "demarche__sent_at", "pk").values_list("demarche__code", flat=True)
    )
