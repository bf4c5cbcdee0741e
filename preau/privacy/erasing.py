"""Whom an erasure is about, what it would do, and why it may have to wait."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

from django.db.models import Q

from preau.accounts import forgetting as accounts
from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.billing import forgetting as billing
from preau.bookings import forgetting as bookings
from preau.bookings.choices import LIVE as BOOKED
from preau.bookings.models import Booking
from preau.core.personal import Step, Whom
from preau.core.templatetags.ui import de, enumeration
from preau.demarches import forgetting as demarches
from preau.demarches.choices import OPEN
from preau.demarches.models import Demarche
from preau.documents import forgetting as documents
from preau.enrolments import forgetting as enrolments
from preau.enrolments.choices import LIVE as ENROLLED
from preau.enrolments.models import Enrolment
from preau.families import forgetting as families
from preau.families.models import Adult, Family, Home, Participant
from preau.health import forgetting as health
from preau.members import forgetting as members
from preau.notifications import forgetting as notifications
from preau.pricing import forgetting as pricing
from preau.privacy import forgetting as own
from preau.privacy.choices import Erased, ErasureRefusal
from preau.registration import forgetting as registration

AREAS: tuple[Callable[[Whom], Iterable[Step]], ...] = (
    *(notifications.steps, registration.steps, members.steps, documents.steps, health.steps, bookings.steps),
    *(enrolments.steps, pricing.steps, billing.steps, own.steps, demarches.steps, accounts.steps, families.steps),
)
"""In the order in which they are emptied: what reads a name comes before the name goes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the report."""

    label: str
    how: str
    count: int
    why: str = ""


def whom(kind: str, code: str) -> Whom | None:
    """Everyone who goes with this code; None when nobody has it. A household takes its adults along, and the children
    who live nowhere else."""
    if kind == Erased.ACCOUNT:
        user = User.objects.filter(code=code, kind=UserKind.FAMILY).first()
        return _gathered(users=[user.pk]) if user else None
    if kind == Erased.CHILD:
        child = Participant.objects.filter(code=code, adult=None).first()
        return _gathered(participants=[child.pk]) if child else None
    if kind == Erased.ADULT:
        adult = Adult.objects.filter(code=code).first()
        return _gathered(adults=[adult.pk]) if adult else None
    family = Family.objects.filter(code=code).first()
    if family is None or kind != Erased.FAMILY:
        return None
    elsewhere = Home.objects.exclude(family=family).values("participant")
    children = Home.objects.filter(family=family).exclude(participant__in=elsewhere)
    return _gathered(
        families=[family.pk],
        adults=family.adults.values_list("pk", flat=True),
        participants=children.values_list("participant", flat=True),
    )


def named(kind: str, code: str) -> str:
    """Whose data, in words that follow « Effacer »."""
    if kind == Erased.FAMILY:
        family = Family.objects.get(code=code)
        return f"la famille {family.name}, dossier {family.number}"
    if kind == Erased.ACCOUNT:
        return f"le compte {de(str(User.objects.get(code=code)))}"
    return str((Adult if kind == Erased.ADULT else Participant)._default_manager.get(code=code))


def also_theirs(who: Whom, *, besides: User | None) -> str:
    """Who else is somebody of what goes, and must agree; "" when nobody is."""
    others = Adult.objects.filter(pk__in=who.adults).exclude(user=besides).order_by("pk")
    names = enumeration([str(adult) for adult in others])
    return f"Le dossier est aussi celui de {names}\u00a0: demandez son accord." if others else ""


def _gathered(
    *,
    users: Iterable[int] = (),
    adults: Iterable[int] = (),
    participants: Iterable[int] = (),
    families: Iterable[int] = (),
) -> Whom:
    """With the accounts of the adults, the places they take themselves, and the words they are known by."""
    grown = list(Adult.objects.filter(pk__in=adults))
    accounts_ = {*users, *(adult.user_id for adult in grown if adult.user_id)}
    own = Participant.objects.filter(adult__in=grown).values_list("pk", flat=True)
    people = {*participants, *own}
    signing = list(User.objects.filter(pk__in=accounts_))
    children = Participant.objects.filter(pk__in=people)
    emails = {one.email for one in signing} | {one.email for one in grown if one.email}
    return Whom(
        users=frozenset(accounts_),
        adults=frozenset(adult.pk for adult in grown),
        participants=frozenset(people),
        families=frozenset(families),
        emails=frozenset(emails),
        names=frozenset(map(str, (*signing, *grown, *children))),
    )


def with_payers(who: Whom) -> Whom:
    """With those whose invoices name the children who go: these are printed once more while the names are there."""
    payers = Adult.objects.filter(family__homes__participant__in=who.participants).values_list("pk", flat=True)
    return replace(who, adults=who.adults | frozenset(payers))


def steps_for(who: Whom) -> list[Step]:
    return [step for area in AREAS for step in area(who)]


def foreseen(who: Whom) -> list[Told]:
    """What would become of how many rows, without touching any."""
    return [told for step in steps_for(who) if (told := tell(step)).count]


def tell(step: Step) -> Told:
    return Told(step.label, step.how, step.count(), step.kept)


def refusals(who: Whom, *, on: dt.date, besides: Demarche | None = None) -> list[ErasureRefusal]:
    """Why it must wait; `besides` is the request that asks for it."""
    found = []
    enrolled = Enrolment.objects.filter(participant__in=who.participants, state__in=ENROLLED, ends_on__gte=on)
    booked = Booking.objects.filter(participant__in=who.participants, state__in=BOOKED, day__gte=on)
    if enrolled.exists() or booked.exists():
        found.append(ErasureRefusal.ENROLLED)
    if billing.owes(who):
        found.append(ErasureRefusal.OWES)
    asked = Demarche.objects.filter(state__in=OPEN)
    about = Q(participant__in=who.participants) | Q(family__in=who.families) | Q(asked_by__in=who.users)
    if asked.filter(about).exclude(pk=besides.pk if besides else 0).exists():
        found.append(ErasureRefusal.ASKS)
    return found


def as_report(told: Iterable[Told]) -> list[dict[str, object]]:
    return [asdict(one) for one in told]
