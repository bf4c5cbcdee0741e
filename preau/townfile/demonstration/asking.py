"""Those who ask to change their file: some wait, some have their answer."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.dates import PARIS, local_day
from preau.demarches.actions import accept_change, answer, ask_change, refuse_change
from preau.demarches.choices import DemarcheState
from preau.demarches.file_fields import Target, Value
from preau.families.changing import change_adult
from preau.families.choices import Sex
from preau.families.models import Adult, Participant
from preau.town.models import Town
from preau.townfile.demonstration.households import Household
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.settling import Settled

STREETS = ("rue des Lilas", "avenue de Stalingrad", "allée des Tilleuls", "rue Jean-Jaurès", "impasse du Moulin")
FIXED_TYPOS = {"é": "e", "ï": "i", "ë": "e", "è": "e", "ç": "c"}
WAITING, ACCEPTED, REFUSED, INCOMPLETE = "waiting", "accepted", "refused", "incomplete"
STORIES = (WAITING, WAITING, ACCEPTED, WAITING, REFUSED, WAITING, INCOMPLETE, WAITING, ACCEPTED)
MOST = 27  # of the households that have an account, besides the first
NO_PROOF = (
    "Nous ne pouvons pas changer votre adresse sans justificatif de domicile. Demandez de nouveau, puis apportez une "
    "facture de moins de trois mois au guichet."
)
NO_DEED = (
    "Le nom de votre enfant est celui de son acte de naissance. Apportez une copie de l’acte pour le faire corriger."
)
FROM_WHEN = "Depuis quel jour habitez-vous à cette adresse\u00a0? Répondez ici, ou corrigez la date."


@dataclass(frozen=True, slots=True)
class _Asking:
    adult: Adult
    target: Target
    wanted: dict[str, Value]
    starts_on: dt.date | None
    story: str
    sent_at: dt.datetime


def ask_to_change(scene: Scene, households: Sequence[Household], settled: Settled, *, now: dt.datetime) -> None:
    """The first household asks for an address and was refused a name; others follow, a few of each story."""
    rng = random.Random(f"asking {scene.town} {local_day(now)}")  # noqa: S311 (a town to play with)
    agent = User.objects.get(username=scene.agents[0].username)
    families = [settled.families[drawn] for drawn in households]
    adults = list(Adult.objects.filter(user__isnull=False, family__in=families).select_related("family", "user"))
    first: dict[int, Adult] = {}
    for adult in sorted(adults, key=lambda adult: adult.pk):
        first.setdefault(adult.family_id, adult)
    for asking in _of_first(first[families[0].pk], now):
        _tell(asking, agent)
    _come_to_the_counter(first[families[0].pk], agent, now - dt.timedelta(days=12))
    others = [first[family.pk] for family in families[1:] if family.pk in first]
    for rank, adult in enumerate(others[:6] + rng.sample(others[6:], max(0, min(MOST - 6, len(others) - 6)))):
        _tell(_drawn(rng, adult, rank, now), agent)


def _come_to_the_counter(adult: Adult, agent: User, now: dt.datetime) -> None:
    """An agent writes a number that the family gave there."""
    values = {"phone_home": "01 99 00 45 67"}
    change_adult(adult=adult, values=values, channel=Channel.COUNTER, by=agent, now=now)


def _of_first(adult: Adult, now: dt.datetime) -> Iterator[_Asking]:
    children = Participant.objects.filter(homes__family=adult.family, adult=None).order_by("born_on", "pk")
    child = children.first()
    if child is not None:
        wanted: dict[str, Value] = {"child-last-name": f"{child.last_name}-Martin"}
        yield _Asking(adult, child, wanted, None, REFUSED, now - dt.timedelta(days=24))
    yield _moving(adult, "8 rue Georges-Lebigot", 9, WAITING, now - dt.timedelta(days=1, hours=2))


def _moving(adult: Adult, lines: str, in_days: int, story: str, sent_at: dt.datetime) -> _Asking:
    town = Town.objects.get()
    postcode = next(word for word in town.address.replace(",", " ").split() if len(word) == 5 and word.isdigit())
    address = {"lines": lines, "postcode": postcode, "city": town.name}
    day = local_day(sent_at) + dt.timedelta(days=in_days)
    return _Asking(adult, adult.family, {"address": address}, day, story, sent_at)


def _drawn(rng: random.Random, adult: Adult, rank: int, now: dt.datetime) -> _Asking:
    story = STORIES[rank % len(STORIES)]
    is_over = story in (ACCEPTED, REFUSED)
    days = rng.randrange(15, 60) if is_over else rng.randrange(0, 8)
    that_day = dt.datetime.combine(local_day(now) - dt.timedelta(days=days), dt.time(rng.randrange(7, 22)), PARIS)
    sent_at = min(that_day + dt.timedelta(minutes=rng.randrange(60)), now - dt.timedelta(minutes=20))
    child = Participant.objects.filter(homes__family=adult.family, adult=None).order_by("born_on", "pk").first()
    if rank % 3 == 1 and child is not None:
        return _Asking(adult, child, _renamed(rng, child), None, story, sent_at)
    if rank % 3 == 2:
        phone = f"07 {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)}"
        wanted: dict[str, Value] = {"phone-mobile": phone, "preferred-contact": "mobile"}
        return _Asking(adult, adult, wanted, None, story, sent_at)
    lines = f"{rng.randrange(1, 90)} {rng.choice(STREETS)}"
    return _moving(adult, lines, rng.randrange(0, 20), story, sent_at)


def _renamed(rng: random.Random, child: Participant) -> dict[str, Value]:
    """An accent that was lost at the desk, or a second first name."""
    name = "".join(FIXED_TYPOS.get(sign, sign) for sign in child.first_name)
    if name != child.first_name:
        return {"child-first-name": name}
    second = rng.choice(("Rose", "Anne", "Lise") if child.sex == Sex.GIRL else ("Paul", "Louis", "Ali"))
    return {"child-first-name": f"{child.first_name}-{second}"}


def _tell(asking: _Asking, agent: User) -> None:
    user, at = asking.adult.user, asking.sent_at
    assert user is not None
    told = ask_change(target=asking.target, wanted=asking.wanted, starts_on=asking.starts_on, by=user, now=at)
    demarche, later = told.asked, at + dt.timedelta(days=2, hours=1)
    if demarche is None:
        return
    if asking.story == ACCEPTED:
        accept_change(demarche, by=agent, version=1, now=later)
    elif asking.story == REFUSED:
        reason = NO_DEED if isinstance(asking.target, Participant) else NO_PROOF
        refuse_change(demarche, reason=reason, by=agent, version=1, now=later)
    elif asking.story == INCOMPLETE:
        answer(demarche, state=DemarcheState.INCOMPLETE, reason=FROM_WHEN, by=agent, version=1, now=later)
