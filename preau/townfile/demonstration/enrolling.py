"""Which activities children are in: drawn in memory first, since filling a group may take a few more."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, F, IntegerField, When

from preau.activities.models import Activity, Group, Unit
from preau.core.dates import PARIS
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.town.models import Place, SchoolYear
from preau.townfile.demonstration.households import Child, Household, Sectors
from preau.townfile.demonstration.settling import BATCH, Settled


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A unit to book, in the group that receives the child."""

    unit: Unit
    group: Group
    intake_id: int
    part_ids: tuple[int, ...]
    group_ids: tuple[int, ...]  # the group and those that it is within


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """A child in an activity, with the weekdays on which they usually come."""

    child: Child
    household: Household
    offer: Offer
    weekdays: frozenset[int]


@dataclass(slots=True)
class Catalogue:
    """The activities of a school year and where each child would be received."""

    year: SchoolYear
    years_ago: int
    sectors: Sectors
    groups: dict[int, Group]
    offers: dict[tuple[str, int], Offer] = field(default_factory=dict)  # activity code, school
    schools: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, year: SchoolYear, years_ago: int, sectors: Sectors) -> "Catalogue":
        groups = {group.pk: group for group in Group.objects.prefetch_related("schools")}
        catalogue = cls(year, years_ago, sectors, groups)
        catalogue.schools = dict(Place.objects.values_list("code", "pk"))
        units = {unit.activity_id: unit for unit in Unit.objects.filter(activity__year=year).prefetch_related("parts")}
        codes = dict(Activity.objects.filter(year=year).values_list("pk", "code"))
        everywhere = [catalogue.schools[school] for sector in sectors for school in sector]
        for intake in Intake.objects.filter(activity__year=year):
            group, unit = groups[intake.group_id], units[intake.activity_id]
            offer = Offer(
                unit,
                group,
                intake.pk,
                tuple(part.pk for part in unit.parts.all()),
                tuple(catalogue.with_outer(group)),
            )
            for school in [school.pk for school in group.schools.all()] or everywhere:
                catalogue.offers[codes[intake.activity_id], school] = offer
        return catalogue

    def with_outer(self, group: Group) -> Iterable[int]:
        inner: Group | None = group
        while inner is not None:
            yield inner.pk
            inner = self.groups[inner.within_id] if inner.within_id else None

    def offer(self, child: Child, stem: str) -> Offer | None:
        """Where the child would go for that activity, which towns have as one or by stage; None when it is not for
        them that year."""
        stage = child.stage(self.years_ago)
        if stage is None:
            return None
        school = self.schools[self.sectors[child.sector][stage == "elementaire"]]
        of_stage = self.offers.get((f"{stem}-{stage}-{self.year.code}", school))
        return of_stage or self.offers.get((f"{stem}-{self.year.code}", school))


def enrol_all(households: Sequence[Household], catalogues: Sequence[Catalogue]) -> list[Enrolled]:
    """Every child in the activities that they are used to, year by year."""
    return [
        Enrolled(child, household, offer, weekdays)
        for catalogue in catalogues
        for household in households
        for child in household.children
        for stem, weekdays in child.habits.items()
        if (offer := catalogue.offer(child, stem)) is not None
    ]


def write_enrolments(enrolled: Sequence[Enrolled], settled: Settled) -> None:
    """Write the enrolments, all accepted, and count them in the groups."""
    rows = [
        Enrolment(
            participant=settled.participants[one.child],
            activity_id=one.offer.unit.activity_id,
            group=one.offer.group,
            state=EnrolmentState.ACCEPTED,
            starts_on=one.offer.unit.activity.starts_on,
            ends_on=one.offer.unit.activity.ends_on,
            asked_at=asked_at(one.offer.unit.activity.starts_on),
            by=settled.users[one.household],
        )
        for one in enrolled
    ]
    Enrolment.objects.bulk_create(rows, batch_size=BATCH)
    counts = Counter(one.offer.intake_id for one in enrolled)
    added = Case(*(When(pk=key, then=count) for key, count in counts.items()), output_field=IntegerField())
    Intake.objects.filter(pk__in=counts).update(taken=F("taken") + added)


def asked_at(starts_on: dt.date) -> dt.datetime:
    """Families enrol in June for September."""
    return dt.datetime.combine(starts_on - dt.timedelta(days=75), dt.time(20, 15), PARIS)
