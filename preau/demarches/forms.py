"""What people write about their requests."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.forms import PortalForm
from preau.demarches import rules
from preau.demarches.choices import DemarcheState
from preau.demarches.kinds import KINDS
from preau.demarches.models import AnswerText
from preau.families.actions import NewHousehold
from preau.families.choices import PreferredContact
from preau.families.rules import Contact, phone_wanted

LONGEST_TEXT = 2000
NO_MESSAGE = "Écrivez un message, ou choisissez un texte enregistré"
NO_PHONE = "Écrivez ce numéro, ou choisissez un autre moyen de contact"
CIVILITIES = [("", "Sans"), ("Madame", "Madame"), ("Monsieur", "Monsieur")]


class BirthDateField(forms.CharField):
    """A date of birth, of which only the year or the month may be known; kept as 1985-03-14, 1985-03 or 1985."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = "Par exemple 14/03/1985. Si vous ne connaissez que l’année, écrivez-la seule."
        super().__init__(label="Date de naissance", help_text=help_text, max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return rules.birth_date(super().clean(value), today=local_day(timezone.now()))
        except ValueError:
            raise forms.ValidationError("Écrivez une date de naissance, par exemple 14/03/1985") from None

    def prepare_value(self, value: Any) -> Any:
        """As it is written in France."""
        return "/".join(reversed(value.split("-"))) if isinstance(value, str) else value


class PhoneField(forms.CharField):
    def __init__(self, label: str, *, autocomplete: str = "tel") -> None:
        attrs = {"type": "tel", "autocomplete": autocomplete}
        super().__init__(label=label, max_length=20, required=False, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> str:
        number: str = super().clean(value)
        if number and not rules.is_phone(number):
            raise forms.ValidationError("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78")
        return number


class CompleteForm(PortalForm):
    """What an agent asked for."""

    text = forms.CharField(
        label="Votre réponse",
        help_text="Répondez à ce que l’agent demande. Ne donnez jamais un mot de passe.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez votre réponse"},
    )


class AskAgentForm(PortalForm):
    """What helps an agent to find the file of somebody who is already known by name."""

    claimed_number = forms.CharField(label="Numéro de dossier, si vous en avez un", max_length=40, required=False)
    claimed_name = forms.CharField(label="Nom du dossier", max_length=120, required=False)
    birth_date = BirthDateField(required=False)
    phone_mobile = PhoneField("Téléphone")


# Agents


class FilterForm(PortalForm):
    """What agents look for in the worklist."""

    q = forms.CharField(label="Famille, personne ou n° de dossier", max_length=60, required=False)
    type = forms.ChoiceField(label="Type de demande", required=False)
    moi = forms.BooleanField(label="Suivies par", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(KINDS.values(), key=lambda kind: kind.label)
        self.type_choices = [("", "Tous"), *((kind.code, kind.label) for kind in kinds)]
        self.fields["type"].choices = self.type_choices  # type: ignore[attr-defined]


class VersionedForm(PortalForm):
    """An answer to a démarche as it was read: the page carries its version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)


class AnswerForm(VersionedForm):
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
    nobody = forms.BooleanField(label="J’ai vérifié : aucun dossier proposé n’est le sien")

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
