"""Whom this person named for the children, their diets, what was asked about members."""

from collections.abc import Iterator

from preau.demarches.kinds import kind_of
from preau.families.choices import Subject
from preau.members.models import DietChoice, MemberAsked, TrustedPerson
from preau.privacy.sections.section import Person, Row, Section, yes_no


def trusted(person: Person) -> Iterator[Row]:
    """Those whom this parent named: whom the other parent named is theirs."""
    rows = TrustedPerson.objects.filter(
        signed_by__user=person.user, participant__in=person.participants(Subject.IDENTITY)
    )
    for row in rows.select_related("participant").order_by("participant", "signed_at", "pk"):
        yield (
            *(row.participant.first_name, row.first_name, row.last_name, row.link, row.phone, row.other_phone),
            *(yes_no(row.may_collect), row.emergency_order, row.born_on, row.starts_on, row.ends_on),
            *(row.signed_at, row.withdrawn_at),
        )


def diets(person: Person) -> Iterator[Row]:
    rows = DietChoice.objects.filter(participant__in=person.participants(Subject.HEALTH))
    for row in rows.select_related("participant").prefetch_related("diets").order_by("participant", "starts_on"):
        yield row.participant.first_name, ", ".join(diet.name for diet in row.diets.all()), row.starts_on, row.signed_at


def asked(person: Person) -> Iterator[Row]:
    """What this parent asked about members, as they read it on the portal."""
    rows = MemberAsked.objects.filter(demarche__asked_by=person.user).order_by("pk")
    for row in rows.select_related("demarche__family", "demarche__participant", "demarche__asked_by"):
        lines = kind_of(row.demarche.kind).lines(row.demarche)
        yield (
            row.demarche.summary,
            row.demarche.sent_at,
            "\n".join(f"{line.label}\u00a0: {line.value}" for line in lines),
        )


SECTIONS = (
    Section(
        "personnes-autorisees",
        "Personnes que j’ai désignées",
        "Pour venir chercher un enfant ou être prévenues.",
        (
            *("Enfant", "Prénom", "Nom", "Lien", "Téléphone", "Autre téléphone"),
            *("Vient chercher", "Ordre d’appel", "Naissance", "Du", "Au", "Signé le", "Retiré le"),
        ),
        trusted,
        ("members.TrustedPerson",),
    ),
    Section(
        "regimes",
        "Régimes des enfants",
        "Ce que la cuisine doit savoir.",
        ("Enfant", "Régimes", "À partir du", "Écrit le"),
        diets,
        ("members.DietChoice", "members.DietChoice_diets"),
    ),
    Section(
        "demandes-membres",
        "Demandes sur les membres du dossier",
        "Enfant ou responsable à ajouter, garde, école.",
        ("Demande", "Envoyée le", "Ce qui est demandé"),
        asked,
        ("members.MemberAsked",),
    ),
)
