"""What a family of the sweeps has signed about its child, and what agents know of it."""

import datetime as dt
from dataclasses import dataclass

from preau.billing.testing import PayingHousehold
from preau.demarches.models import Demarche
from preau.families.models import Participant
from preau.families.testing import make_adult, make_bond, make_family
from preau.members.actions.asking import ask
from preau.members.actions.authorising import sign_authorisations
from preau.members.actions.eating import choose_diets
from preau.members.actions.trusting import contest_person
from preau.members.choices import CHILD, GUARDIAN, SCHOOL
from preau.members.models import Barred, Diet, Disagreement, TrustedPerson
from preau.members.rules import ChildAsked, GuardianAsked, SchoolAsked
from preau.members.testing import NOW, make_authorisation, make_barred, make_diet, make_person
from preau.town.testing import make_level, make_place, make_year

LONG_BEFORE = NOW - dt.timedelta(days=90)


@dataclass(frozen=True)
class Signed:
    """Somebody who may collect, whom the other parent contests before an agent; whom that parent named; somebody barred
    by a judgment; what they ask about their members. The answer and the diet of the child are there too."""

    person: TrustedPerson
    disagreement: Demarche
    others_person: TrustedPerson
    barred: Barred
    asked: tuple[Demarche, ...]


def sign(home: PayingHousehold, child: Participant, *, phone: str) -> Signed:
    make_authorisation("sortie", is_required=True)
    make_diet("sans-porc")
    person = make_person(child, home.adult, phone=phone)
    opponent = make_adult(make_family(name="Opposant"), first_name="Olga", last_name="Opposant")
    make_bond(opponent, child)
    assert opponent.user is not None
    contest_person(person=person, adult=opponent, by=opponent.user, now=NOW)
    sign_authorisations(adult=home.adult, participant=child, answers={"sortie": True}, by=home.user, now=NOW)
    diets = list(Diet.objects.all())
    choose_diets(adult=home.adult, participant=child, diets=diets, starts_on=NOW.date(), by=home.user, now=NOW)
    return Signed(
        person=person,
        disagreement=Disagreement.objects.select_related("demarche").get(person=person).demarche,
        others_person=make_person(child, opponent, first_name="Odette"),
        barred=make_barred(
            child, written_at=LONG_BEFORE, first_name=f"{home.adult.first_name}-Barré", last_name=home.adult.last_name
        ),
        asked=_ask(home, child),
    )


def _ask(home: PayingHousehold, child: Participant) -> tuple[Demarche, ...]:
    """A brother to add, a guardian, a school."""
    asked: dict[str, ChildAsked | GuardianAsked | SchoolAsked] = {
        CHILD: ChildAsked(f"{child.first_name}-Deux", child.last_name, child.born_on, parents=(home.adult.code,)),
        GUARDIAN: GuardianAsked("Rosa", child.last_name, "grandparent", (child.code,)),
        SCHOOL: SchoolAsked(make_year().code, make_place("ecole-une").code, make_level("cp").code),
    }
    return tuple(
        ask(
            kind=kind,
            adult=home.adult,
            asked=what,
            summary=f"Demande de {child.first_name}",
            child=child if kind == SCHOOL else None,
            by=home.user,
            now=NOW,
        )
        for kind, what in asked.items()
    )
