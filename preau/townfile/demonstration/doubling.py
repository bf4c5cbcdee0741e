"""Files opened twice by mistake, and two families that look alike and are not one: what an agent sorts out."""

import datetime as dt
from collections.abc import Sequence

from preau.accounts.models import User
from preau.families.actions import NewHousehold, open_family
from preau.families.households import NewChild, add_child
from preau.families.merging import tell_apart
from preau.families.models import Family
from preau.townfile.demonstration.households import Child, Household, plain
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.settling import Settled

OPENED = 3  # files, beyond the households drawn


def open_twice(scene: Scene, households: Sequence[Household], settled: Settled, *, now: dt.datetime) -> None:
    """The visitor's file, written again at the counter without accents; another whose parent kept the phone alone; and
    a homonym of a parent, whom an agent has told apart."""
    agent = User.objects.get(username=scene.agents[0].username)
    first, second, third = (settled.families[household] for household in (*households[:1], *households[-2:]))
    before = now - dt.timedelta(days=3)
    _again(first, households[0].children[-1:], by=agent, now=before)
    _again(second, (), by=agent, now=before)
    parent = third.adults.earliest("pk")
    homonym = NewHousehold(name=third.name, first_name=parent.first_name, last_name=parent.last_name)
    other = open_family(household=homonym, by=agent, now=before).family
    tell_apart(one=third, other=other, by=agent, now=now - dt.timedelta(days=1))


def _again(family: Family, children: Sequence[Child], *, by: User, now: dt.datetime) -> None:
    """What an agent who did not find the file typed."""
    parent, home = family.adults.earliest("pk"), family.addresses.latest("starts_on")
    typed = NewHousehold(
        name=plain(family.name),
        first_name=plain(parent.first_name),
        last_name=plain(parent.last_name),
        civility=parent.civility,
        contact=parent.contact,
        address=f"4 {home.lines.partition(' ')[2]}",
        postcode=home.postcode,
        city=home.city,
        insee_code=home.insee_code,
    )
    adult = open_family(household=typed, by=by, now=now)
    for one in children:
        child = NewChild(plain(one.first_name), plain(one.last_name), one.born_on, one.sex)
        add_child(family=adult.family, child=child, parents=[adult], by=by, now=now)
