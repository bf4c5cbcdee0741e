"""Reading enrolments, and what someone may enrol in."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from django.db.models import QuerySet

from preau.activities.choices import EnrolmentMode, Misfit
from preau.activities.models import Activity, Unit
from preau.activities.queries import activities_to_come, facts_of
from preau.activities.rules import PersonFacts, fits
from preau.enrolments.choices import LIVE, Refusal
from preau.enrolments.models import Enrolment, Intake
from preau.enrolments.rules import EntrySpan, IntakeFacts, entry_span, intake_refusal, suitable_intakes
from preau.families.models import Family, Home, Participant, Schooling
from preau.families.queries import schooling_on
from preau.pricing.queries import PriceBook
from preau.pricing.rules import Price, Step, TariffHole


def enrolments_of(participants: Iterable[Participant], *, on: dt.date) -> QuerySet[Enrolment]:
    """Their enrolments and requests that are not over on `on`, as the town orders activities."""
    return (
        Enrolment.objects.filter(participant__in=participants, state__in=LIVE, ends_on__gte=on)
        .select_related("activity__theme", "group__place", "by")
        .order_by("activity__theme__order", "activity__order", "activity__name", "starts_on")
    )


def schooling_for(activity: Activity, schoolings: Iterable[Schooling], day: dt.date) -> Schooling | None:
    """The schooling that an activity looks at: that of its school year or, outside years, of its first day to come."""
    if activity.year_id is None:
        return schooling_on(schoolings, max(day, activity.starts_on))
    return next((schooling for schooling in schoolings if schooling.year_id == activity.year_id), None)


def person_facts(participant: Participant, schooling: Schooling | None) -> PersonFacts:
    return PersonFacts(
        born_on=participant.born_on,
        level=schooling.level.code if schooling else None,
        school=schooling.place.code if schooling else None,
        is_adult=participant.adult_id is not None,
    )


def intakes_of(activities: Collection[Activity]) -> dict[int, list[Intake]]:
    """The intakes of each activity, by its id: three queries."""
    rows = Intake.objects.filter(activity__in=activities).prefetch_related("group__levels", "group__schools")
    by_activity: dict[int, list[Intake]] = {activity.pk: [] for activity in activities}
    for intake in rows.select_related("group").order_by("id"):
        by_activity[intake.activity_id].append(intake)
    return by_activity


def intake_facts(intake: Intake) -> IntakeFacts:
    places = None if intake.capacity is None else intake.capacity + intake.extra - intake.taken
    return IntakeFacts(
        key=intake.pk,
        levels=frozenset(level.code for level in intake.group.levels.all()),
        schools=frozenset(place.code for place in intake.group.schools.all()),
        places_left=places,
    )


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What a unit costs on a day, and why; `price` None when the town has voted none, or it is not theirs to see."""

    unit: Unit
    price: Price | None

    @property
    def reasons(self) -> list[Step]:
        """Why, without the line of the explanation that repeats the price."""
        return [step for step in self.price.steps if step.label != "Prix"] if self.price else []


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity offered to someone; `refusal` tells why it cannot be chosen all the same."""

    activity: Activity
    refusal: Refusal | None
    entry: EntrySpan
    prices: list[UnitPrice]

    @property
    def lowest_cents(self) -> int | None:
        return min((row.price.cents for row in self.prices if row.price), default=None)

    @property
    def has_several_prices(self) -> bool:
        return len({row.price.cents for row in self.prices if row.price}) > 1

    @property
    def is_taken_up(self) -> bool:
        return self.refusal == Refusal.ALREADY


@dataclass(frozen=True, slots=True)
class ThemeOffers:
    """A type of activity and what it offers to someone."""

    code: str
    name: str
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class Offers:
    """What someone may enrol in by themselves, by type, and what it costs their household."""

    themes: list[ThemeOffers]
    price_list: "PriceList"

    @property
    def count(self) -> int:
        return sum(len(theme.offers) for theme in self.themes)

    def theme(self, code: str) -> ThemeOffers | None:
        """The type chosen; without a choice, the only one."""
        if len(self.themes) == 1:
            return self.themes[0]
        return next((theme for theme in self.themes if theme.code == code), None)


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices for a household in which the participant lives; `book` None when they live in another one only."""

    participant_id: int
    family_id: int
    book: PriceBook | None

    def prices(self, activity: Activity, day: dt.date) -> list[UnitPrice]:
        """The price of each unit of an activity on a day."""
        return [UnitPrice(unit, self._price(unit, day)) for unit in activity.units.all()]

    def _price(self, unit: Unit, day: dt.date) -> Price | None:
        if self.book is None:
            return None
        try:
            return self.book.price(
                unit_id=unit.pk, family_id=self.family_id, participant_id=self.participant_id, day=day
            )
        except TariffHole:
            return None


def offers_to(participant: Participant, *, household: Family | None, on: dt.date) -> Offers:
    """What someone may enrol in by themselves; what does not fit them is left out. The same queries whatever there is.

    Prices are those of `household`. Prefetch the schooling of `participant` (families.queries.with_schooling).
    """
    activities = list(activities_to_come(on).filter(enrolment_mode=EnrolmentMode.DIRECT))
    intakes = intakes_of(activities)
    enrolled = set(
        Enrolment.objects.filter(participant=participant, state__in=LIVE).values_list("activity_id", flat=True)
    )
    offered: list[tuple[Activity, Refusal | None]] = []
    for activity in activities:
        refusal = _refusal(participant, activity, intakes[activity.pk], is_enrolled=activity.pk in enrolled, on=on)
        if not isinstance(refusal, Misfit) and refusal != Refusal.NO_GROUP:
            offered.append((activity, refusal))
    price_list = _price_list(participant, household, [activity for activity, _ in offered], on)
    offers = [_offer(activity, refusal, price_list, on) for activity, refusal in offered]
    by_theme = groupby(offers, key=attrgetter("activity.theme"))
    return Offers([ThemeOffers(theme.code, theme.name, list(rows)) for theme, rows in by_theme], price_list)


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """How far someone has come in enrolling: each choice opens the next. `day` is the entry asked for, or the first
    possible; `refusal` tells why it cannot be that day."""

    offers: Offers | None = None
    theme: ThemeOffers | None = None
    offer: Offer | None = None
    day: dt.date | None = None
    refusal: Refusal | None = None
    prices: list[UnitPrice] = field(default_factory=list)

    @property
    def step(self) -> str:
        """What to choose next: the name of the field, "" when all is chosen or nothing is offered."""
        if self.offers is None:
            return "enfant"
        if not self.offers.themes or self.offer:
            return ""
        return "activite" if self.theme and not self.is_over else "type"

    @property
    def is_over(self) -> bool:
        """Whether nothing of the type that was chosen can be asked for."""
        return self.theme is not None and all(offer.refusal for offer in self.theme.offers)


def new_enrolment(
    participant: Participant | None,
    *,
    household: Family | None,
    theme: str,
    activity: str,
    day: dt.date | None,
    on: dt.date,
) -> NewEnrolment:
    """What to show for these choices (codes; empty or out of place is not chosen)."""
    if participant is None:
        return NewEnrolment()
    offers = offers_to(participant, household=household, on=on)
    chosen = offers.theme(theme)
    open_offers = [offer for offer in chosen.offers if offer.refusal is None] if chosen else []
    offer = next((offer for offer in open_offers if offer.activity.code == activity), None)
    if offer is None:
        return NewEnrolment(offers, chosen)
    entry = day or offer.entry.first
    refusal = offer.entry.refusal(entry)
    prices = offer.prices if refusal else offers.price_list.prices(offer.activity, entry)
    return NewEnrolment(offers, chosen, offer, entry, refusal, prices)


def _offer(activity: Activity, refusal: Refusal | None, price_list: PriceList, on: dt.date) -> Offer:
    entry = entry_span(starts_on=activity.starts_on, ends_on=activity.ends_on, today=on)
    return Offer(activity, refusal, entry, price_list.prices(activity, entry.first))


def _price_list(
    participant: Participant, household: Family | None, activities: Collection[Activity], on: dt.date
) -> PriceList:
    if household is None or not Home.objects.filter(participant=participant, family=household).exists():
        return PriceList(participant.pk, 0, None)
    book = PriceBook.read(
        unit_ids=[unit.pk for activity in activities for unit in activity.units.all()],
        family_ids=[household.pk],
        first=on,
        last=max((activity.ends_on for activity in activities), default=on),
    )
    return PriceList(participant.pk, household.pk, book)


def _refusal(
    participant: Participant, activity: Activity, intakes: Iterable[Intake], *, is_enrolled: bool, on: dt.date
) -> Refusal | Misfit | None:
    if is_enrolled:
        return Refusal.ALREADY
    schooling = schooling_for(activity, participant.schoolings.all(), on)
    facts = person_facts(participant, schooling)
    misfit = fits(facts_of(activity), facts, on)
    if misfit:
        return misfit
    return intake_refusal(suitable_intakes(map(intake_facts, intakes), level=facts.level, school=facts.school))
