"""Sheets of children who left, accounts that nobody uses, children and files that are gone.

People are erased one by one, by the same action as when they ask, so by the same rules: what the law keeps stays.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from preau.accounts.choices import UserKind
from preau.accounts.forgetting import ERASED_DOMAIN
from preau.accounts.models import User
from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Invoice
from preau.bookings.models import Booking
from preau.core.dates import local_day
from preau.core.personal import Whom
from preau.demarches.choices import OPEN
from preau.demarches.models import Demarche
from preau.documents.forgetting import sealed_steps
from preau.enrolments.models import Enrolment
from preau.families.forgetting import NO_NAME
from preau.families.models import Adult, Family, Home, Participant, Schooling
from preau.health.forgetting import steps as health_steps
from preau.health.models import HealthField, HealthKey
from preau.notifications.actions import queue_mails
from preau.privacy.actions.erasing import ErasureRefused, erase
from preau.privacy.choices import Erased
from preau.privacy.models import UnusedWarning
from preau.privacy.retention.kept import BATCH, Kept, counted, months_before
from preau.town.queries import the_town

MOST = 200  # people erased in one go: the worker comes again
WARNED_MONTHS = 1


# Who uses the portal no more


def unused(before: dt.datetime) -> QuerySet[User]:
    """The accounts of families that nobody has signed in to since; those that were erased are no accounts any more."""
    rows = User.objects.filter(kind=UserKind.FAMILY).exclude(email__endswith=ERASED_DOMAIN)
    return rows.alias(used_at=Coalesce("last_login", "created_at")).filter(used_at__lt=before)


def _asking(field: str) -> Exists:
    return Exists(Demarche.objects.filter(state__in=OPEN, **{field: OuterRef("pk")}))


def _accounts(before: dt.datetime, now: dt.datetime) -> QuerySet[User]:
    """Those who were told a month ago or earlier, and have not signed in since."""
    told = UnusedWarning.objects.filter(user=OuterRef("pk"), at__lte=months_before(now, WARNED_MONTHS))
    told = told.filter(at__gt=OuterRef("used_at"))
    return unused(before).filter(Exists(told)).exclude(_asking("asked_by"))


@transaction.atomic
def warn_unused(*, months: int, now: dt.datetime) -> int:
    """Tell those whose account will go in a month, once; returns how many. Whoever comes back is told again later."""
    told = UnusedWarning.objects.filter(user=OuterRef("pk"), at__gt=OuterRef("used_at"))
    soon = unused(months_before(now, months - WARNED_MONTHS)).exclude(Exists(told)).filter(is_active=True)
    users = list(soon.order_by("pk").select_for_update()[:BATCH])
    UnusedWarning.objects.filter(user__in=users).delete()
    UnusedWarning.objects.bulk_create([UnusedWarning(user=user, at=now) for user in users])
    goes_on = local_day(months_before(now, -WARNED_MONTHS))
    town = the_town()
    mails = [
        (user.email, {"town": town, "user": user, "goes_on": goes_on}, f"privacy.unused:{user.code}:{goes_on}")
        for user in users
    ]
    queue_mails(mails, template="privacy/mail/unused", now=now)
    return len(users)


def _clear_accounts(before: dt.datetime, now: dt.datetime) -> int:
    return _erase(Erased.ACCOUNT, _accounts(before, now).order_by("pk").values_list("code", flat=True), now)


# Children who left


def gone(day: dt.date) -> QuerySet[Participant]:
    """Those whom nothing of the portal concerns from that day on, and something did before: school, enrolment,
    booking."""
    schools = Schooling.objects.filter(participant=OuterRef("pk"))
    enrolments = Enrolment.objects.filter(participant=OuterRef("pk"))
    bookings = Booking.objects.filter(participant=OuterRef("pk"))
    here = Q(Exists(schools.filter(year__ends_on__gte=day))) | Q(Exists(enrolments.filter(ends_on__gte=day)))
    here |= Q(Exists(bookings.filter(day__gte=day)))
    was_here = Q(Exists(schools)) | Q(Exists(enrolments)) | Q(Exists(bookings))
    return Participant.objects.filter(was_here).exclude(here).exclude(**NO_NAME)


def _sheets(before: dt.datetime) -> QuerySet[Participant]:
    keys = HealthKey.objects.filter(pk=OuterRef("pk"))
    filled = HealthField.objects.filter(participant=OuterRef("pk"))
    return gone(local_day(before)).filter(Exists(keys) | Exists(filled))


def _clear_sheets(before: dt.datetime, now: dt.datetime) -> int:
    """The key of each child is destroyed: what backups hold of the sheet, or of papers sealed with it, never opens
    again."""
    cleared = 0
    while keys := list(_sheets(before).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            children = Whom(participants=frozenset(keys))
            for step in (*sealed_steps(children), *health_steps(children)):
                step.run()
        cleared += len(keys)
    return cleared


def _files(before: dt.datetime) -> QuerySet[Family]:
    """Those where nobody is any more: each child gone, no adult who signs in or takes part, nothing owed or asked."""
    day = local_day(before)
    homes = Home.objects.filter(family=OuterRef("pk"))
    staying = homes.exclude(participant__in=gone(day)).exclude(**{f"participant__{k}": v for k, v in NO_NAME.items()})
    adults = Adult.objects.filter(family=OuterRef("pk"))
    using = adults.filter(user__isnull=False).exclude(user__in=unused(before))
    taking_part = adults.filter(participant__isnull=False).exclude(participant__in=gone(day))
    blocked = Q(Exists(staying)) | Q(Exists(using)) | Q(Exists(taking_part)) | Q(pk__in=_owing()) | Q(_asking("family"))
    return Family.objects.exclude(number__startswith="E-").filter(Exists(homes)).exclude(blocked)


def _owing() -> "QuerySet[Invoice, int]":
    """The households that have an invoice to pay."""
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE)
    return issued.filter(settled_cents__lt=F("total_cents")).values("payer__adult__family")  # type: ignore[return-value]


def _children(before: dt.datetime) -> QuerySet[Participant]:
    """Those who left while others of their household stay, which owes nothing."""
    homes = Home.objects.filter(participant=OuterRef("pk"))
    with_a_file = homes.filter(Q(family__in=_files(before)) | Q(family__in=_owing()))
    return gone(local_day(before)).filter(adult=None).exclude(Q(Exists(with_a_file)) | Q(_asking("participant")))


def _clear_children(before: dt.datetime, now: dt.datetime) -> int:
    files = _erase(Erased.FAMILY, _files(before).order_by("pk").values_list("code", flat=True), now)
    return files + _erase(Erased.CHILD, _children(before).order_by("pk").values_list("code", flat=True), now)


def _erase(
    kind: Erased, codes: "QuerySet[User, str] | QuerySet[Family, str] | QuerySet[Participant, str]", now: dt.datetime
) -> int:
    """Erase each; one that something holds back waits."""
    done, found = 0, list(codes[:MOST])
    for code in found:
        try:
            erase(kind=kind, code=code, by=None, now=now)
        except ErasureRefused:
            continue
        done += 1
    return done


PEOPLE = (
    Kept(
        "health",
        "Fiches sanitaires\u00a0: la clé est détruite",
        "le départ de l’enfant",
        "RGPD, art. 5.1 e et 9\u00a0: plus personne n’accueille l’enfant",
        counted(_sheets),
        _clear_sheets,
    ),
    Kept(
        "accounts",
        "Comptes des familles, prévenues un mois avant",
        "la dernière connexion",
        "CNIL, référentiel de gestion commerciale, par analogie\u00a0: trois ans sans contact",
        lambda before, now: _accounts(before, now).count(),
        _clear_accounts,
    ),
    Kept(
        "children",
        "Enfants partis, et dossiers où il ne reste personne",
        "le départ",
        "CNIL, délibération 2015-433 (NS-058)\u00a0: trois ans après le départ",
        lambda before, now: _files(before).count() + _children(before).count(),
        _clear_children,
    ),
)
