"""What people type on their way to an account."""

from collections.abc import Sequence
from typing import Any

from django import forms

from preau.accounts.names import person_name
from preau.accounts.passwords import password_faults, password_help
from preau.accounts.usernames import USERNAME_HELP, UsernameField
from preau.core.forms import PortalForm
from preau.registration.codes import digest_of
from preau.registration.rules import CODE_LENGTH, code_key, number_key
from preau.town.choices import Proof
from preau.town.models import Town

KEPT = "Déjà choisi. Laissez vide pour le garder."


def typed(autocomplete: str, **attrs: str) -> dict[str, str]:
    return {"autocomplete": autocomplete, **attrs}


class NewPassword(PortalForm):
    """A user name and a password, chosen. `words` are the person's own, which a password must not be."""

    username = UsernameField(
        help_text=f"{USERNAME_HELP} S’il est déjà pris, nous vous en demanderons un autre à la fin."
    )
    password = forms.CharField(
        label="Mot de passe",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=typed("new-password")),
    )
    password_again = forms.CharField(
        label="Confirmation du mot de passe",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=typed("new-password")),
    )

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town = town
        self.fields["password"].help_text = password_help(town)

    @property
    def own_words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("first_name", "last_name", "email", "username")}

    def clean(self) -> dict[str, Any]:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("password_again")
        if password:
            for fault in password_faults(password, words=list(self.own_words.values()), town=self.town):
                self.add_error("password", fault)
        if password and password != again and "password_again" not in self.errors:
            self.add_error("password_again", "Écrivez deux fois le même mot de passe")
        return self.cleaned_data


class AboutForm(NewPassword):
    """Step 1. `has_password` once one was chosen: left empty, it stays."""

    last_name = forms.CharField(label="Nom", max_length=60, widget=forms.TextInput(attrs=typed("family-name")))
    first_name = forms.CharField(label="Prénom", max_length=60, widget=forms.TextInput(attrs=typed("given-name")))
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        help_text="Nous y enverrons un lien pour activer votre compte.",
        widget=forms.EmailInput(attrs=typed("email")),
    )
    email_again = forms.EmailField(
        label="Confirmation de l’adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs=typed("email")),
    )
    field_order = ("last_name", "first_name", "email", "email_again", "username", "password", "password_again")

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_password:
            for name in ("password", "password_again"):
                self.fields[name].required = False
            self.fields["password"].help_text = KEPT

    def clean_last_name(self) -> str:
        return person_name(self.cleaned_data["last_name"])

    def clean_first_name(self) -> str:
        return person_name(self.cleaned_data["first_name"])

    def clean(self) -> dict[str, Any]:
        email, again = self.cleaned_data.get("email"), self.cleaned_data.get("email_again")
        if email and again and email.lower() != again.lower():
            self.add_error("email_again", "Écrivez deux fois la même adresse e-mail")
        return super().clean()


class FileForm(PortalForm):
    """Step 2, and linking a file later. `proofs` are those that the town accepts; `kept_digest` is a code typed before.

    Only the form of what is typed is checked: whether it is right is told by mail, and to nobody before.
    """

    number = forms.CharField(
        label="Numéro de dossier",
        max_length=40,
        widget=forms.TextInput(attrs=typed("off", **{"class": "champ-court", "spellcheck": "false"})),
    )
    name = forms.CharField(
        label="Nom du dossier",
        max_length=120,
        help_text="Le nom écrit à côté du numéro, souvent votre nom de famille.",
        widget=forms.TextInput(attrs=typed("off", spellcheck="false")),
    )
    proof = forms.ChoiceField(label="Comment prouver que ce dossier est le vôtre\u00a0?", widget=forms.RadioSelect)
    code = forms.CharField(
        label="Code d’activation",
        max_length=30,
        required=False,
        help_text="Si vous en avez reçu un\u00a0: 10 lettres et chiffres. Majuscules et espaces sans importance.",
        widget=forms.TextInput(
            attrs=typed(
                "one-time-code", **{"class": "saisie-code", "autocapitalize": "characters", "spellcheck": "false"}
            )
        ),
    )

    def __init__(self, *args: Any, proofs: Sequence[str], kept_digest: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_digest = kept_digest
        self.proofs = list(proofs)
        if proofs:
            self.fields["proof"].choices = [(proof, Proof(proof).label) for proof in proofs]  # type: ignore[attr-defined]
        else:
            del self.fields["proof"]
        if Proof.CODE not in proofs and Proof.CONTACT not in proofs:
            del self.fields["code"]
        elif kept_digest:
            self.fields["code"].help_text = "Code déjà écrit. Laissez vide pour le garder."

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not number_key(number):
            raise forms.ValidationError("Écrivez un numéro, avec ses chiffres, par exemple 1084-3154")
        return number

    def clean_code(self) -> str:
        typed_code: str = self.cleaned_data["code"]
        if typed_code and not code_key(typed_code):
            raise forms.ValidationError(
                f"Écrivez les {CODE_LENGTH} lettres et chiffres du code, par exemple K7PM2 WXQ4T"
            )
        return code_key(typed_code)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("proof") == Proof.CODE and not self.digest and "code" not in self.errors:
            self.add_error("code", f"Écrivez les {CODE_LENGTH} lettres et chiffres du code")
        return self.cleaned_data

    @property
    def chosen_proof(self) -> str:
        return str(self.cleaned_data.get("proof", ""))

    @property
    def digest(self) -> str:
        """The digest of the code to be tried; "" when the proof is another."""
        if self.chosen_proof not in (Proof.CODE, Proof.CONTACT):
            return ""
        return digest_of(self.cleaned_data.get("code", "")) or self.kept_digest


class IdentityForm(PortalForm):
    """What FranceConnect does not say: an address that is read, a file if there is one, yes to both texts."""

    email = AboutForm.base_fields["email"]
    email_again = AboutForm.base_fields["email_again"]
    number = forms.CharField(
        label="Numéro de dossier",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=typed("off", **{"class": "champ-court", "spellcheck": "false"})),
    )
    name = forms.CharField(
        label="Nom du dossier",
        max_length=120,
        required=False,
        help_text="Le nom écrit à côté du numéro, souvent votre nom de famille.",
        widget=forms.TextInput(attrs=typed("off", spellcheck="false")),
    )
    terms = forms.BooleanField(label="J’ai lu et j’accepte les conditions d’utilisation")
    privacy = forms.BooleanField(label="J’ai pris connaissance de la politique de confidentialité")

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number and not number_key(number):
            raise forms.ValidationError("Écrivez un numéro, avec ses chiffres, par exemple 1084-3154")
        return number

    def clean(self) -> dict[str, Any]:
        email, again = self.cleaned_data.get("email"), self.cleaned_data.get("email_again")
        if email and again and email.lower() != again.lower():
            self.add_error("email_again", "Écrivez deux fois la même adresse e-mail")
        number, name = self.cleaned_data.get("number"), self.cleaned_data.get("name")
        if number and not name and "name" not in self.errors:
            self.add_error("name", "Écrivez aussi le nom du dossier")
        if name and not number and "number" not in self.errors:
            self.add_error("number", "Écrivez aussi le numéro du dossier")
        return self.cleaned_data


class AcceptForm(PortalForm):
    """Yes to a text. `version` is the one that was on the page."""

    accepted = forms.BooleanField(label="J’ai lu et j’accepte les conditions d’utilisation")
    version = forms.IntegerField(min_value=0, max_value=32767, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)
        self.fields["accepted"].label = label
        self.fields["accepted"].error_messages["required"] = "Cochez la case pour accepter, ou refusez"
        self.in_force = version

    def clean_version(self) -> int:
        version: int = self.cleaned_data["version"]
        if version != self.in_force:
            raise forms.ValidationError("Ce texte vient de changer")
        return version


class UsernameForm(PortalForm):
    """Another user name, when the one chosen is taken."""

    username = UsernameField()


class InvitedForm(NewPassword):
    """What an invited parent answers: a name, a password, yes to both texts."""

    terms = forms.BooleanField(label="J’ai lu et j’accepte les conditions d’utilisation")
    privacy = forms.BooleanField(label="J’ai pris connaissance de la politique de confidentialité")

    def __init__(self, *args: Any, words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["username"].help_text = f"{USERNAME_HELP} Vous pouvez garder celui-ci."

    @property
    def own_words(self) -> dict[str, str]:
        return self.words | {"username": self.cleaned_data.get("username", "")}
