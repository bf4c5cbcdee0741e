"""How requests about members are told, to the family and to the agent."""

from collections.abc import Sequence

from preau.core.dates import local_day
from preau.core.templatetags.ui import date_longue
from preau.demarches.kinds import Check, Line
from preau.demarches.models import Demarche
from preau.families.choices import Sex, Situation
from preau.families.models import Adult, Family, Participant, Schooling
from preau.members.actions.asking import asked_in
from preau.members.models import Disagreement, SchoolRule
from preau.members.queries.authorisations import Answered, authorisation_states
from preau.members.queries.schools import Class, Sectored, Weighed, weighed
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.town.models import Level, Place


def disagreement_lines(demarche: Demarche) -> Sequence[Line]:
    """What it is about, and what each parent says today."""
    row: Disagreement = demarche.disagreement
    child = demarche.participant
    lines = [Line("Enfant", str(child))] if child else []
    if row.person is not None:
        person = row.person
        what = "peut venir chercher l’enfant" if person.may_collect else "à prévenir en cas d’urgence"
        lines += [
            Line("Personne", f"{person}, {person.link}\u00a0: {what}"),
            Line("Nommée par", f"{person.signed_by}, le {date_longue(local_day(person.signed_at))}"),
        ]
        if person.contested_by and person.contested_at:
            when = date_longue(local_day(person.contested_at))
            lines.append(Line("Opposition de", f"{person.contested_by}, le {when}"))
        return lines
    if child is None:
        return lines
    states = authorisation_states([child], on=local_day(demarche.sent_at))[child.pk]
    for state in states:
        if row.kind_id == state.kind.pk:
            lines.append(Line("Question", state.text.title))
            lines += [Line(str(answer.adult), told(answer)) for answer in state.answers]
    return lines


def told(answer: Answered) -> str:
    """« oui, le 3 septembre 2026 »."""
    if answer.given is None or answer.at is None:
        return "pas encore de réponse"
    return f"{'oui' if answer.given else 'non'}, le {date_longue(local_day(answer.at))}"


SHAPE_WORDS = {
    "weeks": "une semaine sur deux, du lundi au dimanche",
    "two-two-five-five": "2 jours, 2 jours, 5 jours, 5 jours (2-2-5-5)",
    "weekends": "un week-end sur deux, du vendredi au dimanche",
    "even-weeks": "semaines paires et impaires",
    "one": "toujours au même domicile",
}


def child_lines(demarche: Demarche) -> Sequence[Line]:
    """A child to add."""
    asked = asked_in(demarche, ChildAsked)
    names = [str(adult) for adult in Adult.objects.filter(family=demarche.family, code__in=asked.parents)]
    return _told(
        ("Enfant", f"{asked.first_name} {asked.last_name}"),
        ("Naissance", date_longue(asked.born_on)),
        ("Sexe", Sex(asked.sex).label if asked.sex else ""),
        ("Parents dans ce foyer", ", ".join(names)),
    )


def guardian_lines(demarche: Demarche) -> Sequence[Line]:
    """A grown-up to add."""
    asked = asked_in(demarche, GuardianAsked)
    children = Participant.objects.filter(code__in=asked.children, homes__family=demarche.family).order_by("born_on")
    return _told(
        ("Personne", " ".join(filter(None, (asked.civility, asked.first_name, asked.last_name)))),
        ("Lien", Situation(asked.situation).label),
        ("Enfants", ", ".join(child.first_name for child in children)),
        ("E-mail", asked.email),
        ("Téléphone", asked.phone),
    )


def custody_lines(demarche: Demarche) -> Sequence[Line]:
    """Whose days."""
    asked = asked_in(demarche, CustodyAsked)
    other = Adult.objects.filter(code=asked.other).first()
    me = Adult.objects.filter(code=asked.mine).first() if asked.mine else demarche.asked_by
    first, second = (me, other) if asked.begins == "me" else (other, me)
    half = "première moitié les années paires chez"
    holidays = {"none": "comme le reste de l’année", "me": f"{half} {me}"}
    return _told(
        ("Enfant", str(demarche.participant or "")),
        ("À partir du", date_longue(asked.starts_on)),
        ("Rythme", SHAPE_WORDS.get(asked.shape, "")),
        ("Commence, ou semaines paires", f"chez {first}" if first else ""),
        ("Autre domicile", f"chez {second}" if second and asked.shape != "one" else ""),
        ("Vacances", holidays.get(asked.holidays, f"{half} {other}")),
    )


def school_lines(demarche: Demarche) -> Sequence[Line]:
    """Which school, instead of which, for which reasons."""
    asked = asked_in(demarche, SchoolAsked)
    codes = (asked.place, asked.sector)
    places = dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
    levels = dict(Level.objects.filter(code=asked.level).values_list("code", "name"))
    known = Schooling.objects.filter(participant=demarche.participant).select_related("year", "place", "level")
    last = known.order_by("-year__starts_on").first()
    rule = SchoolRule.objects.filter(id=1).first()
    papers = [rule.papers[one] for one in asked.criteria if one in rule.papers] if rule else []
    return _told(
        ("Enfant", str(demarche.participant or "")),
        ("Aujourd’hui", f"{last.place}, {last.level} ({last.year})" if last else ""),
        ("Année", asked.year),
        ("Niveau", levels.get(asked.level, asked.level)),
        ("École du secteur", places.get(asked.sector, asked.sector)),
        ("École souhaitée", places.get(asked.place, asked.place)),
        ("Raisons", ", ".join(asked.criteria)),
        ("Précisions", asked.words),
        ("Pour appuyer les raisons", ", ".join(papers)),
    )


def school_checks(demarche: Demarche) -> Sequence[Check]:
    """What the sectors, the classes and the school of brothers and sisters say."""
    if demarche.participant is None:
        return ()
    asked = asked_in(demarche, SchoolAsked)
    found = weighed(asked, demarche.participant, on=local_day(demarche.sent_at))
    if found is None:
        return (Check("L’année, l’école ou le niveau demandé n’existe plus", is_good=False),)
    return [
        *(Check(*_sector_words(family, sector, found, several=len(found.homes) > 1)) for family, sector in found.homes),
        *(Check(class_words(one, asked.year), is_good=False if one.is_full else None) for one in found.classes),
        *(_sibling(child, schooling, found) for child, schooling in found.siblings),
    ]


def _sector_words(family: Family, sector: Sectored, found: Weighed, *, several: bool) -> tuple[str, bool | None]:
    whose = f"Foyer {family.name}\u00a0: " if several else ""
    if sector.address is None:
        return f"{whose}Aucune adresse connue", None
    if sector.is_resident is False:
        return f"{whose}Habite {sector.address.city}\u00a0: l’accord des deux maires est à demander", False
    if sector.place is None:
        return (
            f"{whose}«\u00a0{sector.address.lines}\u00a0» n’est dans aucun secteur pour ce niveau\u00a0: à vérifier",
            None,
        )
    is_wished = sector.place.pk == found.at_wished.place.pk
    told = f"{whose}Secteur {sector.sector}, {sector.address.lines}\u00a0: {sector.place}"
    return (told, True) if is_wished else (f"{told}, et non l’école souhaitée", False)


def class_words(one: Class, year: str) -> str:
    """« Élémentaire Jean-Vilar, CP : 47 inscrits en 2027-2028 pour 54 places, 51 cette année »."""
    count = f"{one.taken} inscrit{'s' if one.taken > 1 else ''} en {year}"
    room = "" if one.places is None else f" pour {one.places} place{'s' if one.places > 1 else ''}"
    today = "" if one.today is None else f", {one.today} cette année"
    return f"{one.place}, {one.level}\u00a0: {count}{room}{today}"


def _sibling(child: Participant, schooling: Schooling | None, found: Weighed) -> Check:
    if schooling is None:
        return Check(f"{child.first_name} n’est pas à l’école")
    is_there = schooling.place_id == found.at_wished.place.pk
    told = f"{child.first_name}\u00a0: {schooling.place}, {schooling.level} ({schooling.year})"
    return Check(told, is_good=True if is_there else None)


def _told(*lines: tuple[str, str]) -> list[Line]:
    return [Line(label, value) for label, value in lines if value]
