"""What each area has to say of a child on the card of « Mon dossier »; an area that has a page about children adds its
line here."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from preau.accounts.models import User
from preau.checklist.queries.todo import PersonTodo, todo_of
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Participant
from preau.families.permissions import participants_visible_to
from preau.families.queries import consents_of
from preau.health.permissions import sheets_visible_to
from preau.health.queries.states import SheetState, sheet_states
from preau.members.choices import Verdict
from preau.members.queries.authorisations import authorisation_states
from preau.members.queries.diets import diets_offered, diets_on
from preau.town.choices import TextCode
from preau.town.queries import year_on


@dataclass(frozen=True, slots=True)
class ChildLine:
    """« Fiche sanitaire : à compléter ». `colour` and `icon` are those of a gommette, "" for plain words; `url` is the
    page, `action` what the link to it says (« Compléter la fiche »)."""

    label: str
    text: str
    colour: str = ""
    icon: str = ""
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ChildCard:
    """A child on « Mon dossier », with their schooling of the day."""

    child: Participant
    level: str
    school: str
    lines: tuple[ChildLine, ...]

    @property
    def pages(self) -> list[ChildLine]:
        """The lines that lead to a page."""
        return [line for line in self.lines if line.url]


News = Callable[[User, Sequence[Participant], dt.date], Mapping[int, ChildLine]]
"""Asked once for all the children, so that six cost what one does; the answer is by the key of the child, without those
about whom there is nothing to say, or nothing that this parent may see."""


def image_rights(user: User, children: Sequence[Participant], on: dt.date) -> dict[int, ChildLine]:
    """What this parent answered; None of those whose identity they may not act on."""
    found = {}
    for asked in consents_of(user, on=on):
        if asked.text.code == TextCode.CONSENT_IMAGE and asked.participant:
            text = "Accordé" if asked.is_given else "Refusé" if asked.last else "Sans réponse"
            found[asked.participant.pk] = ChildLine(
                "Droit à l’image",
                text,
                url=reverse("families:image_consent", args=[asked.participant.code]),
                action="Droit à l’image",
            )
    return found


def completeness(user: User, children: Sequence[Participant], on: dt.date) -> dict[int, ChildLine]:
    """Whether something is still missing in the file of each child, with the list of what this parent may give."""
    todo = todo_of(user, on=on)
    return {one.person.pk: _completeness(one) for one in todo.people}


def _completeness(one: PersonTodo) -> ChildLine:
    url = f"{reverse('checklist:todo')}#{one.person.code}"
    if one.standing.missing:
        text = _counted(len(one.todos))
        return ChildLine("Dossier", text, "rouge" if one.is_blocked else "ambre", "alerte", url, "Voir ce qui manque")
    if one.standing.checking:
        return ChildLine("Dossier", "En vérification", "lilas", "sablier", url, "Voir le détail")
    return ChildLine("Dossier", "Complet", "vert", "succes")


def _counted(todos: int) -> str:
    """As the home page and « À faire » count: what the whole family or the other parent must give is not here."""
    if not todos:
        return "À compléter"
    return "1 élément manque" if todos == 1 else f"{todos} éléments manquent"


def authorisations(user: User, children: Sequence[Participant], on: dt.date) -> dict[int, ChildLine]:
    """What the town waits for, of those about whom this parent may read it; nothing of adults who take part."""
    seen = set(participants_visible_to(user, Subject.PICKUP, on=on).values_list("pk", flat=True))
    young = [child for child in children if child.adult_id is None and child.pk in seen]
    states, found = authorisation_states(young, on=on), {}
    for child in young:
        url, action = reverse("members:authorisations", args=[child.code]), "Gérer mes autorisations"
        missing = sum(state.is_missing for state in states[child.pk])
        if any(state.verdict == Verdict.DISAGREED for state in states[child.pk]):
            found[child.pk] = ChildLine("Autorisations", "Désaccord", "rouge", "alerte", url, action)
        elif missing:
            text = f"{missing} réponse{'s' if missing > 1 else ''} à donner"
            found[child.pk] = ChildLine("Autorisations", text, "ambre", "alerte", url, action)
        elif states[child.pk]:
            found[child.pk] = ChildLine("Autorisations", "À jour", "vert", "succes", url, action)
        else:
            found[child.pk] = ChildLine("Autorisations", "Qui peut venir", url=url, action=action)
    return found


def health_sheets(user: User, children: Sequence[Participant], on: dt.date) -> dict[int, ChildLine]:
    """How the sheet stands of those whose sheet this parent may see; no value is opened."""
    seen = set(sheets_visible_to(user, on=on).values_list("pk", flat=True))
    states = sheet_states([child for child in children if child.pk in seen], year=year_on(on), on=on)
    return {child.pk: _health_line(child, states[child.pk]) for child in children if child.pk in states}


def _health_line(child: Participant, state: SheetState) -> ChildLine:
    label, url = "Fiche sanitaire", reverse("health:sheet", args=[child.code])
    if state.is_confirmed:
        return ChildLine(label, "Confirmée", "vert", "succes", url, "Voir la fiche sanitaire")
    if state.is_complete:
        return ChildLine(label, "À confirmer", "ambre", "alerte", url, "Confirmer la fiche sanitaire")
    return ChildLine(label, "À compléter", "ambre", "alerte", url, "Compléter la fiche sanitaire")


def diets(user: User, children: Sequence[Participant], on: dt.date) -> dict[int, ChildLine]:
    """What the kitchen is told, where the town asks; who may act on the child changes it."""
    if not diets_offered(on=on):
        return {}
    acted_on = participants_visible_to(user, Subject.IDENTITY, on=on, level=AccessLevel.ACT)
    mine, chosen = set(acted_on.values_list("pk", flat=True)), diets_on(children, on=on)
    return {
        child.pk: ChildLine(
            "À table",
            ", ".join(diet.name for diet in chosen[child.pk]) or "Mange de tout",
            url=reverse("members:diet", args=[child.code]) if child.pk in mine else "",
            action="Changer le régime",
        )
        for child in children
    }


CHILD_NEWS: tuple[News, ...] = (completeness, health_sheets, authorisations, image_rights)
CHILD_PAGE: tuple[News, ...] = (*CHILD_NEWS, diets)
"""On the page of one child there is room for more."""


def lines_of(
    user: User, children: Sequence[Participant], on: dt.date, about: Sequence[News] = CHILD_NEWS
) -> dict[int, tuple[ChildLine, ...]]:
    """The lines of each child, by its key, in the order of `about`."""
    told = [news(user, children, on) for news in about]
    return {child.pk: tuple(lines[child.pk] for lines in told if child.pk in lines) for child in children}
