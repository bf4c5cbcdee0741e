"""Family files for agents: those that a search finds, and one of them whole."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, Min, Prefetch, Q, QuerySet, Sum

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.backoffice.queries.history import Told, told_of
from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Invoice, Payer
from preau.core.dates import age_on, local_day
from preau.core.templatetags.ui import date_longue
from preau.demarches.models import Demarche
from preau.demarches.permissions import closed_to
from preau.enrolments.models import Enrolment
from preau.enrolments.queries import enrolments_of
from preau.families.choices import Situation
from preau.families.models import (
    Address,
    Adult,
    Family,
    FileNote,
    FileNumber,
    Guardianship,
    Home,
    Participant,
    Schooling,
)
from preau.families.permissions import families_in_scope
from preau.families.queries import schooling_on, with_schooling
from preau.families.searching import files_found
from preau.health.permissions import readable_by
from preau.health.queries.states import has_pai
from preau.members.permissions import children_in_scope
from preau.pricing.models import Quotient
from preau.pricing.quotients import quotient_on
from preau.registration.queries.accounts import AdultRow, adults_waiting, rows_of
from preau.town.models import Town

LATEST = 6
NOTES = 10
ONE_DAY = dt.timedelta(days=1)


def files_of(user: User, text: str, *, on: dt.date) -> QuerySet[Family]:
    """The files in the agent's scope that the words find, by name."""
    mine = families_in_scope(user, Capability.SEE_FAMILIES, on=on).filter(merged_into__isnull=True)
    found = files_found(mine, text)
    homes = Home.objects.select_related("participant").prefetch_related(
        Prefetch("participant__schoolings", Schooling.objects.select_related("year", "level", "place"))
    )
    return found.prefetch_related(
        Prefetch("adults", Adult.objects.order_by("pk")),
        Prefetch("homes", homes.order_by("participant__born_on", "pk")),
        Prefetch("numbers", FileNumber.objects.select_related("service").order_by("service__name")),
    ).order_by("name", "number", "pk")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file in a list, with its people."""

    family: Family
    adults: list[Adult]
    children: list[tuple[Participant, Schooling | None]]


def found_files(files: Iterable[Family], *, on: dt.date) -> list[FoundFile]:
    """The rows of a page of `files_of`: no query more."""
    return [
        FoundFile(
            family,
            list(family.adults.all()),
            [
                (home.participant, schooling_on(home.participant.schoolings.all(), on))
                for home in family.homes.all()
                if home.participant.adult_id is None
            ],
        )
        for family in files
    ]


@dataclass(frozen=True, slots=True)
class OtherHome:
    """Another household of a child. `is_open_to` says whether the agent may open its file."""

    family: Family
    adults: tuple[str, ...]
    is_open_to: bool


@dataclass(frozen=True, slots=True)
class ChildRow:
    """Someone of the file who takes part; `later` is the school of the year after, once it is known."""

    person: Participant
    schooling: Schooling | None
    later: Schooling | None
    enrolments: list[Enrolment]
    age: int
    has_pai: bool
    is_readable: bool  # whether the agent may open the health sheet
    is_collected: bool  # whether the agent may open who may collect the child
    is_judged: bool  # whether the agent may open what judgments say
    others: list[OtherHome]


@dataclass(frozen=True, slots=True)
class Bond:
    """What ties an adult to a child of the file, when it is not plain parental authority."""

    child: str
    situation: str


@dataclass(frozen=True, slots=True)
class AdultLine:
    """An adult of the file, the state of the account, and what is not plain about their bonds."""

    row: AdultRow
    pays: bool
    bonds: list[Bond]


@dataclass(frozen=True, slots=True)
class Balance:
    """What the household owes; `due_on` is the earliest of its unpaid invoices."""

    cents: int
    invoices: int
    due_on: dt.date | None


@dataclass(frozen=True)
class FileView:
    """A file on one page."""

    family: Family
    quotient: Quotient | None
    address: Address | None
    is_resident: bool
    children: list[ChildRow]
    adults: list[AdultLine]
    balance: Balance
    notes: list[FileNote]  # the latest first
    latest: list[Told]

    @property
    def about(self) -> str:
        """« quotient 742 (CAF ou MSA, lu en ligne, depuis le 1er janvier 2026) · habite la commune »."""
        if self.quotient is None or self.quotient.value_cents is None:
            told = "quotient inconnu, tarif le plus haut"
        else:
            source, since = self.quotient.get_source_display(), date_longue(self.quotient.starts_on)
            told = f"quotient {number(self.quotient.value_cents)} ({source}, depuis le {since})"
        if self.address is None:
            return told
        return f"{told} · {'habite' if self.is_resident else 'n’habite pas'} la commune"

    @property
    def note(self) -> FileNote | None:
        """The one in force."""
        return self.notes[0] if self.notes and self.notes[0].text else None

    @property
    def notes_before(self) -> list[FileNote]:
        return self.notes[1:]

    @cached_property
    def others(self) -> list[OtherHome]:
        """The other households of the children, once each."""
        return list({other.family.pk: other for child in self.children for other in child.others}.values())


def read_file(user: User, family: Family, *, town: Town, now: dt.datetime) -> FileView:
    """The file as this agent reads it: the same queries whatever it holds."""
    today = local_day(now)
    people = list(
        Participant.objects.filter(homes__family=family)
        .prefetch_related(with_schooling())
        .order_by("born_on", "first_name", "pk")
    )
    address = Address.objects.filter(family=family, starts_on__lte=today).order_by("-starts_on").first()
    return FileView(
        family=family,
        quotient=quotient_on(family, today),
        address=address,
        is_resident=address is not None and address.insee_code == town.insee_code,
        children=_children(user, family, people, today),
        adults=_adults(family, people, now),
        balance=balance_of(family),
        notes=list(FileNote.objects.filter(family=family).select_related("by").order_by("-at", "-pk")[:NOTES]),
        latest=told_of(family, limit=LATEST),
    )


def _children(user: User, family: Family, people: Sequence[Participant], today: dt.date) -> list[ChildRow]:
    enrolments: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments_of(people, on=today):
        enrolments[enrolment.participant_id].append(enrolment)
    others = _others(user, family, people, today)
    with_pai = has_pai(people, today)
    readable = readable_by(user, people, on=today)
    collected = readable_by(user, people, Capability.SEE_CHILDREN, on=today)
    judged = set(children_in_scope(user, Capability.SEE_JUDGMENTS, on=today).filter(homes__family=family))
    return [
        ChildRow(
            person,
            *_two_years(person, today),
            enrolments[person.pk],
            age_on(person.born_on, today),
            person.pk in with_pai,
            person.pk in readable,
            person.pk in collected,
            person in judged,
            others[person.pk],
        )
        for person in people
    ]


def _two_years(person: Participant, today: dt.date) -> tuple[Schooling | None, Schooling | None]:
    """The school of the running year, or of the next one, and that of the year after."""
    now = schooling_on(person.schoolings.all(), today)
    return now, schooling_on(person.schoolings.all(), now.year.ends_on + ONE_DAY) if now else None


def _others(user: User, family: Family, people: Sequence[Participant], today: dt.date) -> dict[int, list[OtherHome]]:
    """The other homes of each: two queries. Their adults are named, nothing more: the rest is in their own file."""
    homes = (
        Home.objects.filter(participant__in=people)
        .exclude(family=family)
        .select_related("family")
        .prefetch_related(Prefetch("family__adults", Adult.objects.order_by("pk")))
        .order_by("pk")
    )
    mine = families_in_scope(user, Capability.SEE_FAMILIES, on=today)
    theirs = list(homes)
    seen = set(mine.filter(pk__in=[home.family_id for home in theirs]).values_list("pk", flat=True))
    found: dict[int, list[OtherHome]] = defaultdict(list)
    for home in theirs:
        names = tuple(str(adult) for adult in home.family.adults.all())
        found[home.participant_id].append(OtherHome(home.family, names, home.family_id in seen))
    return found


def _adults(family: Family, people: Sequence[Participant], now: dt.datetime) -> list[AdultLine]:
    adults = list(Adult.objects.filter(family=family).select_related("family", "user").order_by("pk"))
    rows = rows_of(adults, now=now, waiting=adults_waiting())
    payers = set(Payer.objects.filter(family=family).values_list("adult", flat=True))
    names = {person.pk: person.first_name for person in people}
    in_force: dict[tuple[int, int], Guardianship] = {}
    bonds = Guardianship.objects.filter(adult__in=adults, participant__in=people, starts_on__lte=local_day(now))
    for bond in bonds.order_by("starts_on"):
        in_force[bond.adult_id, bond.participant_id] = bond
    told: dict[int, list[Bond]] = defaultdict(list)
    for (adult, child), bond in in_force.items():
        if bond.situation != Situation.EXERCISES:
            told[adult].append(Bond(names[child], bond.get_situation_display()))
    return [AdultLine(row, row.adult.pk in payers, told[row.adult.pk]) for row in rows]


def number(cents: int) -> str:
    """A quotient: « 742 », « 742,50 »."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def issued_for(family: Family) -> Q:
    """The invoices of the file, and of those merged into it, where they were issued."""
    return Q(family=family) | Q(family__merged_into=family)


def balance_of(family: Family) -> Balance:
    """What is due, whatever the régie, for the files merged into this one too: one query."""
    due = Invoice.objects.filter(
        issued_for(family), state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE, settled_cents__lt=F("total_cents")
    ).aggregate(cents=Sum(F("total_cents") - F("settled_cents")), invoices=Count("pk"), due_on=Min("due_on"))
    return Balance(due["cents"] or 0, due["invoices"], due["due_on"])


def invoices_of(family: Family) -> QuerySet[Invoice]:
    """The issued invoices of the household, the latest first."""
    issued = Invoice.objects.filter(issued_for(family), state=InvoiceState.ISSUED)
    return issued.select_related("regie", "campaign", "payer__adult").order_by("-issued_on", "-pk")


def demarches_of(family: Family, user: User, *, on: dt.date) -> QuerySet[Demarche]:
    """The requests about the file that this agent may know of, the latest first."""
    rows = Demarche.objects.filter(family=family).exclude(closed_to(user, on))
    return rows.select_related("service", "participant", "answered_by").order_by("-sent_at", "-pk")
