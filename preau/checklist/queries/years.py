"""The file of the year, as a parent walks through it."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from preau.accounts.models import User
from preau.checklist.choices import OF_THE_HOUSEHOLD, Item, Step
from preau.checklist.models import Season, YearConfirmation
from preau.checklist.queries.sources import SOURCES, Asking, in_household
from preau.checklist.words import in_a_sentence, words_of
from preau.core.templatetags.ui import date_longue
from preau.documents.around import activities_of
from preau.documents.choices import OWED
from preau.documents.queries import Need, needs_of, served_by
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Address, Adult, Family, Guardianship, Participant
from preau.families.permissions import bonds_in_force
from preau.families.queries import household_of, schooling_on, with_schooling


def season_of(on: dt.date) -> Season | None:
    """The file that is open on a day, else the next to open, else the last that closed."""
    seasons = list(Season.objects.select_related("year").order_by("opens_on"))
    opened = [season for season in seasons if season.is_open(on)]
    coming = [season for season in seasons if season.opens_on > on]
    return next(iter([*opened, *coming, *reversed(seasons)]), None)


def just_closed(on: dt.date) -> Season | None:
    """The last file that closed, as long as its school year is not over."""
    closed = Season.objects.select_related("year").filter(closes_on__lt=on, year__ends_on__gte=on)
    return closed.order_by("closes_on").last()


@dataclass(frozen=True, slots=True)
class Known:
    """Something that the file says, as the step shows it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class YearStep:
    """A step for a child or for the household. `missing` tells what must be given first; `done` who confirmed it."""

    step: Step
    known: tuple[Known, ...]
    missing: tuple[str, ...]
    edit: str
    done: YearConfirmation | None

    @property
    def slug(self) -> str:
        return SLUGS[self.step]

    @property
    def can_confirm(self) -> bool:
        return self.done is None and not self.missing

    @property
    def seen(self) -> str:
        """Of which version « rien n’a changé » is said."""
        told = "\n".join(f"{one.label}: {one.value}" for one in self.known)
        return hashlib.sha256(told.encode()).hexdigest()


SLUGS: Mapping[Step, str] = {
    Step.COORDINATES: "coordonnees",
    Step.IDENTITY: "identite",
    Step.HEALTH: "fiche-sanitaire",
    Step.AUTHORISATIONS: "autorisations",
    Step.IMAGE: "droit-a-l-image",
    Step.DOCUMENTS: "documents",
}


@dataclass(frozen=True, slots=True)
class YearPart:
    """What is looked at again for a child (`person`), or for the household."""

    person: Participant | None
    steps: tuple[YearStep, ...]

    @property
    def done(self) -> int:
        return sum(step.done is not None for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)

    @property
    def confirmable(self) -> list[YearStep]:
        return [step for step in self.steps if step.can_confirm]

    @property
    def next(self) -> YearStep | None:
        return next((step for step in self.steps if step.done is None), None)

    @property
    def url(self) -> str:
        return reverse("checklist:year_child", args=[self.person.code]) if self.person else ""


@dataclass(frozen=True, slots=True)
class YearFile:
    """The file of a family for a season: the household's part and those of the children, the eldest first."""

    season: Season
    family: Family | None
    parts: list[YearPart]

    @property
    def is_done(self) -> bool:
        return all(part.is_done for part in self.parts)

    @property
    def done(self) -> int:
        return sum(part.is_done for part in self.parts)

    def part(self, code: str) -> YearPart | None:
        """That of the child of this code; "" is the household's."""
        return next((part for part in self.parts if (part.person.code if part.person else "") == code), None)


def year_file(user: User, season: Season, *, on: dt.date) -> YearFile:
    """What this parent has to look at again: the same queries for one child or six."""
    bonds = {bond.participant_id: bond for bond in bonds_in_force(user, on=on).filter(identity=AccessLevel.ACT)}
    minors = Participant.objects.filter(pk__in=bonds, adult=None).prefetch_related(with_schooling())
    children = list(minors.order_by("born_on", "first_name", "pk"))
    family = household_of(user)
    asked = [step for step in Step if step in season.steps]
    reading = _Reading(season, children, family, on)
    if family and Step.DOCUMENTS in asked and children:
        reading.read_documents(user)
    shared = reading.steps(None, [step for step in asked if step in OF_THE_HOUSEHOLD]) if family else ()
    parts = [YearPart(None, shared)]
    for child in children:
        mine = [step for step in asked if step not in OF_THE_HOUSEHOLD and _is_theirs(bonds[child.pk], step)]
        parts.append(YearPart(child, reading.steps(child, mine)))
    return YearFile(season, family, [part for part in parts if part.steps])


def _is_theirs(bond: Guardianship, step: Step) -> bool:
    """Whether this parent may act on what a step is about: a health sheet is not everyone’s."""
    subject = Subject.DOCUMENTS if step == Step.DOCUMENTS else words_of(NEEDED[step][0]).subject
    return bool(getattr(bond, subject) == AccessLevel.ACT)


NO_DOCUMENT = (Known("Documents", "La mairie n’en demande aucun"),)
NOTHING_ASKED = (Known("Autorisations", "La mairie ne pose aucune question pour cet âge"),)


class _Reading:
    """What the steps of a family show, read at once."""

    def __init__(self, season: Season, children: Sequence[Participant], family: Family | None, on: dt.date) -> None:
        self.season, self.on, self.family = season, on, family
        keys = [child.pk for child in children]
        rows = YearConfirmation.objects.filter(season=season).select_related("by")
        self.done = {(row.step, row.participant_id): row for row in rows.filter(participant__in=keys)}
        if family:
            self.done |= {(row.step, None): row for row in rows.filter(family=family)}
        asking = Asking(children, on, in_household(family.pk if family else None))
        self.states = {item: SOURCES[item](asking) for item in {item for items in NEEDED.values() for item in items}}
        self.asked = asking.authorisations
        self.adults = list(Adult.objects.filter(family=family).order_by("first_name", "pk")) if family else []
        addresses = Address.objects.filter(family=family, starts_on__lte=on) if family else Address.objects.none()
        self.address = addresses.order_by("-starts_on").first()
        self.needs: list[Need] = []

    def read_documents(self, user: User) -> None:
        """What this parent is asked for: of each child, of the household and of its adults. Seven queries."""
        assert self.family is not None
        served = served_by(user, self.family, on=self.on)
        activities = activities_of([child.pk for child in served.children], self.on)
        self.needs = needs_of(served, activities, on=self.on)

    def steps(self, child: Participant | None, steps: Collection[Step]) -> tuple[YearStep, ...]:
        return tuple(self._step(child, step) for step in steps)

    def _step(self, child: Participant | None, step: Step) -> YearStep:
        key = child.pk if child else None
        if step == Step.DOCUMENTS:
            missing = tuple(in_a_sentence(need.label) for need in self._needs_of(child) if need.is_owed)
            edit = reverse("documents:documents")
        else:
            missing = tuple(
                in_a_sentence(words_of(item).name)
                for item in NEEDED[step]
                if key is not None and key not in self.states[item]
            )
            edit = words_of(NEEDED[step][0]).url(child.code if child else "")
        return YearStep(step, KNOWN[step](self, child), missing, edit, self.done.get((step, key)))

    def _needs_of(self, child: Participant | None) -> list[Need]:
        """The child’s own, and those that serve for the whole household."""
        return [need for need in self.needs if need.child in (None, child)]

    def coordinates(self, child: Participant | None) -> tuple[Known, ...]:
        lines = []
        if self.address:
            lines.append(Known("Adresse", f"{self.address.lines}, {self.address.postcode} {self.address.city}"))
        for adult in self.adults:
            said = "\n".join(part for part in (adult.contact.told(), adult.email) if part)
            lines.append(Known(f"{adult.first_name} {adult.last_name}", said or "ni téléphone ni e-mail"))
        return tuple(lines)

    def identity(self, child: Participant | None) -> tuple[Known, ...]:
        assert child is not None
        lines = [
            Known("Nom", f"{child.first_name} {child.last_name}"),
            Known("Date de naissance", date_longue(child.born_on)),
        ]
        schooling = schooling_on(child.schoolings.all(), self.on)
        if schooling:
            lines.append(Known("École", f"{schooling.place.name}, {schooling.level.name} ({schooling.year.code})"))
        return tuple(lines)

    def health(self, child: Participant | None) -> tuple[Known, ...]:
        """Whether it is complete: what it holds is read in the sheet itself, and each reading is noted there."""
        assert child is not None
        is_whole = child.pk in self.states[Item.HEALTH_SHEET]
        are_given = child.pk in self.states[Item.VACCINES]
        return (
            Known("Fiche sanitaire", "Complète" if is_whole else "À compléter"),
            Known("Vaccins", "À jour" if are_given else "À compléter"),
        )

    def authorisations(self, child: Participant | None) -> tuple[Known, ...]:
        return self._answers_of(child, is_image=False)

    def _answers_of(self, child: Participant | None, *, is_image: bool) -> tuple[Known, ...]:
        asked = self.asked.get(child.pk, []) if child else []
        told = [one for one in asked if one.kind.is_image == is_image]
        return tuple(Known(one.text.title, str(one.verdict.label).capitalize()) for one in told) or NOTHING_ASKED

    def image(self, child: Participant | None) -> tuple[Known, ...]:
        return self._answers_of(child, is_image=True)

    def documents(self, child: Participant | None) -> tuple[Known, ...]:
        """Each document asked for and where it stands; what is optional and not given does not wait for anybody."""
        told = [
            Known(need.label, "Facultatif" if need.standing in OWED and not need.is_owed else need.standing.label)
            for need in self._needs_of(child)
        ]
        return tuple(told) or NO_DOCUMENT


KNOWN: Mapping[Step, Callable[[_Reading, Participant | None], tuple[Known, ...]]] = {
    Step.COORDINATES: _Reading.coordinates,
    Step.IDENTITY: _Reading.identity,
    Step.HEALTH: _Reading.health,
    Step.AUTHORISATIONS: _Reading.authorisations,
    Step.IMAGE: _Reading.image,
    Step.DOCUMENTS: _Reading.documents,
}
NEEDED: Mapping[Step, tuple[str, ...]] = {
    Step.COORDINATES: (Item.COORDINATES,),
    Step.IDENTITY: (Item.SCHOOL,),
    Step.HEALTH: (Item.HEALTH_SHEET, Item.VACCINES),
    Step.AUTHORISATIONS: (Item.AUTHORISATIONS,),
    Step.IMAGE: (Item.IMAGE_RIGHTS,),
}
"""What must be given before a step is confirmed, documents apart; the first leads to where it is given."""
