"""What most households of the demonstration brought to the counter before the school year began, written in bulk."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.cleaning import Cleaned
from preau.core.dates import local_day
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche, DemarcheEvent
from preau.demarches.queries import recipient_of
from preau.demarches.rules import fold
from preau.documents.actions.handing import KIND
from preau.documents.choices import DocumentState, FileState, Holder, ScanState, Sensitivity, Validity
from preau.documents.models import DocumentKind, StoredFile, SupportingDocument
from preau.documents.queries import proposed_for
from preau.documents.sealed import sealed_for
from preau.documents.storing import write
from preau.families.models import Adult, Family, Participant
from preau.town.models import SchoolYear, Service
from preau.townfile.demonstration.papers import paper
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.settling import BATCH

ALL_GIVEN, ALMOST = 0.8, 0.94  # of the households; the others brought nothing
BROUGHT = ("livret-de-famille", "justificatif-de-domicile", "piece-d-identite", "assurance", "carnet-de-vaccination")
IDENTITY_YEARS = 5
DAYS_BEFORE = 10

Somebody = Family | Adult | Participant


@dataclass(slots=True)
class Shelf:
    """The papers of a town. One sheet serves all the households, save what is sealed for a child."""

    at: dt.datetime
    valid_until: dict[str, dt.date | None]  # by kind
    sheets: dict[str, StoredFile] = field(default_factory=dict)

    def file(self, kind: DocumentKind, holder: Somebody) -> StoredFile:
        sheet = Cleaned(paper(kind.label, "Exemple"), "pdf", 1)
        if kind.is_sealed:
            assert isinstance(holder, Participant)
            return write(sheet, ScanState.NOT_SCANNED, seal=lambda one, key: sealed_for(holder, one, key), now=self.at)
        if kind.code not in self.sheets:
            self.sheets[kind.code] = write(sheet, ScanState.NOT_SCANNED, now=self.at)
        return self.sheets[kind.code]


def file_papers(scene: Scene, *, now: dt.datetime) -> None:
    """Of the households that have given nothing yet: most bring all, a few forget something or come back later."""
    today = local_day(now)
    rng = random.Random(f"pièces {today}")  # noqa: S311 (a demonstration)
    agent = User.objects.get(username=scene.agents[0].username)
    year = SchoolYear.objects.filter(ends_on__gte=today).earliest("starts_on")
    at = now - dt.timedelta(days=max(0, (today - year.starts_on).days) + DAYS_BEFORE)
    kinds = list(DocumentKind.objects.filter(code__in=BROUGHT, retired_on=None))
    seen = set[int]()
    families = Family.objects.exclude(demarches__kind=KIND).filter(homes__isnull=False).distinct().order_by("pk")
    given = [
        (family, kind, holder)
        for family in families.prefetch_related("adults", "homes__participant")
        for kind, holder in _brought(family, kinds, seen, rng)
    ]
    service = recipient_of(KIND, on=year.starts_on)
    if service is not None:
        _write(given, Shelf(at, {kind.code: _valid_until(kind, year.starts_on) for kind in kinds}), service, agent)


def _valid_until(kind: DocumentKind, on: dt.date) -> dt.date | None:
    if kind.validity == Validity.ASKED:
        return on.replace(year=on.year + IDENTITY_YEARS, day=1)
    return proposed_for(kind, on)


def _brought(
    family: Family, kinds: Sequence[DocumentKind], seen: set[int], rng: random.Random
) -> Iterator[tuple[DocumentKind, Somebody]]:
    luck = rng.random()
    if luck >= ALMOST:
        return
    forgotten = rng.choice(kinds) if luck >= ALL_GIVEN and kinds else None
    living = [home.participant for home in family.homes.all()]
    children = [one for one in living if one.adult_id is None and one.pk not in seen]
    seen.update(child.pk for child in children)
    holders: dict[str, Sequence[Somebody]] = {
        Holder.FAMILY: [family],
        Holder.ADULT: list(family.adults.all()),
        Holder.CHILD: children,
    }
    yield from ((kind, holder) for kind in kinds if kind != forgotten for holder in holders[kind.holder])


def _write(given: Sequence[tuple[Family, DocumentKind, Somebody]], shelf: Shelf, service: Service, agent: User) -> None:
    demarches = Demarche.objects.bulk_create(
        [
            Demarche(
                kind=KIND,
                service=service,
                family=family,
                participant=holder if isinstance(holder, Participant) else None,
                state=DemarcheState.ACCEPTED,
                summary=kind.label,
                words=fold(f"{family} {holder}"),
                sent_at=shelf.at,
                answered_at=shelf.at,
                answered_by=agent,
            )
            for family, kind, holder in given
        ],
        batch_size=BATCH,
    )
    DemarcheEvent.objects.bulk_create(
        [
            DemarcheEvent(demarche=demarche, at=shelf.at, by=agent, state=state)
            for demarche in demarches
            for state in (DemarcheState.SENT, DemarcheState.ACCEPTED)
        ],
        batch_size=BATCH,
    )
    SupportingDocument.objects.bulk_create(
        [
            SupportingDocument(
                demarche=demarche,
                kind=kind,
                file=shelf.file(kind, holder),
                state=DocumentState.ACCEPTED,
                at=shelf.at,
                valid_until=shelf.valid_until[kind.code],
                channel=Channel.COUNTER,
                handed_by=agent,
                household=family if kind.sensitivity == Sensitivity.JUDGMENT else None,
                **{COLUMNS[type(holder)]: holder},
            )
            for demarche, (family, kind, holder) in zip(demarches, given, strict=True)
        ],
        batch_size=BATCH,
    )
    StoredFile.objects.filter(state=FileState.WRITING, supporting_documents__isnull=False).update(state=FileState.KEPT)


COLUMNS = {Family: "family", Adult: "adult", Participant: "participant"}
