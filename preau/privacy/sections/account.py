"""The account: who signs in, how, and what they were told."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from preau.accounts.models import Acceptance, EmailChange, Session, Subscription
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.privacy.models import DataAsked
from preau.privacy.sections.acts import ACTS
from preau.privacy.sections.section import Person, Row, Section, yes_no
from preau.registration.models import Invitation, Registration


def account(person: Person) -> Iterator[Row]:
    if not person.has_account:
        return
    user = person.user
    size = user.get_text_size_display()
    yield (
        *(user.username, user.email, user.first_name, user.last_name, user.created_at),
        *(user.last_login, user.password_changed_at, size, user.language),
    )


def texts(person: Person) -> Iterator[Row]:
    rows = Acceptance.objects.filter(user=person.user).select_related("text").order_by("at")
    return ((row.text.title, row.text.version, row.text.sha256, row.at, row.get_channel_display()) for row in rows)


def devices(person: Person) -> Iterator[Row]:
    rows = Session.objects.filter(user=person.user).order_by("created_at")
    return ((row.device, row.created_at, row.seen_at, row.expire_date) for row in rows)


def protections(person: Person) -> Iterator[Row]:
    for factor in Authenticator.objects.filter(user=person.user).order_by("created_at"):
        yield factor.get_type_display(), "", factor.created_at, factor.last_used_at
    for tie in SocialAccount.objects.filter(user=person.user).order_by("date_joined"):
        yield "FranceConnect", tie.uid, tie.date_joined, tie.last_login


def addresses(person: Person) -> Iterator[Row]:
    rows = EmailChange.objects.filter(user=person.user).order_by("asked_at")
    return ((row.old_email, row.new_email, row.asked_at, row.confirmed_at, row.undone_at) for row in rows)


def choices(person: Person) -> Iterator[Row]:
    for row in Subscription.objects.filter(user=person.user).order_by("topic"):
        yield row.get_topic_display(), yes_no(row.is_on)
    if person.adult is not None:
        yield "mes factures par e-mail", yes_no(person.adult.invoices_by_email)


def opening(person: Person) -> Iterator[Row]:
    for row in Registration.objects.filter(user=person.user):
        yield row.get_way_display(), row.email, row.username, row.created_at, row.submitted_at
    if person.adult is not None:
        for invited in Invitation.objects.filter(adult=person.adult).order_by("invited_at"):
            yield "invitation", invited.email, invited.username, invited.invited_at, invited.accepted_at


def mails(person: Person) -> Iterator[Row]:
    rows = Outgoing.objects.filter(address__iexact=person.user.email).order_by("created_at")
    return ((row.address, row.subject, row.created_at, row.sent_at, row.get_state_display()) for row in rows)


def asked(person: Person) -> Iterator[Row]:
    rows = DataAsked.objects.filter(demarche__asked_by=person.user).select_related("demarche")
    for row in rows.order_by("pk"):
        yield row.demarche.summary, row.demarche.sent_at, row.get_about_display(), row.text


def acts(person: Person) -> Iterator[Row]:
    rows = Entry.objects.filter(actor=person.user.journal_name).order_by("at", "id")
    return (
        (row.at, ACTS.get(row.action, "Autre action"), row.subject, row.family, row.participant)
        for row in rows.iterator()
    )


SECTIONS = (
    Section(
        "compte",
        "Mon compte",
        "Ce que vous avez écrit en ouvrant le compte, et depuis.",
        (
            *("Nom d’utilisateur", "E-mail", "Prénom", "Nom", "Ouvert le"),
            *("Dernière connexion", "Mot de passe changé le", "Taille du texte", "Langue"),
        ),
        account,
        ("accounts.User",),
    ),
    Section(
        "textes",
        "Textes acceptés",
        "Gardés comme preuve de ce que vous avez lu\u00a0; l’empreinte est celle du texte.",
        ("Texte", "Version", "Empreinte", "Le", "Par"),
        texts,
        ("accounts.Acceptance",),
    ),
    Section(
        "appareils",
        "Mes appareils",
        "Les connexions en cours.",
        ("Appareil", "Connecté le", "Vu le", "Jusqu’au"),
        devices,
        ("accounts.Session",),
    ),
    Section(
        "protections",
        "Protections et FranceConnect",
        "Les secrets eux-mêmes ne sont jamais donnés, pas même à vous.",
        ("Moyen", "Identifiant", "Ajouté le", "Servi le"),
        protections,
        ("mfa.Authenticator", "socialaccount.SocialAccount"),
    ),
    Section(
        "adresses-e-mail",
        "Changements d’adresse e-mail",
        "Vos demandes.",
        ("Ancienne adresse", "Nouvelle adresse", "Demandé le", "Confirmé le", "Annulé le"),
        addresses,
        ("accounts.EmailChange",),
    ),
    Section(
        "souscriptions",
        "Mes souscriptions",
        "Vos choix.",
        ("Sujet", "Je le reçois"),
        choices,
        ("accounts.Subscription",),
    ),
    Section(
        "ouverture",
        "Ouverture du compte",
        "Ce que vous avez envoyé, ou l’invitation de la mairie.",
        ("Façon", "E-mail", "Nom d’utilisateur", "Commencé le", "Envoyé ou accepté le"),
        opening,
        ("registration.Registration", "registration.Invitation"),
    ),
    Section(
        "messages-recus",
        "Messages envoyés par le portail",
        "Leur texte est dans votre boîte e-mail\u00a0; il n’est pas repris, car il contient parfois un lien secret.",
        ("Adresse", "Objet", "Écrit le", "Envoyé le", "État"),
        mails,
        ("notifications.Outgoing",),
    ),
    Section(
        "demandes-donnees",
        "Demandes sur mes données",
        "Correction, effacement, opposition.",
        ("Demande", "Envoyée le", "Ce qui est à effacer", "Vos mots"),
        asked,
        ("privacy.DataAsked",),
    ),
    Section(
        "journal",
        "Ce que vous avez fait sur le portail",
        "Ce que le portail a noté. Les personnes et les dossiers y sont des codes, sans nom.",
        ("Le", "Action", "Objet", "Dossier", "Enfant"),
        acts,
        ("journal.Entry",),
    ),
)
