"""Those whom a visitor lets in: a parent with the code of a letter, one who is invited, one who asks."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.contrib.auth.hashers import make_password

from preau.accounts.choices import UserKind
from preau.accounts.conditions import accept, texts_in_force
from preau.accounts.models import User
from preau.demarches.actions import ask_account
from preau.families.models import Adult
from preau.registration.actions.codes import give_codes
from preau.registration.actions.inviting import invite
from preau.registration.rules import spaced_code
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import Household
from preau.townfile.demonstration.portrait import portrait
from preau.townfile.demonstration.scene import Asker, Scene
from preau.townfile.demonstration.settling import Settled


def prepare_arrivals(
    scene: Scene, households: Sequence[Household], settled: Settled, *, now: dt.datetime
) -> Iterator[str]:
    """Make ready those who have no account yet; yields what to try, for whoever opens the demonstration."""
    agent = User.objects.get(username=scene.agents[0].username)
    for drawn in households:
        if drawn.arrival is None:
            continue
        adult = Adult.objects.filter(family=settled.families[drawn]).earliest("pk")
        if drawn.arrival == WayIn.INVITED:
            invite(adults=[adult.pk], by=agent, now=now)
            yield f"{adult} est invitée : son courriel est dans la boîte aux lettres."
        else:
            [printed] = give_codes(adults=[adult.pk], by=agent, now=now)
            yield (
                f"{adult} crée son compte : dossier {drawn.number}, nom {drawn.name}, "
                f"code du courrier {spaced_code(printed.code)}."
            )
    if scene.asker is not None:
        who = _ask(scene.asker, scene.password, now=now)
        yield f"{who} attend la réponse à sa demande ({who.username}) : {agent} la trouve dans ses demandes."


def _ask(asker: Asker, password: str, *, now: dt.datetime) -> User:
    """The account, whose address is confirmed, and its request sent an hour ago."""
    said = asker.identity
    user = User.objects.create(
        kind=UserKind.FAMILY,
        username=asker.username,
        email=f"{asker.username}@example.org",
        first_name=said.first_name,
        last_name=said.last_name,
        password=make_password(password),
        is_admitted=False,
    )
    at = now - dt.timedelta(hours=1)
    accept(user, texts_in_force(), now=at)
    ask_account(user=user, identity=said, claimed_number="", claimed_name="", photo=portrait(), now=at)
    return user
