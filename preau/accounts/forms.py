"""Signing in, and showing a second factor."""

import json
from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from preau.core.forms import PortalForm

NO_KEY = "Votre navigateur n’a pas envoyé de clé d’accès. Essayez encore, ou utilisez un autre moyen."


class SignInForm(LoginForm):
    """allauth's form in our words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="Adresse e-mail ou nom d’utilisateur",
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
            error_messages={"required": "Écrivez votre adresse e-mail ou votre nom d’utilisateur"},
        )
        self.fields["password"] = forms.CharField(
            label="Mot de passe",
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": "Écrivez votre mot de passe"},
        )
        self.fields["remember"].label = "Rester connecté sur cet appareil"
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, str]:
        """One name for both ways in: our backend looks for it among names and addresses at once."""
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}

    @property
    def is_slowed_down(self) -> bool:
        """Whether it was refused unread, after too many wrong passwords."""
        return self.has_error("__all__", "too_many_login_attempts")


class CodeForm(PortalForm):
    """A code of an application; a parent may ask not to be asked again on this device."""

    code = forms.CharField(
        label="Code à 6 chiffres",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "saisie-code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Écrivez les 6 chiffres que montre votre application"},
    )
    remember = forms.BooleanField(label="Ne plus demander sur cet appareil pendant 30 jours", required=False)

    def __init__(self, *args: Any, for_agent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_agent:
            del self.fields["remember"]


class RecoveryCodeForm(PortalForm):
    code = forms.CharField(
        label="Code de secours",
        help_text="8 chiffres, imprimés le jour de l’installation. Chaque code sert une seule fois.",
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "saisie-code", "inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Écrivez les 8 chiffres d’un de vos codes de secours"},
    )


class KeyForm(PortalForm):
    """What a browser answers about a passkey; our script fills it in."""

    credential = forms.CharField(
        widget=forms.HiddenInput,
        max_length=20_000,
        error_messages={"required": NO_KEY, "max_length": NO_KEY},
    )

    def clean_credential(self) -> object:
        try:
            return json.loads(self.cleaned_data["credential"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(NO_KEY) from None


class NewKeyForm(KeyForm):
    """A passkey to add, and how one will recognise it."""

    name = forms.CharField(
        label="Nom de cette clé",
        help_text="Pour la reconnaître, par exemple « Mon téléphone »",
        max_length=60,
        error_messages={"required": "Donnez un nom à cette clé, par exemple « Mon téléphone »"},
    )
    field_order = ["name", "credential"]
