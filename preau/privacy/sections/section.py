"""What an export tells, subject by subject."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from preau.accounts.models import User
from preau.families.choices import Subject
from preau.families.models import Adult, Family
from preau.families.permissions import families_visible_to, participants_visible_to
from preau.privacy.rules import Money

Cell = str | int | bool | dt.date | dt.datetime | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Person:
    """Whose data are told, as they may see them on the day `on`: what a page refuses them, the export does too.

    Without `has_account` an agent hands the file over: `user` stands there for the rights alone, and a space that one
    alone sees is left closed.
    """

    user: User
    on: dt.date
    has_account: bool = True

    @cached_property
    def adult(self) -> Adult | None:
        return Adult.objects.select_related("family").filter(user=self.user).first()

    @cached_property
    def families(self) -> list[Family]:
        return list(families_visible_to(self.user))

    def participants(self, subject: Subject) -> list[int]:
        """The keys of those whose `subject` this person may see, themselves included if they take part."""
        return list(participants_visible_to(self.user, subject, on=self.on).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Section:
    """One subject. `models` are the tables it reads (`app.Model`); `about` says where its values come from."""

    code: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[Person], Iterable[Row]]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """An original file of the person: `name` is its path in the export."""

    name: str
    content: bytes


def money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def yes_no(value: bool) -> str:
    return "oui" if value else "non"
