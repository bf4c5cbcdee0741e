"""Two files side by side: what they hold, who is likely whom, and what differs."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from preau.backoffice.queries.families import Balance, balance_of
from preau.billing.models import Invoice
from preau.bookings.choices import LIVE
from preau.bookings.models import Booking
from preau.demarches.reading import date_told
from preau.families.changing import ADULT_FIELDS, CHILD_FIELDS
from preau.families.merged_values import FILE_FIELDS, Taken
from preau.families.merging import SamePeople
from preau.families.models import Address, Adult, Family, Participant
from preau.families.rules import folded


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
    def people(self) -> list[Adult | Participant]:
        return [*self.adults, *self.children]

    @property
    def accounts(self) -> list[str]:
        return [adult.user.username for adult in self.adults if adult.user]


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


def compare(kept: Side, gone: Side) -> list[Compared]:
    """What the two files hold, line by line: nothing to choose, all of it is kept."""
    return [Compared(label, tell(kept), tell(gone)) for label, tell in LINES]


def _where(side: Side) -> str:
    held = side.address
    return f"{held.lines}, {held.postcode} {held.city}" if held else ""


LINES: Sequence[tuple[str, Callable[[Side], str]]] = (
    ("Adultes", lambda side: ", ".join(map(str, side.adults))),
    ("Enfants", lambda side: ", ".join(f"{one.first_name} ({one.born_on:%d/%m/%Y})" for one in side.children)),
    ("Comptes", lambda side: ", ".join(side.accounts)),
    ("Jours réservés à venir", lambda side: str(side.booked or "")),
    ("Factures", lambda side: f"{side.invoices}, dont {side.balance.invoices} à payer" if side.invoices else ""),
)


# Who is likely whom


def likely_same(kept: Side, gone: Side) -> SamePeople:
    """Adults of the same name, children of the same first name born the same day: an agent has the last word."""
    adults = _matched(kept.adults, gone.adults, lambda one: (folded(one.first_name), folded(one.last_name)))
    children = _matched(kept.children, gone.children, lambda one: (folded(one.first_name), one.born_on))
    return SamePeople(adults, children)


def _matched(kept: Sequence[Any], gone: Sequence[Any], key: Callable[[Any], Any]) -> dict[int, int]:
    """Gone to kept, each once; whoever is in both files already is left out."""
    free = {key(one): one.pk for one in reversed(kept) if one not in gone}
    return {one.pk: free.pop(key(one)) for one in gone if key(one) in free and one not in kept}


# What differs, and is chosen

ADDRESS, GARDE, FERME = "address", "garde", "ferme"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that differs: `name` in the form; `takes_gone` once the value of the file that goes away is chosen."""

    name: str
    label: str
    kept: str
    gone: str
    field: str
    person: Adult | Participant | None = None  # of the file that goes away
    takes_gone: bool = False


def choices_of(kept: Side, gone: Side, same: SamePeople, sent: Mapping[str, str]) -> list[Choice]:
    """The values that differ, of the file and of those who are one person. What was `sent` is kept; else the file that
    is kept is right, unless it says nothing."""
    found = [*_of_files(kept, gone)]
    found += _of_people("adulte", ADULT_FIELDS, kept.adults, gone.adults, same.adults)
    found += _of_people("enfant", CHILD_FIELDS, kept.children, gone.children, same.participants)
    differing = [one for one in found if one.gone and one.kept != one.gone]
    return [replace(one, takes_gone=sent.get(one.name, GARDE if one.kept else FERME) == FERME) for one in differing]


def _of_files(kept: Side, gone: Side) -> Iterator[Choice]:
    for field, label in FILE_FIELDS.items():
        yield Choice(f"valeur-dossier-{field}", label, getattr(kept.family, field), getattr(gone.family, field), field)
    yield Choice(f"valeur-dossier-{ADDRESS}", "adresse", _where(kept), _where(gone), ADDRESS)


def _of_people(
    kind: str, fields: Mapping[str, str], kept: Sequence[Any], gone: Sequence[Any], pairs: Mapping[int, int]
) -> Iterator[Choice]:
    by_key = {one.pk: one for one in kept}
    for person in gone:
        if (other := by_key.get(pairs.get(person.pk, 0))) is None:
            continue
        for field, label in fields.items():
            name, told = f"valeur-{kind}-{person.code}-{field}", f"{label}, {other.first_name}"
            yield Choice(name, told, _said(other, field), _said(person, field), field, person)


def _said(person: Adult | Participant, field: str) -> str:
    """A value as an agent reads it."""
    if field == "birth_date":
        return date_told(getattr(person, field))
    if field == "born_on":
        return f"{getattr(person, field):%d/%m/%Y}"
    show = getattr(person, f"get_{field}_display", None)
    return str(show() if show else getattr(person, field))


def taken_of(choices: list[Choice]) -> Taken:
    """What was chosen of the file that goes away."""
    won = [choice for choice in choices if choice.takes_gone]
    people: dict[type[Adult] | type[Participant], dict[int, list[str]]] = {Adult: {}, Participant: {}}
    for choice in won:
        if choice.person is not None:
            people[type(choice.person)].setdefault(choice.person.pk, []).append(choice.field)
    own = [choice.field for choice in won if choice.person is None]
    return Taken(
        fields=[field for field in own if field != ADDRESS],
        has_address=ADDRESS in own,
        adults=people[Adult],
        participants=people[Participant],
    )
