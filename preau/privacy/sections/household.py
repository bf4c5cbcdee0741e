"""The file: oneself, the household, the children as this person may see them, and what was asked of the town."""

from collections.abc import Iterator

from django.db.models import QuerySet

from preau.checklist.models import YearConfirmation
from preau.demarches.file_fields import ADULT_FIELDS, CHILD_FIELDS, HOUSEHOLD_FIELDS, told
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche, DemarcheEvent, FieldChange
from preau.demarches.permissions import demarches_visible_to
from preau.demarches.reading import date_told
from preau.families.choices import Subject
from preau.families.models import (
    Address,
    Consent,
    Custody,
    CustodyException,
    FileNumber,
    Guardianship,
    Home,
    Participant,
    Schooling,
)
from preau.pricing.models import Quotient
from preau.privacy.sections.section import File, Person, Row, Section, money, yes_no


def _sent_by(person: Person) -> QuerySet[Demarche]:
    """The requests that this person sent and still follows: the words of another adult are not theirs."""
    return demarches_visible_to(person.user, on=person.on).filter(asked_by=person.user)


FIELD_NAMES = {field.code: field.label for field in (*HOUSEHOLD_FIELDS, *ADULT_FIELDS, *CHILD_FIELDS)}
UNSEEN = "un enfant que vous ne voyez plus"


def oneself(person: Person) -> Iterator[Row]:
    adult = person.adult
    if adult is not None:
        yield (
            *(adult.civility, adult.first_name, adult.last_name, adult.birth_name, date_told(adult.birth_date)),
            *(adult.birth_place, adult.birth_country, adult.email),
            *(adult.phone_mobile, adult.phone_home, adult.phone_work, adult.get_preferred_contact_display()),
        )


def household(person: Person) -> Iterator[Row]:
    """Numbers, then addresses; never the other adults, whose data are theirs."""
    for family in person.families:
        yield "Dossier", family.number, family.name, None
        if family.allocataire:
            yield "Numéro d’allocataire", family.allocataire, "", None
    for number in FileNumber.objects.filter(family__in=person.families).select_related("service"):
        yield f"Numéro du service {number.service.name}", number.number, "", None
    for row in Address.objects.filter(family__in=person.families).order_by("starts_on"):
        yield "Adresse", row.lines, f"{row.postcode} {row.city}", row.starts_on


def children(person: Person) -> Iterator[Row]:
    seen = Participant.objects.filter(pk__in=person.participants(Subject.IDENTITY)).order_by("born_on", "pk")
    mine = set(Home.objects.filter(family__in=person.families).values_list("participant_id", flat=True))
    for child in seen:
        lives = "chez moi" if child.pk in mine else "dans un autre foyer"
        reached = " ".join(filter(None, [child.email, child.phone_mobile]))
        yield child.first_name, child.last_name, child.get_sex_display(), child.born_on, reached, lives


def schoolings(person: Person) -> Iterator[Row]:
    rows = Schooling.objects.filter(participant__in=person.participants(Subject.IDENTITY))
    for row in rows.select_related("participant", "year", "place", "level").order_by("participant", "year__starts_on"):
        yield str(row.participant), row.year.code, row.place.name, row.level.name


def bonds(person: Person) -> Iterator[Row]:
    """Of a child whom this person may no longer see, the bond alone: not the name."""
    seen = set(person.participants(Subject.IDENTITY))
    rows = Guardianship.objects.filter(adult__user=person.user).select_related("participant")
    for row in rows.order_by("participant", "starts_on"):
        who = row.participant.first_name if row.participant_id in seen else UNSEEN
        yield who, row.get_situation_display(), row.starts_on, row.reason


def custody(person: Person) -> Iterator[Row]:
    """In which home on which day; the other home is not named."""
    mine = {family.pk for family in person.families}
    children = person.participants(Subject.IDENTITY)
    rows = Custody.objects.filter(participant__in=children).select_related("participant")
    for row in rows.order_by("participant", "starts_on"):
        first = "chez moi" if row.home_a_id in mine else "dans l’autre foyer"
        yield row.participant.first_name, row.get_mode_display(), row.starts_on, None, first, row.get_holidays_display()
    days = CustodyException.objects.filter(custody__participant__in=children).select_related("custody__participant")
    for day in days.order_by("starts_on"):
        where = "chez moi" if day.home_id in mine else "dans l’autre foyer"
        yield day.custody.participant.first_name, "jours particuliers", day.starts_on, day.ends_on, where, ""


def consents(person: Person) -> Iterator[Row]:
    seen = set(person.participants(Subject.IDENTITY))
    rows = Consent.objects.filter(adult__user=person.user).select_related("text", "participant").order_by("at", "pk")
    for row in rows:
        about = "moi"
        if row.participant is not None:
            about = row.participant.first_name if row.participant_id in seen else UNSEEN
        yield (
            *(row.text.title, row.text.version, row.text.sha256, about),
            *(yes_no(row.given), row.at, row.get_channel_display()),
        )


def quotients(person: Person) -> Iterator[Row]:
    rows = Quotient.objects.filter(family__in=person.families).order_by("starts_on", "pk")
    for row in rows:
        yield row.starts_on, money(row.value_cents), row.get_source_display(), row.month, row.read_at, row.replaced_at


def requests(person: Person) -> Iterator[Row]:
    seen = set(person.participants(Subject.IDENTITY))
    rows = _sent_by(person).select_related("service", "participant")
    for row in rows.order_by("sent_at", "pk"):
        about = ""
        if row.participant is not None:
            about = row.participant.first_name if row.participant_id in seen else UNSEEN
        yield (
            *(row.code, row.summary, about, row.service.name, row.get_state_display()),
            *(row.sent_at, row.due_at, row.answered_at, row.reason),
        )


def steps(person: Person) -> Iterator[Row]:
    """Who moved it is told by their side alone: an agent's name is not this person's."""
    rows = DemarcheEvent.objects.filter(demarche__in=_sent_by(person)).select_related("demarche")
    for row in rows.order_by("at", "pk"):
        who = "vous" if row.by_id == person.user.pk else "la mairie"
        corrected = " · ".join(f"{one['label']}\u00a0: {one['after']}" for one in row.corrections)
        yield row.demarche.code, row.at, who, row.get_state_display(), row.text, corrected


def account_asked(person: Person) -> Iterator[Row]:
    for row in AccountAsked.objects.filter(demarche__in=_sent_by(person)).select_related("demarche"):
        yield (
            *(row.demarche.code, row.civility, row.first_name, row.last_name, row.birth_name),
            *(date_told(row.birth_date), row.birth_country, row.birth_department, row.birth_town),
            *(row.address, row.postcode, row.city, row.phone_mobile, row.phone_home, row.phone_work),
            *(row.claimed_number, row.claimed_name),
        )


def changes(person: Person) -> Iterator[Row]:
    rows = FieldChange.objects.filter(change__demarche__in=_sent_by(person)).select_related("change__demarche")
    for row in rows.order_by("change__demarche__sent_at", "pk"):
        field = FIELD_NAMES.get(row.field, row.field)
        before, after = told(row.field, row.old), told(row.field, row.new)
        yield row.change.demarche.code, field, before, after, row.get_state_display()


def confirmed(person: Person) -> Iterator[Row]:
    """What this person said themselves of the file of the year."""
    seen = set(person.participants(Subject.IDENTITY))
    rows = YearConfirmation.objects.filter(by=person.user).select_related("season__year", "participant")
    for row in rows.order_by("at", "pk"):
        about = "le foyer"
        if row.participant is not None:
            about = row.participant.first_name if row.participant_id in seen else UNSEEN
        yield row.season.year.code, row.get_step_display(), about, row.at


def photos(person: Person) -> Iterator[File]:
    for row in AskedPhoto.objects.filter(asked__demarche__in=_sent_by(person)).select_related("asked__demarche"):
        yield File(f"photo-{row.asked.demarche.code}.jpg", bytes(row.jpeg))


SECTIONS = (
    Section(
        "moi",
        "Moi",
        "Votre fiche dans le dossier.",
        (
            *("Civilité", "Prénom", "Nom", "Nom de naissance", "Naissance"),
            *("Commune de naissance (INSEE)", "Pays de naissance (INSEE)", "E-mail"),
            *("Portable", "Domicile", "Travail", "À joindre par"),
        ),
        oneself,
        ("families.Adult",),
    ),
    Section(
        "foyer",
        "Mon foyer",
        "Numéros et adresses du dossier.",
        ("Quoi", "Valeur", "Suite", "Depuis"),
        household,
        ("families.Family", "families.FileNumber", "families.Address"),
    ),
    Section(
        "enfants",
        "Enfants, et moi si je participe",
        "Ceux dont vous pouvez voir l’identité.",
        ("Prénom", "Nom", "Sexe", "Naissance", "Ses contacts", "Vit"),
        children,
        ("families.Participant", "families.Home"),
    ),
    Section(
        "ecoles",
        "Écoles et niveaux",
        "Année par année.",
        ("Enfant", "Année", "École", "Niveau"),
        schoolings,
        ("families.Schooling",),
    ),
    Section(
        "liens",
        "Mes liens avec les enfants",
        "Ce qui vous permet de voir et d’agir. Les liens des autres adultes ne sont pas à vous.",
        ("Enfant", "Lien", "Depuis", "Ce que la mairie a vu"),
        bonds,
        ("families.Guardianship",),
    ),
    Section(
        "garde",
        "Jours de garde",
        "L’autre foyer n’est jamais nommé.",
        ("Enfant", "Façon", "À partir du", "Jusqu’au", "D’abord", "Vacances"),
        custody,
        ("families.Custody", "families.CustodyException"),
    ),
    Section(
        "accords",
        "Mes accords et refus",
        "Gardés comme preuve\u00a0; l’empreinte est celle du texte que vous avez lu.",
        ("Texte", "Version", "Empreinte", "Pour", "Accord", "Le", "Par"),
        consents,
        ("families.Consent",),
    ),
    Section(
        "quotients",
        "Quotient familial",
        "Vide quand il est inconnu.",
        ("À partir du", "Quotient", "Source", "Mois", "Lu le", "Remplacé le"),
        quotients,
        ("pricing.Quotient",),
    ),
    Section(
        "demarches",
        "Mes démarches",
        "Ce que vous avez demandé, et la réponse de la mairie.",
        ("Numéro", "Demande", "Pour", "Service", "État", "Envoyée le", "Réponse avant le", "Répondue le", "Réponse"),
        requests,
        ("demarches.Demarche",),
    ),
    Section(
        "etapes",
        "Étapes de mes démarches",
        "Chaque message, dans l’ordre.",
        ("Démarche", "Le", "Par", "État", "Message", "Corrigé"),
        steps,
        ("demarches.DemarcheEvent",),
    ),
    Section(
        "changements",
        "Changements demandés",
        "Champ par champ, ce qui était et ce que vous avez demandé.",
        ("Démarche", "Champ", "Avant", "Demandé", "État"),
        changes,
        ("demarches.FileChange", "demarches.FieldChange"),
    ),
    Section(
        "dossier-annuel",
        "Étapes du dossier annuel confirmées",
        "«\u00a0Rien n’a changé\u00a0», par vous.",
        ("Année", "Étape", "Pour", "Le"),
        confirmed,
        ("checklist.YearConfirmation",),
    ),
    Section(
        "compte-demande",
        "Ma demande de compte",
        "Telle que vous l’avez écrite.",
        (
            *("Démarche", "Civilité", "Prénom", "Nom", "Nom de naissance"),
            *("Naissance", "Pays", "Département", "Commune de naissance"),
            *("Adresse", "Code postal", "Commune", "Portable", "Domicile", "Travail"),
            *("Dossier indiqué", "Nom indiqué"),
        ),
        account_asked,
        ("demarches.AccountAsked",),
    ),
)
FILES = (photos,)
