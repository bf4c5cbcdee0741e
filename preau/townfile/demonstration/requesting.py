"""What families ask about their members: a birth, a grandmother, another school, whose week; some have their answer."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.demarches.actions import answer
from preau.demarches.choices import DemarcheState
from preau.families.choices import Situation
from preau.families.models import Adult, Family, Participant, Schooling
from preau.members.actions.asking import Asked, accept_child, ask, refuse
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.models import SchoolRule
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.town.choices import PlaceKind
from preau.town.models import Place
from preau.townfile.demonstration.asking import ACCEPTED, INCOMPLETE, REFUSED, WAITING

FIRST = 8  # the households before have stories of their own
NO_BOOK = "Il nous manque le livret de famille\u00a0: envoyez la page de l’enfant, avec le lien de cette demande."
FULL = "L’école demandée n’a plus de place à ce niveau. Votre enfant reste inscrit dans son école de secteur."


@dataclass(frozen=True, slots=True)
class _Home:
    """A household with an account: who asks, the other parent at home if there is one, their children."""

    adult: Adult
    other: Adult | None
    children: Sequence[Participant]


@dataclass(frozen=True, slots=True)
class _Request:
    home: _Home
    kind: str
    asked: Asked
    summary: str
    child: Participant | None
    story: str
    days: int


def ask_about_members(agent: User, *, now: dt.datetime) -> None:
    """One household for each story, all different, always the same."""
    for request in _requests(list(_homes())[FIRST:], local_day(now)):
        _tell(request, agent, now - dt.timedelta(days=request.days, hours=3))


def _homes() -> Iterator[_Home]:
    families = Family.objects.filter(archived_at__isnull=True, adults__user__isnull=False).distinct().order_by("pk")
    children = defaultdict[int, list[Participant]](list)
    for child in Participant.objects.filter(adult=None).prefetch_related("homes").order_by("born_on", "pk"):
        for home in child.homes.all():
            children[home.family_id].append(child)
    for family in families.prefetch_related("adults__user"):
        adults = sorted(family.adults.all(), key=lambda adult: (adult.user_id is None, adult.pk))
        if children[family.pk]:
            yield _Home(adults[0], adults[1] if len(adults) > 1 else None, children[family.pk])


def _requests(homes: Sequence[_Home], today: dt.date) -> Iterator[_Request]:
    """Each takes the next household that it suits."""
    left = list(homes)

    def next_home(*, is_alone: bool | None = None) -> Iterator[_Home]:
        found = next((home for home in left if is_alone is None or (home.other is None) == is_alone), None)
        if found is not None:
            left.remove(found)
            yield found

    for name, sex, age, story, days in (
        ("Lina", "f", 40, WAITING, 1),
        ("Gabin", "m", 75, INCOMPLETE, 4),
        ("Alma", "f", 150, ACCEPTED, 20),
    ):
        for home in next_home():
            parents = tuple(one.code for one in (home.adult, home.other) if one is not None)
            born_on = today - dt.timedelta(days=age)
            asked = ChildAsked(name, home.children[0].last_name, born_on, sex, parents)
            yield _Request(home, CHILD, asked, f"Ajouter {name} au dossier", None, story, days)
    for home in next_home(is_alone=True):
        codes = tuple(child.code for child in home.children)
        asked_guardian = GuardianAsked("Monique", home.adult.last_name, Situation.GRANDPARENT, codes, "Madame")
        summary = f"Ajouter Monique {home.adult.last_name} au dossier"
        yield _Request(home, GUARDIAN, asked_guardian, summary, None, WAITING, 2)
    for home in next_home(is_alone=False):
        child, starts_on = home.children[0], today + dt.timedelta(days=12)
        assert home.other is not None
        custody = CustodyAsked(starts_on, home.other.code, "weeks", "me", "me")
        summary = f"Garde à partir du {starts_on:%d/%m/%Y}"
        yield _Request(home, CUSTODY, custody, summary, child, WAITING, 3)
    for story, days in ((WAITING, 2), (REFUSED, 18)):
        for home in next_home():
            yield from _school(home, story, days)


def _school(home: _Home, story: str, days: int) -> Iterator[_Request]:
    """Another school for the eldest who has one."""
    known = Schooling.objects.filter(participant__in=home.children).select_related("participant", "year", "level")
    schooling = known.order_by("-year__starts_on", "participant__born_on").first()
    others = Place.objects.filter(kind=PlaceKind.SCHOOL, retired_on=None)
    rule = SchoolRule.objects.filter(id=1).first()
    if schooling is not None and (other := others.exclude(pk=schooling.place_id).order_by("code").first()):
        child, criteria = schooling.participant, tuple(rule.criteria[:1]) if rule else ()
        words = "Nous travaillons tous les deux à côté de cette école."
        asked = SchoolAsked(schooling.year.code, other.code, schooling.level.code, criteria, words)
        summary = f"Changement d’école\u00a0: {child.first_name}, {schooling.year.code}"
        yield _Request(home, SCHOOL, asked, summary, child, story, days)


def _tell(request: _Request, agent: User, sent_at: dt.datetime) -> None:
    adult = request.home.adult
    assert adult.user is not None
    demarche = ask(
        kind=request.kind,
        adult=adult,
        asked=request.asked,
        summary=request.summary,
        child=request.child,
        by=adult.user,
        now=sent_at,
    )
    later = sent_at + dt.timedelta(days=1, hours=2)
    if request.story == ACCEPTED:
        accept_child(demarche, by=agent, version=1, now=later)
    elif request.story == REFUSED:
        refuse(demarche, reason=FULL, by=agent, version=1, now=later)
    elif request.story == INCOMPLETE:
        answer(demarche, state=DemarcheState.INCOMPLETE, reason=NO_BOOK, by=agent, version=1, now=later)
