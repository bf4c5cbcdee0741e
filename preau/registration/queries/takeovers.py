"""What a file of shared accounts would do, and what it could not."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from preau.families.choices import Situation
from preau.families.models import Adult, Family, Guardianship
from preau.registration.choices import NotInvited
from preau.registration.models import Takeover
from preau.registration.queries.claims import adult_facts, numbers_of
from preau.registration.rules import bears_name, number_key
from preau.registration.takeover_file import Line

EXAMPLES = 5
PARENTS = (Situation.EXERCISES, Situation.WITHOUT_EXERCISE, Situation.FOSTER)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a line asks for one adult: an invitation at `email`, or a `problem`; `who` is the name, or the file."""

    line: int
    number: str
    who: str
    email: str
    adult: Adult | None = None
    problem: NotInvited | None = None


def plan_takeover(lines: Sequence[Line], *, on: dt.date) -> list[Planned]:
    """What each line would do, as the files stand: fixed queries. Who has an account or an invitation is known only
    when it is done."""
    files = _files(lines)
    guardians = _guardians([family for family in files.values() if family], on=on)
    return [each for line in lines for each in _plan_line(line, files.get(number_key(line.number)), guardians)]


def _files(lines: Iterable[Line]) -> dict[str, Family | None]:
    """The only open file of each number; None where two are written alike."""
    found: dict[str, Family | None] = {}
    keys = {number_key(line.number) for line in lines}
    for family in Family.objects.filter(archived_at__isnull=True).prefetch_related("adults", "numbers"):
        for key in keys & numbers_of(family):
            found[key] = None if key in found else family
    return found


def _guardians(families: Iterable[Family], *, on: dt.date) -> set[int]:
    """The adults of these files who are a parent of somebody on that day."""
    held: dict[tuple[int, int], str] = {}
    bonds = Guardianship.objects.filter(adult__family__in=list(families), starts_on__lte=on).order_by("starts_on")
    for adult, participant, situation in bonds.values_list("adult", "participant", "situation"):
        held[adult, participant] = situation
    return {adult for (adult, _), situation in held.items() if situation in PARENTS}


def _plan_line(line: Line, family: Family | None, guardians: set[int]) -> Iterator[Planned]:
    def said(who: str, email: str = "", **more: object) -> Planned:
        return Planned(line=line.line, number=line.number, who=who, email=email, **more)  # type: ignore[arg-type]

    if family is None:
        yield said(line.email, problem=NotInvited.UNKNOWN_FILE)
        return
    adults = list(family.adults.all())
    if line.adults:
        named = [(name, email, _find(name, adults)) for name, email in line.adults]
    else:
        named = [(str(adult), "", adult) for adult in adults if adult.pk in guardians]
    if not named:
        yield said(family.name, problem=NotInvited.NO_GUARDIAN)
    known = [(name, email or (adult.email if adult else ""), adult) for name, email, adult in named]
    without = [name for name, email, adult in known if adult and not email and adult.user_id is None]
    shared = "" if line.email.lower() in {email.lower() for _, email, _ in known} else line.email
    for name, email, adult in known:
        if adult is None:
            yield said(name, problem=NotInvited.UNKNOWN_ADULT)
        elif email or adult.user_id is not None or not shared:
            yield said(name, email, adult=adult)
        elif len(without) > 1:
            yield said(name, shared, adult=adult, problem=NotInvited.SHARED_EMAIL)
        else:
            yield said(name, shared, adult=adult)


def _find(name: str, adults: Iterable[Adult]) -> Adult | None:
    """The only adult of that name: first names, then last names, however they are parted."""
    words = name.split()
    found = [
        adult
        for adult in adults
        if any(
            bears_name(adult_facts(adult, codes=frozenset()), " ".join(words[:cut]), " ".join(words[cut:]))
            for cut in range(1, len(words))
        )
    ]
    return found[0] if len(found) == 1 else None


HEADINGS = ("ligne", "dossier", "personne", "courriel", "pourquoi")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Somebody who is not invited, and why, in words."""

    line: int
    number: str
    who: str
    email: str
    reason: str

    @property
    def cells(self) -> tuple[object, ...]:
        """In the order of HEADINGS."""
        return self.line, self.number, self.who, self.email, self.reason


def report_of(takeover: Takeover, *, on: dt.date) -> list[ReportRow]:
    """What could not be done or, before it is done, what is known not to be possible."""
    if takeover.done_at is not None:
        rows = [(row["line"], row["number"], row["who"], row["email"], row["problem"]) for row in takeover.report]
    else:
        planned = plan_takeover([Line.of(row) for row in takeover.lines], on=on)
        rows = [(each.line, each.number, each.who, each.email, each.problem) for each in planned if each.problem]
    return [ReportRow(line, number, who, email, NotInvited(why).label) for line, number, who, email, why in rows]


def invitations_of(takeover: Takeover, *, on: dt.date) -> int:
    """How many invitations left or, before, how many would."""
    if takeover.done_at is not None:
        return takeover.invited
    planned = plan_takeover([Line.of(row) for row in takeover.lines], on=on)
    return sum(1 for each in planned if each.problem is None)


def known_example() -> list[tuple[str, str, str]]:
    """The lines of an old portal that a demonstration can take over: files that have somebody without an account."""
    adults = Adult.objects.filter(user=None, family__archived_at=None).select_related("family").order_by("family", "pk")
    by_file = [(family, list(held)) for family, held in groupby(adults, key=lambda adult: adult.family)][:EXAMPLES]
    return [
        (family.number, f"foyer.{family.number}@example.org", ", ".join(f"{adult}" for adult in held))
        for family, held in by_file
    ]
