"""What ties the adults of a file to its children, and what a change would do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from preau.billing.queries.sources import read_shares
from preau.core.templatetags.ui import date_longue, enumeration
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.models import Adult, Family, Guardianship, Participant
from preau.families.rules import PRESETS
from preau.members.queries.collecting import named_for
from preau.members.queries.parents import bonds_with


@dataclass(frozen=True)
class Tie:
    """An adult and a child: the bond in force (None: there is none yet), those to come and those before."""

    adult: Adult
    child: Participant
    rows: Sequence[Guardianship]  # by day
    on: dt.date

    @cached_property
    def now(self) -> Guardianship | None:
        return next((row for row in reversed(self.rows) if row.starts_on <= self.on), None)

    @property
    def later(self) -> list[Guardianship]:
        return [row for row in self.rows if row.starts_on > self.on]

    @property
    def situation(self) -> str:
        return self.now.get_situation_display() if self.now else "aucun lien"

    @property
    def is_adjusted(self) -> bool:
        return self.now is not None and self.now.levels != PRESETS[Situation(self.now.situation)]


def ties_of(family: Family, *, on: dt.date) -> list[Tie]:
    """Each adult of the file with each child who lives there, and with those elsewhere whom something ties to them:
    three queries."""
    adults = list(Adult.objects.filter(family=family).order_by("pk"))
    here = Q(homes__family=family, adult=None)
    tied = Q(guardianships__adult__in=adults, adult=None)
    children = list(Participant.objects.filter(here | tied).distinct().order_by("born_on", "first_name", "pk"))
    at_home = set(Participant.objects.filter(here).values_list("pk", flat=True))
    rows: dict[tuple[int, int], list[Guardianship]] = {}
    for row in Guardianship.objects.filter(adult__in=adults, participant__in=children).order_by("starts_on"):
        rows.setdefault((row.adult_id, row.participant_id), []).append(row)
    pairs = [(adult, child) for child in children for adult in adults]
    return [
        Tie(adult, child, rows.get((adult.pk, child.pk), ()), on)
        for adult, child in pairs
        if child.pk in at_home or (adult.pk, child.pk) in rows
    ]


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change would do, in sentences; `warnings` are those that an agent must not miss."""

    sentences: tuple[str, ...]
    warnings: tuple[str, ...]


LOST, SEES, ACTS = "ne verra plus", "verra, sans pouvoir agir", "verra et pourra agir"


def effects_of_bond(
    tie: Tie, family: Family, *, situation: Situation, starts_on: dt.date, levels: Mapping[Subject, AccessLevel]
) -> Effects:
    """Who sees and decides what, and who pays, once the bond is so."""
    before = next((row.levels for row in reversed(tie.rows) if row.starts_on <= starts_on), PRESETS[Situation.ENDED])
    after = {**PRESETS[situation], **levels}
    who, child = str(tie.adult), tie.child.first_name
    told = [
        f"{who} {words}\u00a0: {enumeration(subjects)}."
        for level, words in ((AccessLevel.NONE, LOST), (AccessLevel.SEE, SEES), (AccessLevel.ACT, ACTS))
        if (subjects := [one.label for one in Subject if after[one] == level and before[one] != level])
    ]
    told = told or [f"{who} voit et fait la même chose qu’avant."]
    warnings = []
    if after[Subject.PICKUP] < AccessLevel.ACT <= before[Subject.PICKUP]:
        named = [str(one) for one in named_for(tie.child) if one.signed_by_id == tie.adult.pk and one.may_collect]
        if named:
            warnings.append(
                f"Ne pourront plus venir chercher {child}, car {who} les a désignés\u00a0: {enumeration(named)}."
            )
    deciding = bonds_with([tie.child], Subject.IDENTITY, on=starts_on).exclude(adult=tie.adult)
    others = [str(bond.adult) for bond in deciding]
    if after[Subject.IDENTITY] == AccessLevel.ACT:
        others.append(who)
    if others:
        told.append(f"Décident pour {child} à partir de ce jour\u00a0: {enumeration(others)}.")
    else:
        warnings.append(f"Plus personne ne décidera en ligne pour {child}\u00a0: la mairie devra agir à sa place.")
    told.append(pays(family, tie.child, on=starts_on))
    for row in tie.rows:
        if row.starts_on > starts_on:
            day = date_longue(row.starts_on)
            warnings.append(f"Un autre changement est déjà prévu le {day}\u00a0: {row.get_situation_display()}.")
    told.append("Les inscriptions et les réservations ne changent pas.")
    return Effects(tuple(told), tuple(warnings))


def effects_of_leaving(adult: Adult, children: Sequence[Participant], *, on: dt.date) -> Effects:
    """What becomes of the household and of the one who leaves it."""
    family = adult.family
    staying = [str(one) for one in Adult.objects.filter(family=family).exclude(pk=adult.pk).order_by("pk")]
    told = [
        f"Un dossier s’ouvre pour {adult}, sans adresse ni quotient\u00a0: demandez-les.",
        f"{adult} ne verra plus les factures, le quotient ni l’adresse de la famille {family.name}.",
        f"{adult} garde ses liens avec les enfants, et ce qu’ils permettent.",
        pays(family, None, on=on, without=adult),
    ]
    if children:
        names = enumeration([child.first_name for child in children])
        told.append(f"Auront deux foyers\u00a0: {names}. Sans garde déclarée, chacun paie ce qu’il réserve.")
    warnings = (
        [] if staying else [f"{adult} est la seule personne adulte de ce dossier\u00a0: elle ne peut pas le quitter."]
    )
    return Effects(tuple(told), tuple(warnings))


def pays(family: Family, child: Participant | None, *, on: dt.date, without: Adult | None = None) -> str:
    """Who pays the days of the household: the shares that the town wrote, else the first adult who is left."""
    shares, _ = read_shares(Family.objects.filter(pk=family.pk), on)
    weights = shares[family.pk].on(child.pk if child else 0, on.isoformat()) if family.pk in shares else ()
    if weights:
        payers = list(Adult.objects.filter(payer__in=[payer for payer, _ in weights]).order_by("pk"))
    else:
        staying = Adult.objects.filter(family=family).exclude(code=without.code if without else "")
        payers = list(staying.order_by("pk")[:1])
    names = enumeration(payers) or "personne"
    return f"Les jours du foyer {family.name} sont payés par {names}."
