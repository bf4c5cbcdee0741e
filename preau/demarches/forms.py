"""What people write about their requests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django import forms

from preau.core.dates import PARIS, local_day
from preau.core.forms import PortalForm
from preau.demarches.account_fields import (
    NO_PHONE,
    BirthDateField,
    ContactFields,
    IdentityFields,
    PhoneField,
)
from preau.demarches.choices import DemarcheState
from preau.demarches.kinds import KINDS
from preau.demarches.models import AccountAsked, AnswerText
from preau.demarches.queries import Sought, identity_in
from preau.demarches.rules import VOUCHED, AccountIdentity
from preau.families.actions import NewHousehold
from preau.families.choices import PreferredContact
from preau.families.rules import Contact, phone_wanted
from preau.town.models import Place, Service

LONGEST_TEXT = 2000
NO_MESSAGE = "Écrivez un message, ou choisissez un texte enregistré"
CIVILITIES = [("", "Sans"), ("Madame", "Madame"), ("Monsieur", "Monsieur")]


class CompleteForm(IdentityFields, ContactFields):
    """What an agent asked for, or what the person adds by themselves: words, or what was written put right. What
    FranceConnect vouched for in `asked` is no longer the person's to write."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of the request that the person reads
    text = forms.CharField(
        label="Votre réponse",
        help_text="Répondez à ce que l’agent demande. Ne donnez jamais un mot de passe.",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, asked: AccountAsked, **kwargs: Any) -> None:
        self.before = identity_in(asked)
        super().__init__(*args, initial=asdict(self.before), **kwargs)
        self.is_answer = asked.demarche.state == DemarcheState.INCOMPLETE
        if not self.is_answer:
            text = self.fields["text"]
            text.label = "Ce que vous voulez ajouter"
            text.help_text = "Ce qui aidera l’agent à vous reconnaître. Ne donnez jamais un mot de passe."
        for name in ("address", "postcode", "city", "preferred_contact"):
            self.fields[name].required = False
        for name in VOUCHED if asked.vouched_at else ():
            del self.fields[name]

    @property
    def identity(self) -> AccountIdentity:
        """Who the person is from now on."""
        known = asdict(self.before)
        return replace(self.before, **{name: self.cleaned_data[name] for name in known if name in self.cleaned_data})

    @property
    def own(self) -> list[forms.BoundField]:
        """What was written before, and may be put right."""
        return [field for field in self if field.name not in ("version", "text")]

    @property
    def is_own_wrong(self) -> bool:
        return any(field.errors for field in self.own)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        is_photo_moved = given.get("photo") or given.get("photo_removed")
        if not (given.get("text") or self.errors or is_photo_moved or self.identity != self.before):
            what = "votre réponse" if self.is_answer else "ce que vous voulez ajouter"
            self.add_error("text", f"Écrivez {what}, ou corrigez ce que vous aviez écrit")
        return given


class AddForm(PortalForm):
    """What the asker adds to a request, or answers to the agent who asked."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    text = forms.CharField(
        label="Votre message",
        help_text="Ne donnez jamais un mot de passe.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez votre message"},
    )


class AskAgentForm(PortalForm):
    """What helps an agent to find the file of somebody who is already known by name."""

    claimed_number = forms.CharField(label="Numéro de dossier, si vous en avez un", max_length=40, required=False)
    claimed_name = forms.CharField(label="Nom du dossier", max_length=120, required=False)
    birth_date = BirthDateField(required=False)
    phone_mobile = PhoneField("Téléphone")


# Agents


class FilterForm(PortalForm):
    """What agents look for in the worklist. A choice between one service, or no school, is not offered."""

    q = forms.CharField(label="Famille, enfant ou n° de dossier", max_length=60, required=False)
    type = forms.ChoiceField(label="Type de demande", required=False)
    service = forms.ChoiceField(label="Service", required=False)
    ecole = forms.ChoiceField(label="École", required=False)
    delai = forms.ChoiceField(
        label="Délai",
        required=False,
        choices=[("", "Tous"), ("depasse", "Dépassé"), ("jour", "D’ici ce soir"), ("semaine", "D’ici sept jours")],
    )
    moi = forms.ChoiceField(label="Suivies par", required=False, choices=[("", "Tout le monde"), ("on", "Moi")])

    def __init__(self, *args: Any, services: Sequence[Service], schools: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(KINDS.values(), key=lambda kind: kind.label)
        self._offer("type", "Tous", [(kind.code, kind.label) for kind in kinds])
        self._offer("service", "Tous", [(service.code, service.name) for service in services])
        self._offer("ecole", "Toutes", [(place.code, place.name) for place in schools])
        if len(services) < 2:
            del self.fields["service"]
        if not schools:
            del self.fields["ecole"]

    def _offer(self, name: str, everything: str, choices: Sequence[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", everything), *choices]  # type: ignore[attr-defined]

    def sought(self, now: dt.datetime) -> Sought:
        """What is looked for; what cannot be read is not."""
        self.is_valid()
        given = self.cleaned_data
        return Sought(
            words=given.get("q", ""),
            kind=given.get("type", ""),
            service=given.get("service", ""),
            school=given.get("ecole", ""),
            due=self._due(given.get("delai", ""), now),
            mine=given.get("moi") == "on",
        )

    def _due(self, delay: str, now: dt.datetime) -> dt.datetime | None:
        tonight = dt.datetime.combine(local_day(now) + dt.timedelta(days=1), dt.time(0), PARIS)
        week = tonight + dt.timedelta(days=6)
        return {"depasse": now, "jour": tonight, "semaine": week}.get(delay)


class VersionedForm(PortalForm):
    """An answer to a démarche as it was read: the page carries its version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)


class AcceptForm(VersionedForm):
    """A change of the file is accepted: `read` prints what the file said on the page."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=16)
    is_resident = forms.BooleanField(label="Cette adresse est dans la commune", required=False)


class MessageForm(PortalForm):
    """A refusal, or what the family has to complete: one of the town's texts, or one's own words."""

    modele = forms.ChoiceField(label="Textes enregistrés", required=False, widget=forms.RadioSelect)
    message = forms.CharField(
        label="Message à la famille",
        help_text="Dites la raison, puis ce que la famille peut faire.",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": NO_MESSAGE},
    )
    keep = forms.BooleanField(label="Garder ce message parmi les textes enregistrés", required=False)

    def __init__(self, *args: Any, texts: Sequence[AnswerText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = {text.code: text for text in texts}
        self.fields["modele"].choices = [(text.code, text.title) for text in texts]  # type: ignore[attr-defined]
        if texts:
            self["message"].help_text += " Laissé vide, le texte enregistré part tel quel."
        else:
            self.fields["message"].required = True

    def clean(self) -> dict[str, Any]:
        """A text chosen and nothing written: it is sent as it is."""
        cleaned = self.cleaned_data
        chosen = self.texts.get(cleaned.get("modele", ""))
        if not cleaned.get("message") and chosen:
            cleaned["message"] = chosen.body
        if not cleaned.get("message") and "message" not in self.errors:
            self.add_error("message", NO_MESSAGE)
        return cleaned


class AnswerForm(MessageForm, VersionedForm):
    """The same, to one démarche as it was read."""


class LinkForm(VersionedForm):
    """The account of a request is that of this adult, and the agent has made sure."""

    adult = forms.SlugField(max_length=10)
    verified = forms.BooleanField(label="J’ai vérifié que c’est la même personne")


class HouseholdForm(VersionedForm):
    """The file to open for somebody who has none: what they wrote, as the agent puts it right."""

    name = forms.CharField(label="Nom du dossier", max_length=120)
    civility = forms.ChoiceField(label="Civilité", choices=CIVILITIES, required=False)
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom d’usage", max_length=60)
    birth_name = forms.CharField(label="Nom de naissance", max_length=60, required=False)
    birth_date = BirthDateField(required=False)
    phone_mobile = PhoneField("Téléphone portable")
    phone_home = PhoneField("Téléphone du domicile")
    phone_work = PhoneField("Téléphone du travail")
    preferred_contact = forms.ChoiceField(
        label="Moyen de contact préféré", choices=[("", "Pas dit"), *PreferredContact.choices], required=False
    )
    address = forms.CharField(label="Adresse", max_length=200)
    postcode = forms.CharField(label="Code postal", max_length=10)
    city = forms.CharField(label="Commune", max_length=80)
    is_resident = forms.BooleanField(label="Cette adresse est dans la commune", required=False)
    nobody = forms.BooleanField(label="J’ai vérifié\u00a0: aucun dossier proposé n’est le sien")

    def __init__(self, *args: Any, has_candidates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_candidates:
            del self.fields["nobody"]

    def clean(self) -> dict[str, Any]:
        wanted = phone_wanted(self.contact)
        if wanted and wanted not in self.errors:
            self.add_error(wanted, NO_PHONE)
        return self.cleaned_data

    @property
    def contact(self) -> Contact:
        return Contact(**{name: self.cleaned_data.get(name, "") for name in Contact.__slots__})

    def household(self, *, email: str, insee_code: str) -> NewHousehold:
        """The file to open; `insee_code` is the town's."""
        given = self.cleaned_data
        plain = {name: given[name] for name in ("name", "civility", "first_name", "last_name", "birth_name")}
        where = {name: given[name] for name in ("birth_date", "address", "postcode", "city")}
        code = insee_code if given["is_resident"] else ""
        return NewHousehold(**plain, **where, email=email, contact=self.contact, insee_code=code)


class AnswerTextForm(PortalForm):
    """A text that agents send again and again."""

    state = forms.ChoiceField(
        label="Sert à",
        choices=[(DemarcheState.REFUSED.value, "refuser"), (DemarcheState.INCOMPLETE.value, "demander un complément")],
    )
    title = forms.CharField(label="Titre, pour les agents", max_length=80)
    body = forms.CharField(
        label="Texte envoyé à la famille", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
