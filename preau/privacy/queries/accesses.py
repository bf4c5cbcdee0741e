"""Who read or took away what: health sheets, judgments, papers, files, lists, as the journal tells."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Q, QuerySet

from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.core.dates import PARIS
from preau.families.models import Adult, Family, Home, Participant
from preau.families.searching import files_found
from preau.health.choices import Purpose
from preau.journal.models import Entry

READINGS: Mapping[str, str] = MappingProxyType(
    {
        "health.read": "Fiche sanitaire lue",
        "members.judgments_read": "Jugements lus",
        "members.collectors_read": "Personnes à appeler lues",
        "documents.read": "Pièce sensible lue",
        "families.read": "Dossier ouvert",
    }
)
EXPORTS: Mapping[str, str] = MappingProxyType(
    {
        "backoffice.children_exported": "Liste d’enfants emportée",
        "bookings.children_exported": "Liste des enfants d’un jour emportée",
        "checklist.exported": "Liste de dossiers emportée",
        "billing.invoices_exported": "Liste de factures emportée",
        "billing.payments_exported": "Liste de paiements emportée",
        "registration.takeover_exported": "Reprise de comptes emportée",
        "accounts.acceptances_exported": "Acceptations emportées",
        "privacy.accesses_exported": "Registre des accès emporté",
        "privacy.export_downloaded": "Données emportées par la personne",
        "privacy.adult_export_downloaded": "Données emportées pour une personne sans compte",
    }
)
ACCESSES: Mapping[str, str] = MappingProxyType({**READINGS, **EXPORTS})


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. `person` are words: a name, a number; `agent` a code; days both included; "" and None are
    everything."""

    person: str = ""
    agent: str = ""
    action: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the register, with the names of today; somebody who was erased has none."""

    at: dt.datetime
    who: str
    what: str
    about: str
    detail: str
    is_emergency: bool


def accesses(sought: Sought) -> QuerySet[Entry]:
    """The entries, the latest first."""
    rows = Entry.objects.filter(action__in=[sought.action] if sought.action in ACCESSES else list(ACCESSES))
    if sought.agent:
        rows = rows.filter(actor=f"{UserKind.STAFF}:{sought.agent}")
    if sought.first:
        rows = rows.filter(at__gte=dt.datetime.combine(sought.first, dt.time(), PARIS))
    if sought.last:
        rows = rows.filter(at__lt=dt.datetime.combine(sought.last + dt.timedelta(days=1), dt.time(), PARIS))
    if sought.person.strip():
        rows = rows.filter(_about(sought.person))
    return rows.order_by("-at", "-pk")


def _about(words: str) -> Q:
    """About those whose file the words find, their children and themselves."""
    files = files_found(Family.objects.all(), words)
    people = Participant.objects.filter(pk__in=Home.objects.filter(family__in=files).values("participant"))
    users = User.objects.filter(adult__family__in=files).values_list("code", flat=True)
    theirs = Q(family__in=files.values("code")) | Q(participant__in=people.values("code"))
    return theirs | Q(actor__in=[f"{UserKind.FAMILY}:{code}" for code in users])


def told(entries: Sequence[Entry]) -> list[Access]:
    """These entries with their names: three queries, whatever their number."""
    people, families, users = _names(entries)
    return [
        Access(
            at=entry.at,
            who=users.get(entry.actor.partition(":")[2], "compte effacé"),
            what=ACCESSES[entry.action],
            about=people.get(entry.participant) or families.get(entry.family, ""),
            detail=_detail(entry),
            is_emergency=entry.facts.get("purpose") == Purpose.EMERGENCY,
        )
        for entry in entries
    ]


def _names(entries: Sequence[Entry]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    people = Participant.objects.filter(code__in={entry.participant for entry in entries})
    families = Family.objects.filter(code__in={entry.family for entry in entries})
    users = User.objects.filter(code__in={entry.actor.partition(":")[2] for entry in entries})
    return (
        {one.code: str(one) for one in people},
        {one.code: f"Famille {one.name}, dossier {one.number}" for one in families},
        {one.code: str(one) for one in users},
    )


def _detail(entry: Entry) -> str:
    """Never a value that was read: why, or which list."""
    if entry.action == "health.read":
        purpose = str(entry.facts.get("purpose", ""))
        return Purpose(purpose).label.capitalize() if purpose in Purpose.values else ""
    if entry.action in EXPORTS and entry.facts.get("rows"):
        return f"{entry.facts['rows']} lignes"
    return entry.subject if entry.action == "checklist.exported" else ""


def register_rows(entries: QuerySet[Entry]) -> Iterator[Sequence[object]]:
    """The register for a spreadsheet, its titles first."""
    yield "Quand", "Qui", "Quoi", "Au sujet de", "Précision"
    batch: list[Entry] = []
    for entry in entries.iterator(chunk_size=1000):
        batch.append(entry)
        if len(batch) == 1000:
            yield from _cells(batch)
            batch = []
    yield from _cells(batch)


def _cells(entries: Sequence[Entry]) -> Iterator[Sequence[object]]:
    for one in told(entries):
        yield f"{one.at.astimezone(PARIS):%d/%m/%Y %H:%M}", one.who, one.what, one.about, one.detail


def readers() -> list[User]:
    """Those whose readings may be looked for: every agent, the closed ones too."""
    return list(User.objects.filter(kind=UserKind.STAFF).order_by("last_name", "first_name", "pk"))


@dataclass(frozen=True, slots=True)
class Erasable:
    """A file that the words find, with its people, each of whom may be erased. The data of an adult without an account
    may be taken away, as long as the file is open."""

    family: Family
    adults: tuple[Adult, ...]
    children: tuple[Participant, ...]


def erasable(files: Collection[Family]) -> list[Erasable]:
    """Two queries, whatever their number."""
    adults = Adult.objects.filter(family__in=files).order_by("pk")
    homes = Home.objects.filter(family__in=files, participant__adult=None).select_related("participant")
    by_family: dict[int, list[Adult]] = {}
    for adult in adults:
        by_family.setdefault(adult.family_id, []).append(adult)
    children: dict[int, list[Participant]] = {}
    for home in homes.order_by("participant__born_on", "pk"):
        children.setdefault(home.family_id, []).append(home.participant)
    return [
        Erasable(family, tuple(by_family.get(family.pk, ())), tuple(children.get(family.pk, ()))) for family in files
    ]
