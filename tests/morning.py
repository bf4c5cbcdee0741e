"""What waits for the agents of the journeys on that Monday morning: twenty requests of several kinds."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from preau.accounts.models import User
from preau.demarches.actions import ask_change
from preau.demarches.kinds import KINDS
from preau.demarches.models import Demarche, Recipient
from preau.demarches.testing import make_account_request, make_waiting_user
from preau.documents.choices import Holder
from preau.documents.models import DocumentKind
from preau.documents.testing import make_document, make_kind
from preau.families.choices import Sex
from preau.families.models import Adult, Family, Participant
from preau.members.actions.asking import ask
from preau.members.actions.trusting import contest_person
from preau.members.choices import CHILD, SCHOOL
from preau.members.rules import ChildAsked, SchoolAsked
from preau.members.testing import make_person
from preau.town.models import Service
from tests.journeys import YEAR, Villejuif, make_parent


@dataclass(frozen=True)
class Morning:
    """Twenty requests: ten households that move, three accounts, three documents, a first name, a school, a child to
    add, a disagreement."""

    movers: tuple[User, ...]
    accounts: tuple[Demarche, ...]
    documents: tuple[Demarche, ...]
    name: Demarche
    school: Demarche
    child: Demarche
    disagreement: Demarche


def twenty_requests(town: Villejuif) -> Morning:
    """The first was sent two hours ago, and one every five minutes since."""
    enfance = Service.objects.get(code="enfance")
    for kind in KINDS:
        Recipient.objects.update_or_create(kind=kind, defaults={"service": enfance})
    times = iter(timezone.now() - dt.timedelta(minutes=5 * left) for left in range(24, 0, -1))
    movers = tuple(_move(number, now=next(times)) for number in range(10))
    names = (("Inès", "Laurent"), ("Paul", "Ferreira"), ("Awa", "Ndiaye"))
    waiting = [make_waiting_user(f"attend.{last}", first_name=first, last_name=last) for first, last in names]
    accounts = tuple(make_account_request(user, service=enfance, now=next(times)) for user in waiting)
    return Morning(
        movers,
        accounts,
        tuple(_paper(user, now=next(times)) for user in (town.zoe, town.hugo, movers[0])),
        _asked(ask_change(target=town.nora, wanted={"child-first-name": "Norah"}, by=town.zoe, now=next(times)).asked),
        _ask(town.nora, town.zoe, SCHOOL, SchoolAsked(YEAR, "maternelle-vilar", "gs"), now=next(times)),
        _ask(town.lea, town.hugo, CHILD, ChildAsked("Tom", "Martin", dt.date(2023, 5, 2), Sex.BOY), now=next(times)),
        _contest(town, now=next(times)),
    )


def _move(number: int, *, now: dt.datetime) -> User:
    family, user = make_parent("Alix", f"Faubourg{number}", f"a.faubourg{number}", quotient=None)
    address = {"lines": f"{number + 1} rue du Lac", "postcode": "94800", "city": "Villejuif"}
    ask_change(target=family, wanted={"address": address}, by=user, now=now)
    return user


def _paper(user: User, *, now: dt.datetime) -> Demarche:
    family = Family.objects.get(adults__user=user)
    return make_document(_kind_of_household(), family, family, by=user, now=now).demarche


def _kind_of_household() -> DocumentKind:
    return DocumentKind.objects.filter(holder=Holder.FAMILY).order_by("order").first() or make_kind()


def _asked(demarche: Demarche | None) -> Demarche:
    assert demarche is not None
    return demarche


def _ask(child: Participant, user: User, kind: str, asked: SchoolAsked | ChildAsked, *, now: dt.datetime) -> Demarche:
    adult = Adult.objects.get(user=user)
    about = child if kind == SCHOOL else None
    summary = {SCHOOL: "Changer d’école", CHILD: "Ajouter un enfant"}[kind]
    return ask(kind=kind, adult=adult, asked=asked, summary=summary, child=about, by=user, now=now)


def _contest(town: Villejuif, *, now: dt.datetime) -> Demarche:
    """Malik is against somebody whom Zoé named for Nora."""
    zoe, malik = (Adult.objects.get(user=user) for user in (town.zoe, town.malik))
    contest_person(person=make_person(town.nora, zoe), adult=malik, by=town.malik, now=now)
    return Demarche.objects.get(disagreement__person__participant=town.nora)
