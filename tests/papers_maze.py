"""The papers of the separated families of the maze: what each gave the town, keeps and received, what is sealed about
each child, whom each named to collect it, what they disagree on. Written in bulk, as the portal's actions would."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction

from preau.accounts.testing import make_agent
from preau.demarches.models import Demarche
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import DocumentKind, OwnDocument, StoredFile, SupportingDocument, TownDocument
from preau.documents.storing import keep
from preau.documents.testing import make_kind, make_stored
from preau.families.models import Adult, Participant
from preau.health.choices import Item, Purpose
from preau.health.models import HealthReading
from preau.health.testing import make_field
from preau.members.choices import DISAGREEMENT
from preau.members.models import Disagreement, TrustedPerson
from preau.town.models import Service
from preau.town.testing import make_service
from tests.maze import NOW, Maze

HANDED = "documents.handed"


@dataclass
class Papers:
    """By the keys of who they are about; `given` tells of each document its code, its sensitivity and its household."""

    of_child: dict[int, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    of_household: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    of_adult: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    own: dict[int, set[str]] = field(default_factory=dict)
    of_town: dict[int, set[str]] = field(default_factory=dict)
    named: dict[int, list[TrustedPerson]] = field(default_factory=lambda: defaultdict(list))  # by child
    disagreements: list[Demarche] = field(default_factory=list)


def write_papers(maze: Maze) -> Papers:
    """All of them but what is sealed, which takes time: see `seal_sheets`."""
    papers, service, stored = Papers(), make_service("enfance"), make_stored(now=NOW)
    keep(stored)
    kinds = [
        make_kind("carnet", holder=Holder.CHILD),
        make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH),
        make_kind("jugement", holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT),
    ]
    writer = _Writer(service, stored)
    families = {adult.family_id: adult for adult in maze.told.adults}
    for rank, child in enumerate(maze.told.children):
        homes = maze.told.homes[child.pk]
        for kind in kinds:
            giver = families[homes[rank % len(homes)]]
            code = writer.give(kind, giver, participant=child)
            papers.of_child[child.pk].append((code, kind.sensitivity, giver.family_id))
    address, identity = make_kind("domicile"), make_kind("identite", holder=Holder.ADULT)
    for adult in families.values():
        papers.of_household[adult.family_id].add(writer.give(address, adult, family=adult.family))
    for adult in maze.told.adults:
        papers.of_adult[adult.pk].add(writer.give(identity, adult, adult=adult))
    writer.write()
    own = OwnDocument.objects.bulk_create(
        OwnDocument(adult=adult, file=stored, title=f"Secret {adult.pk}", at=NOW) for adult in maze.told.adults
    )
    papers.own = {one.adult_id: {one.code} for one in own}
    letters = TownDocument.objects.bulk_create(
        TownDocument(family_id=family, file=stored, title=f"Courrier {family}", at=NOW) for family in families
    )
    papers.of_town = {one.family_id: {one.code} for one in letters}
    name_persons(maze, papers, service)
    return papers


@dataclass
class _Writer:
    service: Service
    stored: StoredFile
    headers: list[Demarche] = field(default_factory=list)
    documents: list[SupportingDocument] = field(default_factory=list)

    def give(self, kind: DocumentKind, giver: Adult, **holder: object) -> str:
        participant = holder.get("participant")
        header = Demarche(
            kind=HANDED,
            service=self.service,
            family=giver.family,
            participant=participant if isinstance(participant, Participant) else None,
            asked_by=giver.user,
            summary=kind.label,
            sent_at=NOW,
        )
        self.headers.append(header)
        if kind.sensitivity == Sensitivity.JUDGMENT:
            holder["household"] = giver.family
        document = SupportingDocument(kind=kind, file=self.stored, at=NOW, handed_by=giver.user, **holder)
        self.documents.append(document)
        return header.code

    def write(self) -> None:
        Demarche.objects.bulk_create(self.headers)
        for header, document in zip(self.headers, self.documents, strict=True):
            document.demarche = header
        SupportingDocument.objects.bulk_create(self.documents)


def name_persons(maze: Maze, papers: Papers, service: Service) -> None:
    """Each adult who may act names somebody for each child; the next of them contests every second one."""
    people: list[TrustedPerson] = []
    contested: list[tuple[TrustedPerson, Adult]] = []
    for child in maze.told.children:
        namers = [
            adult
            for adult in maze.adults_near[child.pk]
            if maze.level(adult, child, "pickup", NOW.date()) == 2 and adult.family_id not in maze.told.archived
        ]
        for place, adult in enumerate(namers):
            number = len(people)
            person = TrustedPerson(
                participant=child,
                first_name="Tiers",
                last_name=f"Numéro{number}",
                link="Voisin",
                phone=f"09 {number:08d}",
                may_collect=True,
                starts_on=NOW.date(),
                signed_by=adult,
                signed_at=NOW,
            )
            people.append(person)
            papers.named[child.pk].append(person)
            if place == 0 and len(namers) > 1:
                person.contested_by, person.contested_at = namers[1], NOW
                contested.append((person, namers[1]))
    TrustedPerson.objects.bulk_create(people)
    papers.disagreements = Demarche.objects.bulk_create(
        Demarche(
            kind=DISAGREEMENT,
            service=service,
            family=person.signed_by.family,
            participant=person.participant,
            asked_by=opponent.user,
            summary=f"Désaccord entre parents : {person}",
            sent_at=NOW,
        )
        for person, opponent in contested
    )
    Disagreement.objects.bulk_create(
        Disagreement(demarche=demarche, person=person)
        for demarche, (person, _) in zip(papers.disagreements, contested, strict=True)
    )


@transaction.atomic
def seal_sheets(maze: Maze, children: set[int]) -> None:
    """A word on the sheet of each of these children, which an agent has read."""
    agent = make_agent(username="lectrice")
    for child in children:
        make_field(maze.children[child], Item.ADVICE, json.dumps({"text": f"Conseil{child}!"}))
    HealthReading.objects.bulk_create(
        HealthReading(participant_id=child, by=agent, at=NOW, purpose=Purpose.ON_DUTY, names=["advice"])
        for child in children
    )
