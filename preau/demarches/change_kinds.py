"""The kinds of requests to change the file: a household, an adult, a child. How each is read, checked and answered."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.money import NBSP
from preau.core.templatetags.ui import date_longue
from preau.demarches.actions.changes import accept_change, refuse_change, withdraw_change
from preau.demarches.choices import ADULT_CHANGE, CHILD_CHANGE, HOUSEHOLD_CHANGE, FieldState
from preau.demarches.file_fields import ADDRESS, ALLOCATAIRE, is_in_town, live_values, told, was_resident
from preau.demarches.kinds import Check, Kind, Line, Reach, nothing_more
from preau.demarches.models import Demarche, FieldChange, FileChange
from preau.demarches.rules import fold
from preau.families.models import Address, Family, FileWord, Participant
from preau.families.search_words import phone_digits
from preau.town.fields import FIELDS
from preau.town.queries import the_town

MOST_NAMED = 3  # of the other files that a check names


def lines_of(demarche: Demarche) -> Sequence[Line]:
    """What is asked, beside what holds until an agent accepts."""
    return _lines(demarche, demarche.file_change.fields.order_by("pk"))


def address_of(demarche: Demarche) -> Sequence[Line]:
    """What the household shares: its address, and from when."""
    return _lines(demarche, demarche.file_change.fields.filter(field=ADDRESS))


def _lines(demarche: Demarche, rows: Iterable[FieldChange]) -> list[Line]:
    change: FileChange = demarche.file_change
    found = [
        Line(FIELDS[row.field].label, told(row.field, row.new) or "(retiré)", told(row.field, row.old) or "(rien)")
        for row in rows
        if row.state != FieldState.WITHDRAWN or not demarche.is_open
    ]
    if change.participant:
        found.insert(0, Line("Enfant", str(change.participant)))
    if change.starts_on and found:
        found.append(Line("À partir du", date_longue(change.starts_on)))
    return found


def checks_of(demarche: Demarche) -> Sequence[Check]:
    """What the machine looked at. A few queries, for one request: the list asks for none."""
    change: FileChange = demarche.file_change
    day = change.starts_on or local_day(timezone.now())
    live = live_values(change.target, on=day)
    found: list[Check] = []
    for row in change.fields.filter(state=FieldState.PENDING).order_by("pk"):
        found.append(_still(row, live))
        if row.field == ADDRESS:
            found += _of_address(change, row.new, day)
        elif row.field == ALLOCATAIRE:
            found += _of_allocataire(change, row.new)
        elif row.field in PHONES and row.new:
            found += _of_phone(change, row.new)
        elif row.field in NAMES:
            found += _of_name(change)
    return found


PHONES = ("phone-mobile", "phone-home", "phone-work")
NAMES = ("child-first-name", "child-last-name")


def _still(row: FieldChange, live: dict[str, str | dict[str, str]]) -> Check:
    label = FIELDS[row.field].label
    if live[row.field] == row.old:
        return Check(f"{label}{NBSP}: le dossier n’a pas changé depuis la demande.", True)
    now = told(row.field, live[row.field]) or "(rien)"
    return Check(f"{label}{NBSP}: le dossier a changé depuis la demande. Il dit maintenant «{NBSP}{now}{NBSP}».", False)


def _of_address(change: FileChange, address: dict[str, str], day: dt.date) -> list[Check]:
    town, family = the_town(), change.family
    assert family is not None
    is_ours, was_ours = is_in_town(address), was_resident(family, day)
    where = "dans la commune" if is_ours else "hors de la commune"
    found = [Check(f"Adresse {where}, d’après le nom de la ville.", is_ours or None)]
    postcode = address.get("postcode", "")
    if is_ours and postcode not in town.address:
        found.append(Check(f"Le code postal {postcode} n’est pas celui de la mairie.", False))
    if is_ours != was_ours:
        now_is = "des habitants" if is_ours else "extérieur"
        found.append(Check(f"Le tarif {now_is} s’appliquera à partir du {date_longue(day)}.", None))
    others = [row for row in _same_place(address, day) if row.family_id != family.pk]
    if others:
        found.append(Check(f"Même adresse que {_named([row.family for row in others])}.", None))
    return found


def _same_place(address: dict[str, str], day: dt.date) -> list[Address]:
    """Where open files live there on that day."""
    in_force = Address.objects.filter(family=OuterRef("family"), starts_on__lte=day).order_by("-starts_on")
    near = Address.objects.filter(
        postcode=address.get("postcode", ""), family__archived_at__isnull=True, pk=Subquery(in_force.values("pk")[:1])
    )
    wanted = fold(address.get("lines", ""))
    return [row for row in near.select_related("family").order_by("family_id") if fold(row.lines) == wanted]


def _of_allocataire(change: FileChange, number: str) -> list[Check]:
    same = Family.objects.filter(allocataire=number, archived_at__isnull=True) if number else Family.objects.none()
    found = [family for family in same.order_by("pk") if family.pk != change.family_id]
    return [Check(f"Ce numéro est déjà celui d’un autre dossier{NBSP}: {_named(found)}.", False)] if found else []


def _of_phone(change: FileChange, number: str) -> list[Check]:
    words = FileWord.objects.filter(word=phone_digits(number), adult__isnull=False, family__archived_at__isnull=True)
    others = words.exclude(adult=change.adult_id).select_related("family")
    same = [word.family for word in others.order_by("family_id")]
    return [Check(f"Ce numéro est aussi dans {_named(same)}.", None)] if same else []


def _of_name(change: FileChange) -> list[Check]:
    child = change.participant
    assert child is not None
    asked = dict(change.fields.filter(state=FieldState.PENDING).values_list("field", "new"))
    first = asked.get("child-first-name", child.first_name)
    last = asked.get("child-last-name", child.last_name)
    same: QuerySet[Participant] = Participant.objects.filter(born_on=child.born_on).exclude(pk=child.pk)
    if any((fold(one.first_name), fold(one.last_name)) == (fold(first), fold(last)) for one in same):
        return [Check("Un autre enfant du même nom est né le même jour.", False)]
    return []


def _named(families: Sequence[Family]) -> str:
    """« le dossier 1842, Pinceau »; the first few, when there are many."""
    names = [f"{family.number}, {family.name}" for family in dict.fromkeys(families)]
    shown = "; ".join(names[:MOST_NAMED]) + (f" et {len(names) - MOST_NAMED} autres" if len(names) > MOST_NAMED else "")
    return f"le dossier {shown}" if len(names) == 1 else f"les dossiers {shown}"


def then(demarche: Demarche) -> str:
    """When it holds."""
    starts_on = demarche.file_change.starts_on
    if starts_on and starts_on > local_day(timezone.now()):
        return f"Le changement vaut à partir du {date_longue(starts_on)}. Vous n’avez rien d’autre à faire."
    return nothing_more(demarche)


def change_page(demarche: Demarche) -> str:
    """Where the asker changes what they asked, and asks anew."""
    change: FileChange = demarche.file_change
    if change.participant:
        return reverse("demarches:child_change", args=[change.participant.code])
    if change.adult_id:
        return reverse("demarches:contact_phones")
    is_address = change.fields.filter(field=ADDRESS).exclude(state=FieldState.WITHDRAWN).exists()
    return reverse("demarches:contact_address" if is_address else "demarches:contact_allocataire")


_kind = partial(
    Kind,
    page="demarches:change",
    detail=FileChange,
    lines=lines_of,
    accept=accept_change,
    refuse=refuse_change,
    withdraw=withdraw_change,
    change_page=change_page,
    then=then,
    checks=checks_of,
    is_accepted_together=True,
)
KINDS = (
    _kind(
        code=HOUSEHOLD_CHANGE,
        label="Adresse et foyer",
        reach=Reach.HOUSEHOLD,
        shared_lines=address_of,
    ),
    _kind(code=ADULT_CHANGE, label="Coordonnées"),
    _kind(
        code=CHILD_CHANGE,
        label="Enfant",
        reach=Reach.CHILD,
    ),
)
