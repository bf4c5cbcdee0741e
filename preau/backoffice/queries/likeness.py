"""Files that look alike, and two of them side by side."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.backoffice.queries.families import Balance, balance_of
from preau.billing.models import Invoice
from preau.bookings.choices import LIVE
from preau.bookings.models import Booking
from preau.families.models import Address, Adult, Family, FileWord, Home, Participant
from preau.families.permissions import families_in_scope
from preau.families.rules import folded
from preau.families.search_words import phone_digits

CHILD, NAME, PHONE, EMAIL = "même enfant", "même adulte", "même téléphone", "même e-mail"


@dataclass(frozen=True, slots=True)
class Alike:
    """A file that looks like another, and why."""

    family: Family
    reasons: tuple[str, ...]


def files_like(user: User, family: Family, *, on: dt.date) -> list[Alike]:
    """The open files, in the agent's scope, with somebody of this one under another row. Five queries at most; a child
    of two homes is one row, and makes no likeness."""
    mine = families_in_scope(user, Capability.MERGE_FAMILIES, on=on).filter(archived_at__isnull=True)
    others = mine.exclude(pk=family.pk)
    reasons: dict[int, set[str]] = defaultdict(set)
    for file in _files_of_same_children(family, others):
        reasons[file].add(CHILD)
    for file, reason in _files_of_same_adults(family, others):
        reasons[file].add(reason)
    found = others.filter(pk__in=reasons).order_by("name", "number")
    return [Alike(file, tuple(sorted(reasons[file.pk]))) for file in found]


def _files_of_same_children(family: Family, others: QuerySet[Family]) -> set[int]:
    children = list(Participant.objects.filter(homes__family=family))
    keys = {(child.born_on, folded(child.first_name), folded(child.last_name)) for child in children}
    rows = (
        Home.objects.filter(family__in=others, participant__born_on__in={child.born_on for child in children})
        .exclude(participant__in=children)
        .select_related("participant")
    )
    return {row.family_id for row in rows if _key(row.participant) in keys}


def _key(child: Participant) -> tuple[dt.date, str, str]:
    return child.born_on, folded(child.first_name), folded(child.last_name)


def _files_of_same_adults(family: Family, others: QuerySet[Family]) -> list[tuple[int, str]]:
    adults = list(Adult.objects.filter(family=family))
    emails = {adult.email.casefold() for adult in adults} - {""}
    phones = {phone_digits(phone) for adult in adults for phone in adult.contact.phones} - {""}
    names = {(folded(adult.first_name), folded(adult.last_name)) for adult in adults}
    wanted = Q(pk__in=[])
    for first, last in names:
        wanted |= Q(Exists(_word(first))) & Q(Exists(_word(last)))
    for phone in phones:
        wanted |= Q(Exists(_word(phone)))
    for email in emails:
        wanted |= Q(email__iexact=email)
    found = []
    for adult in Adult.objects.filter(wanted, family__in=others):
        if adult.email.casefold() in emails:
            found.append((adult.family_id, EMAIL))
        if phones & {phone_digits(phone) for phone in adult.contact.phones}:
            found.append((adult.family_id, PHONE))
        if (folded(adult.first_name), folded(adult.last_name)) in names:
            found.append((adult.family_id, NAME))
    return found


def _word(word: str) -> QuerySet[FileWord]:
    return FileWord.objects.filter(adult=OuterRef("pk"), word=word[:40])


@dataclass(frozen=True, slots=True)
class Side:
    """A file as the comparison shows it."""

    family: Family
    address: Address | None
    adults: list[Adult]
    children: list[Participant]
    invoices: int
    booked: int
    balance: Balance

    @property
    def accounts(self) -> list[str]:
        return [adult.user.username for adult in self.adults if adult.user]

    @property
    def phones(self) -> list[str]:
        return [phone for adult in self.adults for phone in adult.contact.phones]


def side_of(family: Family, *, on: dt.date) -> Side:
    """Six queries."""
    return Side(
        family,
        Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first(),
        list(Adult.objects.filter(family=family).select_related("user").order_by("pk")),
        list(Participant.objects.filter(homes__family=family).order_by("born_on", "pk")),
        Invoice.objects.filter(family=family).aggregate(count=Count("pk"))["count"],
        Booking.objects.filter(family=family, day__gte=on, state__in=LIVE).count(),
        balance_of(family),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the comparison."""

    label: str
    kept: str
    gone: str

    @property
    def differs(self) -> bool:
        return folded(self.kept) != folded(self.gone)


def compare(kept: Side, gone: Side) -> list[Compared]:
    """What the two files say, line by line."""
    return [Compared(label, tell(kept), tell(gone)) for label, tell in LINES]


def _where(side: Side) -> str:
    held = side.address
    return f"{held.lines}, {held.postcode} {held.city}" if held else ""


LINES = (
    ("Nom du dossier", lambda side: side.family.name),
    ("Adultes", lambda side: ", ".join(map(str, side.adults))),
    ("Enfants", lambda side: ", ".join(f"{one.first_name} ({one.born_on:%d/%m/%Y})" for one in side.children)),
    ("Adresse", _where),
    ("Téléphones", lambda side: ", ".join(side.phones)),
    ("E-mails", lambda side: ", ".join(adult.email for adult in side.adults if adult.email)),
    ("Comptes", lambda side: ", ".join(side.accounts)),
    ("Jours réservés à venir", lambda side: str(side.booked)),
    ("Factures", lambda side: f"{side.invoices}, dont {side.balance.invoices} à payer"),
)
