"""What people write about their data, and what agents answer."""

from collections.abc import Iterable
from typing import Any

from django import forms

from preau.accounts.models import User
from preau.core.forms import DayField, DayInput, PortalForm
from preau.privacy.choices import ASKED_OF, Erased
from preau.privacy.queries.accesses import EXPORTS, READINGS, Sought

LONGEST = 2000
WHOSE = {
    Erased.ACCOUNT: "Mon compte seulement\u00a0: je ne pourrai plus me connecter, le dossier reste à la mairie",
    Erased.ADULT: "Ce qui est à mon nom\u00a0: mon compte, mes coordonnées, mes documents",
    Erased.FAMILY: "Tout le dossier de mon foyer, avec les enfants qui n’ont pas d’autre foyer",
}


class CorrectionForm(PortalForm):
    text = forms.CharField(
        label="Ce qui est faux, et ce qu’il faut écrire",
        help_text="Par exemple\u00a0: le nom de naissance est Martin, et non Marin. N’écrivez rien sur la santé.",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
    )


class ErasureForm(PortalForm):
    about = forms.ChoiceField(
        label="Que faut-il effacer\u00a0?",
        widget=forms.RadioSelect,
        choices=[(one.value, WHOSE[one]) for one in ASKED_OF],
    )
    text = forms.CharField(
        label="Ce que vous voulez ajouter", required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3})
    )


class ObjectionForm(PortalForm):
    text = forms.CharField(
        label="À quel usage vous opposez-vous, et pourquoi\u00a0?",
        help_text="Dites ce qui, dans votre situation, justifie qu’on cesse. N’écrivez rien sur la santé.",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
    )


class DoneForm(PortalForm):
    """An agent has done what was asked."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Ce que vous avez fait",
        help_text="La personne le lira dans sa réponse",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
    )


class EraseForm(PortalForm):
    """An agent has read what would go, and erases; `version` is that of the request, if one asks for it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    read = forms.BooleanField(label="J’ai lu ce qui part et ce qui reste\u00a0: rien ne pourra le rendre")

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)


class PersonForm(PortalForm):
    """Whose file is looked for."""

    q = forms.CharField(
        label="Nom, enfant, numéro ou téléphone",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "saisie", "type": "search", "size": 22}),
    )

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class AccessForm(PersonForm):
    """What of the register is looked for; what is wrong is left out, and said."""

    agent = forms.ChoiceField(label="Agent", required=False, widget=forms.Select({"class": "saisie"}))
    quoi = forms.ChoiceField(
        label="Quoi",
        required=False,
        widget=forms.Select({"class": "saisie"}),
        choices=[("", "Tout"), ("Lectures", list(READINGS.items())), ("Fichiers emportés", list(EXPORTS.items()))],
    )
    du = DayField(label="Du", required=False, widget=DayInput({"class": "saisie"}))
    au = DayField(label="Au", required=False, widget=DayInput({"class": "saisie"}))

    def __init__(self, *args: Any, agents: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = "Personne lue"
        agent = self.fields["agent"]
        assert isinstance(agent, forms.ChoiceField)
        agent.choices = [("", "Tous"), *((one.code, str(one)) for one in agents)]

    @property
    def sought(self) -> Sought:
        self.is_valid()
        given = self.cleaned_data
        return Sought(
            person=given.get("q", ""),
            agent=given.get("agent", ""),
            action=given.get("quoi", ""),
            first=given.get("du"),
            last=given.get("au"),
        )
