"""What parents of the demonstration have signed: who collects, authorisations, photos, diets; one disagreement."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from preau.core.dates import local_day
from preau.families.models import Adult, AuthorisationKind, Consent, Family, Guardianship, Participant
from preau.members.actions.authorising import sign_authorisations
from preau.members.actions.trusting import Named, name_person
from preau.members.models import Diet, DietChoice, TrustedPerson
from preau.members.queries.authorisations import kinds_asked
from preau.members.rules import is_asked
from preau.townfile.demonstration.words import MEN, SURNAMES, WOMEN

BATCH = 1000
LINKS = (
    ("Grand-mère", WOMEN),
    ("Grand-père", MEN),
    ("Tante", WOMEN),
    ("Oncle", MEN),
    ("Voisine", WOMEN),
    ("Ami de la famille", MEN),
)


@dataclass(frozen=True, slots=True)
class Child:
    """A child and those who sign for it, the first of its household first."""

    participant: Participant
    parents: tuple[Adult, ...]


def sign_for_all(visited: Family, rng: random.Random, *, since: dt.date, now: dt.datetime) -> None:
    """Written in bulk for the town, two years ago at most; by the parents' own hands for the household visited and for
    those who do not agree."""
    children = list(_children())
    signed_at = now - dt.timedelta(days=60)
    others = [child for child in children if all(parent.family_id != visited.pk for parent in child.parents)]
    _name_some(others, rng, since=since, signed_at=signed_at)
    _answer_most(others, rng, on=local_day(now), signed_at=signed_at)
    _choose_diets(others, rng, since=since, signed_at=signed_at)
    _household([child for child in children if child not in others], visited, since=since, signed_at=signed_at)
    _disagree(others, now=now - dt.timedelta(days=2))


def _children() -> Iterator[Child]:
    bonds = Guardianship.objects.filter(participant__adult__isnull=True, pickup=2)
    by_child: dict[int, tuple[Participant, list[Adult]]] = {}
    for bond in bonds.select_related("participant", "adult__family", "adult__user").order_by(
        "participant_id", "adult_id"
    ):
        by_child.setdefault(bond.participant_id, (bond.participant, []))[1].append(bond.adult)
    for participant, parents in by_child.values():
        yield Child(participant, tuple(parents))


def _name_some(children: Iterable[Child], rng: random.Random, *, since: dt.date, signed_at: dt.datetime) -> None:
    rows = []
    for child in children:
        for rank in range(1, rng.choice((0, 1, 1, 1, 1, 1, 1, 2, 2, 3)) + 1):
            link, first_names = rng.choice(LINKS)
            rows.append(
                TrustedPerson(
                    participant=child.participant,
                    first_name=rng.choice(first_names),
                    last_name=rng.choice(SURNAMES).replace("-", " "),
                    link=link,
                    phone=f"06 {' '.join(f'{rng.randrange(100):02d}' for _ in range(4))}",
                    may_collect=rng.random() < 0.8 or rank > 1,
                    emergency_order=rank if rank == 1 or rng.random() < 0.5 else None,
                    starts_on=since,
                    signed_by=child.parents[0],
                    signed_at=signed_at,
                )
            )
    TrustedPerson.objects.bulk_create(rows, batch_size=BATCH)


def _answer_most(children: Iterable[Child], rng: random.Random, *, on: dt.date, signed_at: dt.datetime) -> None:
    asked = kinds_asked(on=on)
    rows = []
    for child in children:
        if rng.random() < 0.05:  # who has not answered anything yet
            continue
        for kind, text in asked:
            is_theirs = is_asked(child.participant.born_on, on, from_age=kind.from_age, to_age=kind.to_age)
            if is_theirs and rng.random() < 0.98:
                given = rng.random() < (0.6 if kind.is_image else 0.85)
                signer = child.parents[0]
                row = Consent(adult=signer, participant=child.participant, text=text, given=given, at=signed_at)
                rows.append(row)
    Consent.objects.bulk_create(rows, batch_size=BATCH)


def _choose_diets(children: Iterable[Child], rng: random.Random, *, since: dt.date, signed_at: dt.datetime) -> None:
    diets = list(Diet.objects.order_by("order"))
    if not diets:
        return
    chosen = [(child, rng.choice(diets)) for child in children if rng.random() < 0.18]
    rows = [
        DietChoice(participant=child.participant, starts_on=since, signed_by=child.parents[0], signed_at=signed_at)
        for child, _ in chosen
    ]
    DietChoice.objects.bulk_create(rows, batch_size=BATCH)
    through = DietChoice.diets.through
    through._default_manager.bulk_create(
        [through(dietchoice=row, diet=diet) for row, (_, diet) in zip(rows, chosen, strict=True)], batch_size=BATCH
    )


def _household(children: Sequence[Child], family: Family, *, since: dt.date, signed_at: dt.datetime) -> None:
    """The grandmother is named by the first parent for all, a friend by the second; the first has answered, the second
    not yet, and not about the press."""
    if not children:
        return
    participants = [child.participant for child in children]
    first, *others = children[0].parents
    grandmother = Named(
        "Jeanne", first.last_name, "Grand-mère", "06 11 22 33 44", True, since, "01 99 00 12 34", emergency_order=1
    )
    neighbour = Named(
        "Rosa", "Ferreira", "Voisine", "06 44 33 22 11", True, since, ends_on=since + dt.timedelta(days=700)
    )
    for named in (grandmother, neighbour):
        _by(first, participants, named, now=signed_at)
    for other in others[:1]:
        _by(
            other,
            participants[:1],
            Named("Karim", "Haddad", "Ami de la famille", "06 55 44 33 22", True, since),
            now=signed_at,
        )
    answers = {kind.code: not kind.is_image or kind.code == "image-interne" for kind in AuthorisationKind.objects.all()}
    answers.pop("image-presse", None)
    for participant in participants[:-1] or participants:
        if first.user is not None:
            sign_authorisations(adult=first, participant=participant, answers=answers, by=first.user, now=signed_at)


def _by(adult: Adult, participants: Sequence[Participant], named: Named, *, now: dt.datetime) -> None:
    if adult.user is not None:
        name_person(adult=adult, participants=participants, named=named, by=adult.user, now=now)


def _disagree(children: Iterable[Child], *, now: dt.datetime) -> None:
    """Two parents in two homes who have accounts: one says yes to the photos, the other no."""
    apart = (child for child in children if len({parent.family_id for parent in child.parents}) > 1)
    child = next((one for one in apart if all(parent.user for parent in one.parents)), None)
    if child is None:
        return
    image = AuthorisationKind.objects.filter(is_image=True).order_by("-order").first()
    kind = image or AuthorisationKind.objects.order_by("-order").first()
    for parent, given in zip(child.parents, (True, False), strict=False):
        if kind is not None and parent.user is not None:
            sign_authorisations(
                adult=parent, participant=child.participant, answers={kind.code: given}, by=parent.user, now=now
            )
