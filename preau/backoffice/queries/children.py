"""Lists of children, by school and level or by activity: exactly the columns that the role may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet, prefetch_related_objects

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import in_scope, scopes_of
from preau.activities.models import Activity
from preau.core.money import NBSP
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.families.models import Guardianship, Participant, Schooling
from preau.families.permissions import families_in_scope
from preau.families.queries import schooling_on, with_schooling
from preau.families.rules import folded
from preau.health.permissions import readable_by
from preau.health.queries.states import has_pai
from preau.members.permissions import children_in_scope
from preau.members.queries.diets import diets_on
from preau.town.models import Level, Place
from preau.town.queries import year_on


@dataclass(frozen=True, slots=True)
class Listed:
    """A child of a list. `reach` holds a name and numbers each; empty for who may not open the file. `is_readable`
    when the agent may open the health sheet, `is_collected` who may collect the child. `diets` is None for who may not
    know them."""

    person: Participant
    school: str
    level: str
    has_pai: bool
    reach: tuple[str, ...]
    is_readable: bool
    is_collected: bool
    diets: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ChildList:
    """One sheet: the children of a level of a school, or of a group."""

    title: str
    place: str
    rows: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: a school, an activity, or both; a level; on a day."""

    day: dt.date
    school: Place | None = None
    level: Level | None = None
    activity: Activity | None = None


def schools_in_scope(user: User, *, on: dt.date) -> QuerySet[Place]:
    """The schools whose children this agent may list: all, or those of their places; a service has no school."""
    scopes = [scope for scope in scopes_of(user, Capability.SEE_CHILDREN, on) if scope.services is None]
    schools = Place.objects.filter(schoolings__isnull=False).distinct().order_by("name")
    if any(scope.places is None for scope in scopes):
        return schools
    return schools.filter(pk__in={place for scope in scopes for place in scope.places or ()})


def activities_listed(user: User, *, on: dt.date) -> QuerySet[Activity]:
    """The activities, not over, that receive children where the agent may list them."""
    scope = in_scope(user, Capability.SEE_CHILDREN, on, service="activity__service", place="group__place")
    return Activity.objects.filter(pk__in=Intake.objects.filter(scope).values("activity"), ends_on__gte=on).order_by(
        "theme__order", "order", "name"
    )


def lists_of(user: User, wanted: Wanted, *, on: dt.date) -> list[ChildList]:
    """The sheets of what is asked; none until a school or an activity is chosen. The same queries whatever
    they hold."""
    if wanted.activity is not None:
        groups = list(_by_group(user, wanted, on))
    elif wanted.school is not None:
        groups = list(_by_level(user, wanted, on))
    else:
        return []
    people = [person for _, _, rows in groups for person in rows]
    prefetch_related_objects(people, with_schooling())
    tell = _Teller(user, people, day=wanted.day, on=on)
    sheets = [ChildList(title, place, tuple(tell.rows(rows, wanted))) for title, place, rows in groups]
    return [sheet for sheet in sheets if sheet.rows]


def _by_group(user: User, wanted: Wanted, on: dt.date) -> Iterator[tuple[str, str, list[Participant]]]:
    scope = in_scope(user, Capability.SEE_CHILDREN, on, service="activity__service", place="group__place")
    rows = (
        Enrolment.objects.filter(scope, activity=wanted.activity, state=EnrolmentState.ACCEPTED)
        .filter(starts_on__lte=wanted.day, ends_on__gte=wanted.day)
        .select_related("participant", "group__place")
        .order_by("group__place__name", "group__name", "group", "pk")
    )
    for _, enrolments in groupby(rows, key=lambda enrolment: enrolment.group_id):
        some = list(enrolments)
        group = some[0].group
        yield group.name, group.place.name, [enrolment.participant for enrolment in some]


def _by_level(user: User, wanted: Wanted, on: dt.date) -> Iterator[tuple[str, str, list[Participant]]]:
    rows = (
        Schooling.objects.filter(
            year=year_on(wanted.day), place=wanted.school, place__in=schools_in_scope(user, on=on).values("pk")
        )
        .filter(Q(level=wanted.level) if wanted.level else Q())
        .select_related("participant", "place", "level")
        .order_by("level__order", "level", "pk")
    )
    for _, schoolings in groupby(rows, key=lambda schooling: schooling.level_id):
        some = list(schoolings)
        yield some[0].level.name, some[0].place.name, [schooling.participant for schooling in some]


class _Teller:
    """What is known of the children of a page, read at once."""

    def __init__(self, user: User, people: Sequence[Participant], *, day: dt.date, on: dt.date) -> None:
        self.day = day
        self.pais = has_pai(people, day)
        self.readable = readable_by(user, people, on=on)
        self.collected = readable_by(user, people, Capability.SEE_CHILDREN, on=on)
        self.reach = _reach(user, people, on) if user.may(Capability.SEE_FAMILIES) else {}
        self.diets = _diets(user, people, day=day, on=on) if user.may(Capability.SEE_DIETS) else {}

    def rows(self, people: Iterable[Participant], wanted: Wanted) -> Iterator[Listed]:
        """By name, as a French list goes; those of another school or level left out."""
        for person in sorted(people, key=lambda one: (folded(one.last_name), folded(one.first_name), one.pk)):
            schooling = schooling_on(person.schoolings.all(), self.day)
            if wanted.school and (schooling is None or schooling.place_id != wanted.school.pk):
                continue
            if wanted.level and (schooling is None or schooling.level_id != wanted.level.pk):
                continue
            yield Listed(
                person,
                schooling.place.name if schooling else "",
                schooling.level.name if schooling else "",
                person.pk in self.pais,
                tuple(self.reach.get(person.pk, ())),
                person.pk in self.readable,
                person.pk in self.collected,
                self.diets.get(person.pk),
            )


def _reach(user: User, people: Sequence[Participant], on: dt.date) -> dict[int, list[str]]:
    """How the adults tied to each are reached, where the agent may open their file. A withdrawn bond gives nobody."""
    bonds = (
        Guardianship.objects.filter(participant__in=people, starts_on__lte=on, adult__family__archived_at__isnull=True)
        .filter(adult__family__in=families_in_scope(user, Capability.SEE_FAMILIES, on=on))
        .select_related("adult")
        .order_by("adult__pk", "starts_on")
    )
    in_force = {(bond.participant_id, bond.adult_id): bond for bond in bonds}
    found: dict[int, list[str]] = defaultdict(list)
    for (child, _), bond in in_force.items():
        if (bond.planning or bond.pickup) and bond.adult.contact.phones:
            found[child].append(f"{bond.adult} {bond.adult.contact.phones[0].replace(' ', NBSP)}")
    return found


def _diets(user: User, people: Sequence[Participant], *, day: dt.date, on: dt.date) -> dict[int, tuple[str, ...]]:
    """What each does not eat that day, of those whom the agent feeds: schooled at their places, or enrolled in what
    their service or place does."""
    schooled = children_in_scope(user, Capability.SEE_DIETS, on=on).values("pk")
    scope = in_scope(user, Capability.SEE_DIETS, on, service="activity__service", place="group__place")
    enrolled = Enrolment.objects.filter(scope, state=EnrolmentState.ACCEPTED, starts_on__lte=day, ends_on__gte=day)
    fed = Participant.objects.filter(pk__in=[person.pk for person in people])
    fed = fed.filter(Q(pk__in=schooled) | Q(pk__in=enrolled.values("participant")))
    return {key: tuple(map(str, diets)) for key, diets in diets_on(fed, on=day).items()}


def rows_to_keep(sheets: Iterable[ChildList], *, reaches: bool, feeds: bool) -> Iterator[Sequence[object]]:
    """The sheets as one table, after a row of titles, with the columns of the role and no other."""
    titles = ["Lieu", "Groupe ou niveau", "Nom", "Prénom", "Né(e) le", "École", "Niveau", "PAI"]
    yield titles + ["Régime"] * feeds + ["Adultes"] * reaches
    for sheet in sheets:
        for row in sheet.rows:
            who = [row.person.last_name, row.person.first_name, row.person.born_on]
            more = [row.school, row.level, "oui" if row.has_pai else ""]
            more += [", ".join(row.diets or ())] * feeds + [", ".join(row.reach).replace(NBSP, " ")] * reaches
            yield [sheet.place, sheet.title, *who, *more]
