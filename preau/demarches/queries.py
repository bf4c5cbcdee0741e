"""Reading démarches: who receives them, the worklist of agents, and people in files who look like the one who asks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields

from django.db.models import Count, F, Q, QuerySet

from preau.accounts.models import User
from preau.demarches.choices import ACCOUNT, DemarcheState, Likeness
from preau.demarches.kinds import KINDS
from preau.demarches.models import AccountAsked, AnswerText, Demarche, DemarcheEvent, Recipient
from preau.demarches.permissions import demarches_in_scope, demarches_visible_to
from preau.demarches.reading import date_told, full_name
from preau.demarches.rules import VOUCHED, AccountIdentity, Known, fold, likeness, strength, working_days_left
from preau.families.models import Address, Adult, FileNumber, Home, Schooling
from preau.families.rules import PHONE_FIELDS, completed
from preau.town.choices import PlaceKind
from preau.town.models import Place, PublicHoliday, Service
from preau.town.rules import Calendar


def recipient_of(kind: str, *, on: dt.date) -> Service | None:
    """The service that receives requests of this kind: the one chosen for it, else the first in use; None when the
    town has no service at all."""
    chosen = Recipient.objects.select_related("service").filter(kind=kind).first()
    if chosen is not None:
        return chosen.service
    return Service.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on)).order_by("pk").first()


def recipient_days(kind: str) -> int | None:
    """The working days that the town promises for an answer to this kind; None when it promises nothing."""
    return Recipient.objects.filter(kind=kind).values_list("working_days", flat=True).first()


def account_request_of(user: User) -> Demarche | None:
    """The latest request for this account, whatever its state."""
    asked = Demarche.objects.filter(asked_by=user, kind=ACCOUNT).select_related("service", "account_asked")
    return asked.order_by("-sent_at", "-pk").first()


def identity_of(user: User, **said: str) -> AccountIdentity:
    """Who this person is by what they just `said`, else by their latest request, else by the names of the account."""
    known = {"first_name": user.first_name, "last_name": user.last_name}
    before = AccountAsked.objects.filter(demarche__asked_by=user).order_by("-demarche__sent_at").first()
    if before is not None:
        known |= asdict(identity_in(before))
    return AccountIdentity(**known | {name: text.strip() for name, text in said.items() if text.strip()})


def identity_in(asked: AccountAsked) -> AccountIdentity:
    """Who asks, as they wrote it."""
    return AccountIdentity(**{field.name: getattr(asked, field.name) for field in fields(AccountIdentity)})


def vouched_before(user: User, identity: AccountIdentity) -> dt.datetime | None:
    """When FranceConnect vouched for this very identity in an earlier request of the account."""
    asked = AccountAsked.objects.filter(demarche__asked_by=user, vouched_at__isnull=False)
    same = asked.filter(**{name: getattr(identity, name) for name in VOUCHED})
    return same.values_list("vouched_at", flat=True).order_by("-vouched_at").first()


def following(user: User, *, on: dt.date) -> QuerySet[Demarche]:
    """The requests that this parent follows, with all that a list or a page tells of them."""
    related = ("service", "participant", "family", "asked_by", "answered_by")
    return demarches_visible_to(user, on=on).filter(kind__in=KINDS).select_related(*related)


# The worklist

CLOSED_FIRST = F("answered_at").desc()
DUE_FIRST = F("due_at").asc(nulls_last=True)


@dataclass(frozen=True, slots=True)
class Tab:
    """The requests in some states, as agents look at them one after the other. `count` None: not worth counting."""

    code: str
    label: str
    states: tuple[DemarcheState, ...]
    count: int | None = None


TABS = (
    Tab("a-traiter", "À traiter", (DemarcheState.SENT,)),
    Tab("en-attente", "En attente de la famille", (DemarcheState.INCOMPLETE,)),
    Tab("acceptees", "Acceptées", (DemarcheState.ACCEPTED,)),
    Tab("refusees", "Refusées", (DemarcheState.REFUSED, DemarcheState.WITHDRAWN)),
)
COUNTED = (DemarcheState.SENT, DemarcheState.INCOMPLETE)


def tab_of(demarche: Demarche) -> Tab:
    return next(tab for tab in TABS if demarche.state in tab.states)


def tabs_of(user: User, *, on: dt.date) -> list[Tab]:
    """The tabs, with how many requests wait in those that are open. One query and the grants'."""
    rows = demarches_in_scope(user, on).filter(state__in=COUNTED).values_list("state").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows)
    return [
        Tab(tab.code, tab.label, tab.states, counts.get(tab.states[0], 0) if tab.states[0] in COUNTED else None)
        for tab in TABS
    ]


@dataclass(frozen=True, slots=True)
class ToHandle:
    """How many requests wait for an agent, and how many of them are late."""

    waiting: int
    late: int


def to_handle(user: User, *, now: dt.datetime, on: dt.date) -> ToHandle:
    """What waits for this agent. One query and the grants'."""
    waiting = demarches_in_scope(user, on).filter(state=DemarcheState.SENT)
    counts = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return ToHandle(counts["all"], counts["late"])


@dataclass(frozen=True, slots=True)
class Sought:
    """What an agent looks for in a tab: `words` without accents in names and numbers, a `kind`, a `service` and a
    `school` by their codes, what is `due` by an instant, `mine` those that the agent has taken. Empty is everything."""

    words: str = ""
    kind: str = ""
    service: str = ""
    school: str = ""
    due: dt.datetime | None = None
    mine: bool = False


def services_in_scope(user: User, *, on: dt.date) -> list[Service]:
    """The services whose requests this agent may answer, among those that have any. One query and the grants'."""
    asked = demarches_in_scope(user, on).values("service")
    return list(Service.objects.filter(pk__in=asked).order_by("name"))


def schools_in_scope(user: User, *, on: dt.date) -> list[Place]:
    """The schools of the children about whom this agent is asked, or of the households. One query and the grants'."""
    asked = demarches_in_scope(user, on).filter(state__in=COUNTED)
    homes = Home.objects.filter(family__in=asked.filter(participant__isnull=True).values("family"))
    pupils = Q(participant__in=asked.values("participant")) | Q(participant__in=homes.values("participant"))
    attended = Schooling.objects.filter(pupils, year__ends_on__gte=on).values("place")
    return list(Place.objects.filter(kind=PlaceKind.SCHOOL, pk__in=attended).order_by("name"))


def worklist(user: User, tab: Tab, *, on: dt.date, sought: Sought = Sought()) -> QuerySet[Demarche]:
    """The requests of a tab that this agent may answer, the most urgent first, those answered from the latest."""
    rows = demarches_in_scope(user, on).filter(state__in=tab.states, kind__in=KINDS)
    for word in fold(sought.words).split():
        rows = rows.filter(words__contains=word)
    if sought.kind:
        rows = rows.filter(kind=sought.kind)
    if sought.service:
        rows = rows.filter(service__code=sought.service)
    if sought.school:
        rows = rows.filter(_of_school(sought.school, on))
    if sought.due:
        rows = rows.filter(due_at__lt=sought.due)
    if sought.mine:
        rows = rows.filter(assigned_to=user)
    order = (DUE_FIRST, "sent_at", "pk") if tab.states[0] in COUNTED else (CLOSED_FIRST, "-pk")
    return rows.select_related("family", "participant", "asked_by", "assigned_to").order_by(*order)


def _of_school(school: str, on: dt.date) -> Q:
    """About a child who goes there this year or the next, or a household with such a child."""
    pupils = Schooling.objects.filter(place__code=school, year__ends_on__gte=on).values("participant")
    homes = Home.objects.filter(participant__in=pupils).values("family")
    return Q(participant__in=pupils) | Q(participant__isnull=True, family__in=homes)


@dataclass(frozen=True, slots=True)
class DueChip:
    """How long is left: `colour` and `icon` as `gommette` takes them; without a colour it is plain text."""

    text: str
    colour: str = ""
    icon: str = "horloge"


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of the worklist."""

    demarche: Demarche
    kind: str
    who: str
    due: DueChip | None


SOON = 3  # working days


def working_calendar(first: dt.datetime, last: dt.datetime) -> Calendar:
    """What tells working days between these instants, a day more on each side. One query."""
    around = PublicHoliday.objects.filter(on__gte=first - dt.timedelta(days=1), on__lte=last + dt.timedelta(days=1))
    return Calendar(years=(), holidays=(), public_holidays=frozenset(around.values_list("on", flat=True)))


def rows_of(demarches: Collection[Demarche], *, now: dt.datetime) -> list[WorklistRow]:
    """A page of the worklist as it is shown. One query, whatever their number."""
    latest = max((demarche.due_at for demarche in demarches if demarche.due_at), default=now)
    calendar = working_calendar(now, max(latest, now))
    return [
        WorklistRow(demarche, KINDS[demarche.kind].label, who_of(demarche), due_chip(demarche, calendar, now))
        for demarche in demarches
    ]


def who_of(demarche: Demarche) -> str:
    """Whom it is about: the child, else the family, else the person who asks."""
    if demarche.participant:
        return str(demarche.participant)
    if demarche.family:
        return f"Famille {demarche.family.name}"
    return str(demarche.asked_by) if demarche.asked_by else "Personne inconnue"


def due_chip(demarche: Demarche, calendar: Calendar, now: dt.datetime) -> DueChip | None:
    """What is left until the answer is due, in working days; None when nothing is due."""
    if demarche.due_at is None or demarche.state != DemarcheState.SENT:
        return None
    left = working_days_left(calendar, demarche.due_at, now)
    if left < 0:
        return DueChip("Dépassé", "rouge")
    if left == 0:
        return DueChip("Aujourd’hui", "ambre")
    text = "1 jour" if left == 1 else f"{left} jours"
    return DueChip(text, "ambre" if left <= SOON else "")


def answer_texts(state: str = "") -> list[AnswerText]:
    """The texts that agents keep, for one state or for both, by title."""
    texts = AnswerText.objects.filter(state=state) if state else AnswerText.objects.all()
    return list(texts.order_by("state", "title"))


def history_of(demarche: Demarche) -> list[DemarcheEvent]:
    """What happened to a démarche, from the start."""
    return list(demarche.events.select_related("by").order_by("at", "pk"))


# People in files who look like the one who asks

MOST_CANDIDATES = 6
STRONG = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """What was asked beside what the file says; `is_same` None when one of them says nothing."""

    label: str
    asked: str
    known: str
    is_same: bool | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in a file who may be the person who asks, and why; without reasons, an agent looked for them.

    `children` live in the household; `added` is what linking would write in the file, which does not know it.
    """

    adult: Adult
    reasons: tuple[Likeness, ...]
    lines: tuple[Compared, ...]
    children: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_strong(self) -> bool:
        """Whether they are worth comparing at once: one strong reason, or several."""
        return strength(self.reasons) >= STRONG


def known_as(asked: AccountAsked, email: str) -> Known:
    """The person who asks, by what they wrote."""
    return Known(
        first_names=asked.first_name,
        family_names=(asked.last_name, asked.birth_name),
        birth_date=asked.birth_date,
        phones=asked.contact.phones,
        email=email,
        address=asked.address,
        postcode=asked.postcode,
        numbers=(asked.claimed_number,),
    )


def candidates_for(asked: AccountAsked, email: str, *, on: dt.date, words: str = "") -> list[Candidate]:
    """The adults of open files who look like the person who asks, the most alike first; with `words`, those whose name
    or file number has them all. At most MOST_CANDIDATES.

    Every adult is compared, in two queries, then two more: names do not compare without accents in both databases.
    """
    person, sought = known_as(asked, email), fold(words).split()
    people = _everybody(on)
    found: list[tuple[int, int, tuple[Likeness, ...]]] = []
    for pk, known in people.items():
        reasons = likeness(person, known)
        if all(word in _said_of(known) for word in sought) if sought else reasons:
            found.append((-strength(reasons), pk, reasons))
    best = sorted(found)[:MOST_CANDIDATES]
    adults = Adult.objects.select_related("family", "user").in_bulk([pk for _, pk, _ in best])
    children = _children_of(adults.values())
    return [
        Candidate(
            adult=adults[pk],
            reasons=reasons,
            lines=compared(asked, person, adults[pk], people[pk]),
            children=children.get(adults[pk].family_id, ()),
            added=_added(asked, adults[pk]),
        )
        for _, pk, reasons in best
    ]


def _everybody(on: dt.date) -> dict[int, Known]:
    """The adults of open files, by their key."""
    addresses = {
        family: (lines, postcode, city)
        for family, lines, postcode, city in Address.objects.filter(starts_on__lte=on)
        .order_by("starts_on")
        .values_list("family_id", "lines", "postcode", "city")
    }
    adults = Adult.objects.filter(family__archived_at__isnull=True).values_list(
        *("pk", "first_name", "last_name", "birth_name", "birth_date", "email", "family__number", "family_id"),
        *PHONE_FIELDS.values(),
    )
    others = defaultdict[int, list[str]](list)
    for family, number in FileNumber.objects.order_by("pk").values_list("family_id", "number"):
        others[family].append(number)
    people = {}
    for pk, first, last, born, date, email, number, family, *phones in adults:
        lines, postcode, city = addresses.get(family, ("", "", ""))
        numbers = (number, *others.get(family, ()))
        people[pk] = Known(first, (last, born), date, tuple(phones), email, lines, postcode, numbers, city)
    return people


def _said_of(known: Known) -> str:
    return fold(" ".join([known.first_names, *known.family_names, *known.numbers]))


def _children_of(adults: Iterable[Adult]) -> dict[int, tuple[str, ...]]:
    """The first names of the children of each household."""
    homes = Home.objects.filter(family__in={adult.family_id for adult in adults}, participant__adult__isnull=True)
    found: dict[int, tuple[str, ...]] = {}
    for family, name in homes.order_by("participant__born_on").values_list("family_id", "participant__first_name"):
        found[family] = (*found.get(family, ()), name)
    return found


def compared(asked: AccountAsked, person: Known, adult: Adult, known: Known) -> tuple[Compared, ...]:
    """What both say, line by line."""
    reasons = set(likeness(person, known))
    names = (full_name(asked), full_name(adult))
    here = ", ".join(part for part in (asked.address, f"{asked.postcode} {asked.city}".strip()) if part)
    there = ", ".join(part for part in (known.address, f"{known.postcode} {known.city}".strip()) if part)
    told = (
        ("Nom", *names, Likeness.NAME in reasons),
        ("Naissance", date_told(person.birth_date), date_told(known.birth_date), _same_birth(person, known)),
        ("Téléphone", asked.contact.told(), adult.contact.told(), Likeness.PHONE in reasons),
        ("E-mail", person.email, known.email, Likeness.EMAIL in reasons),
        ("Adresse", here, there, Likeness.ADDRESS in reasons),
        ("À joindre par", asked.get_preferred_contact_display(), adult.get_preferred_contact_display(), None),
        ("Dossier", ", ".join(person.numbers), ", ".join(known.numbers), Likeness.NUMBER in reasons),
    )
    return tuple(
        Compared(label, mine, theirs, is_same if mine and theirs else None) for label, mine, theirs, is_same in told
    )


ADDED = {
    "phone_mobile": "le téléphone portable",
    "phone_home": "le téléphone du domicile",
    "phone_work": "le téléphone du travail",
    "preferred_contact": "le moyen de contact préféré",
}


def _added(asked: AccountAsked, adult: Adult) -> tuple[str, ...]:
    held = adult.contact
    whole = completed(held, asked.contact)
    return tuple(words for name, words in ADDED.items() if getattr(whole, name) != getattr(held, name))


def _same_birth(person: Known, known: Known) -> bool:
    """Whether one date may be the other, of which less is known."""
    short, long = sorted((person.birth_date, known.birth_date), key=len)
    return long.startswith(short)
