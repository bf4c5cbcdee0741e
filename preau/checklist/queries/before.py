"""What an activity would ask of somebody who is not enrolled in it yet: shown before they enrol."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from preau.accounts.models import User
from preau.activities.models import Activity
from preau.checklist.choices import Stage, State
from preau.checklist.queries.demands import demands_of
from preau.checklist.queries.sources import in_household
from preau.checklist.queries.standings import people_of
from preau.checklist.queries.todo import may_act
from preau.checklist.rules import STRICTNESS, ItemState, Need, Use, is_for, needs_of
from preau.checklist.words import Words, words_of
from preau.core.asked import AskedPaper
from preau.families.models import Guardianship, Participant
from preau.families.permissions import bonds_in_force
from preau.town.queries import the_town

DRAWN: Mapping[State, tuple[str, str, str]] = {
    State.SETTLED: ("Fait", "vert", "succes"),
    State.CHECKING: ("En vérification", "lilas", "sablier"),
    State.REFUSED: ("À refaire", "rouge", "erreur"),
    State.EXPIRED: ("Périmé", "rouge", "horloge"),
    State.MISSING: ("À donner", "ambre", "alerte"),
}
LEFT = (State.MISSING, State.REFUSED, State.EXPIRED)


def asked_by(user: User, participant: Participant, activity: Activity, on: dt.date) -> list[AskedPaper]:
    """Each thing asked for, the most urgent first, what is there already last; a link where this parent may give it.

    The same queries whatever the activity asks, none when the town asks for nothing there.
    """
    version = the_town().catalogue_version
    demands = [one for one in demands_of(version) if is_for(one, activity.pk)]
    bonds = bonds_in_force(user, on=on).filter(participant=participant).select_related("adult")
    bond = bonds.first() if demands else None
    if bond is None:
        return []
    items = {demand.item for demand in demands}
    person = people_of([participant], items, in_household(bond.adult.family_id), on=on)[participant.pk]
    use = Use(activity.pk, activity.name, on, max(on, activity.starts_on))
    needs = sorted(needs_of(replace(person, uses=(use,)), demands, on=on), key=lambda need: need.item)
    found = [
        _asked(words_of(item, version), min(group, key=_strictness), person.state(item), bond, participant.code)
        for item, group in groupby(needs, key=lambda need: need.item)
    ]
    return [paper for _, paper in sorted(found, key=lambda one: one[0])]


def _strictness(need: Need) -> int:
    return STRICTNESS.index(need.stage)


def _asked(
    words: Words, need: Need, state: ItemState, bond: Guardianship, code: str
) -> tuple[tuple[bool, int, str], AskedPaper]:
    is_left = state.state in LEFT
    drawn = DRAWN[state.state]
    if need.stage == Stage.OPTIONAL and state.state == State.MISSING:
        drawn = ("Facultatif", "", "document")
    url = words.url(code) if is_left and may_act(bond, words.subject) else ""
    note = " ".join(part for part in (state.note, _when(need)) if part) if is_left else ""
    paper = AskedPaper(need.item, words.name, *drawn, note, url, words.action, is_given=not is_left)
    return (not is_left, _strictness(need), words.name), paper


def _when(need: Need) -> str:
    if need.stage == Stage.BEFORE_BOOKING:
        return "À donner avant de réserver."
    if need.stage == Stage.BEFORE_FIRST_DAY:
        return "À donner avant le premier jour."
    if need.stage == Stage.PROVISIONAL:
        return "À donner un peu après le premier jour."
    return need.cost or "Vous pouvez le donner plus tard."
