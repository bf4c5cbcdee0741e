"""Those whom a visitor lets in: a parent with the code of a letter, one who is invited."""

import datetime as dt
from collections.abc import Iterator, Sequence

from preau.accounts.models import User
from preau.families.models import Adult
from preau.registration.actions.codes import give_codes
from preau.registration.actions.inviting import invite
from preau.registration.rules import spaced_code
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import Household
from preau.townfile.demonstration.scene import Scene
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
