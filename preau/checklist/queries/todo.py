"""« À faire » : what a parent has to give, child by child."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from preau.accounts.models import User
from preau.checklist.choices import Stage
from preau.checklist.queries.standings import standings_of
from preau.checklist.rules import Missing, Standing, merged
from preau.checklist.words import Words, told, words_of
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Guardianship, Participant
from preau.families.permissions import bonds_in_force
from preau.town.queries import the_town


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to give: what the link says, where it leads, by when and what it blocks."""

    missing: Missing
    words: Words
    url: str
    text: str

    @property
    def is_blocking(self) -> bool:
        return self.missing.is_blocking

    @property
    def is_late(self) -> bool:
        return self.missing.is_late and not self.missing.is_blocking


@dataclass(frozen=True, slots=True)
class Stretch:
    """What must be given before one thing, in a list of its own."""

    stage: Stage
    todos: list[Todo]

    @property
    def title(self) -> str:
        return TITLES[self.stage]


TITLES = {
    Stage.BEFORE_BOOKING: "Avant de réserver",
    Stage.BEFORE_FIRST_DAY: "Avant le premier jour",
    Stage.PROVISIONAL: "Un peu plus tard",
    Stage.OPTIONAL: "Facultatif",
}


def stretches(todos: Iterable[Todo]) -> list[Stretch]:
    return [Stretch(stage, list(rows)) for stage, rows in groupby(todos, key=lambda todo: todo.missing.stage)]


@dataclass(frozen=True, slots=True)
class PersonTodo:
    """What is left for a participant, the household's own apart. `elsewhere` counts what only another responsible adult
    can give."""

    person: Participant
    standing: Standing
    todos: list[Todo]
    optional: list[Todo]
    elsewhere: int

    @property
    def stretches(self) -> list[Stretch]:
        return stretches(self.todos)

    @property
    def is_complete(self) -> bool:
        return self.standing.is_complete

    @property
    def is_blocked(self) -> bool:
        return any(one.is_blocking for one in self.standing.missing)

    @property
    def blocking(self) -> int:
        """How many of their own things keep from booking."""
        return sum(todo.is_blocking for todo in self.todos)


@dataclass(frozen=True, slots=True)
class TodoList:
    """All that a parent has to give: once for the household, and for each participant."""

    people: list[PersonTodo]
    shared: list[Todo]
    shared_optional: list[Todo]

    @property
    def count(self) -> int:
        return len(self.shared) + sum(len(one.todos) for one in self.people)

    @property
    def blocking(self) -> int:
        return sum(todo.is_blocking for todo in self.shared) + sum(one.blocking for one in self.people)

    @property
    def is_complete(self) -> bool:
        return all(one.is_complete for one in self.people)

    @property
    def shared_stretches(self) -> list[Stretch]:
        return stretches(self.shared)


SUBJECTS = {Subject.IDENTITY, Subject.HEALTH, Subject.DOCUMENTS, Subject.PICKUP}


def todo_of(user: User, *, on: dt.date) -> TodoList:
    """What this parent has to give, for those about whom they may act: the same queries for one child or six."""
    rows = bonds_in_force(user, on=on).select_related("adult")
    bonds = {bond.participant_id: bond for bond in rows if any(may_act(bond, subject) for subject in SUBJECTS)}
    people = list(Participant.objects.filter(pk__in=bonds).order_by("born_on", "first_name", "pk"))
    household = next((bond.adult.family_id for bond in bonds.values()), None)
    standings = standings_of(people, on=on, household=household)
    words = _words([one.item for standing in standings.values() for one in (*standing.missing, *standing.optional)])
    shared: list[Missing] = []
    found = []
    for person in people:
        standing, bond = standings[person.pk], bonds[person.pk]
        mine, optional = (
            [one for one in some if may_act(bond, words[one.item].subject)]
            for some in (standing.missing, standing.optional)
        )
        shared += [one for one in (*mine, *optional) if words[one.item].is_shared]
        found.append(
            PersonTodo(
                person,
                standing,
                _todos([one for one in mine if not words[one.item].is_shared], words, person.code, on),
                _todos([one for one in optional if not words[one.item].is_shared], words, person.code, on),
                elsewhere=len(standing.missing) - len(mine),
            )
        )
    whole = merged(shared)
    return TodoList(
        found,
        _todos([one for one in whole if one.stage != Stage.OPTIONAL], words, "", on),
        _todos([one for one in whole if one.stage == Stage.OPTIONAL], words, "", on),
    )


def may_act(bond: Guardianship, subject: Subject) -> bool:
    return bool(getattr(bond, subject) == AccessLevel.ACT)


def _words(items: Iterable[str]) -> dict[str, Words]:
    """The words of these items, with the version of the catalogue read once."""
    asked = set(items)
    version = the_town().catalogue_version if asked else None
    return {item: words_of(item, version) for item in asked}


def _todos(missing: Iterable[Missing], words: Mapping[str, Words], code: str, on: dt.date) -> list[Todo]:
    return [Todo(one, words[one.item], words[one.item].url(code), told(one, on)) for one in missing]


@dataclass(frozen=True, slots=True)
class TodoLine:
    """What the home page says of one participant, or of the household (`person` None): one line."""

    person: Participant | None
    count: int
    blocking: int
    first: Todo


def lines_of(todo: TodoList) -> list[TodoLine]:
    """One line for the household and one for each participant about whom something is left to give."""
    rows: list[tuple[Participant | None, list[Todo]]] = [(None, todo.shared)]
    rows += [(one.person, one.todos) for one in todo.people]
    return [TodoLine(who, len(todos), sum(one.is_blocking for one in todos), todos[0]) for who, todos in rows if todos]
