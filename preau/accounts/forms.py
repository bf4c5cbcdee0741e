"""Signing in, showing a second factor, and what one changes of one's account."""

import json
from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from preau.accounts.choices import TextSize
from preau.accounts.passwords import ChoosesPassword
from preau.accounts.throttling import SLOWED_DOWN
from preau.accounts.usernames import UsernameField
from preau.core.forms import PortalForm
from preau.town.models import Text

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
        return self.has_error("__all__", SLOWED_DOWN)


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
        help_text="Pour la reconnaître, par exemple «\u00a0Mon téléphone\u00a0»",
        max_length=60,
        error_messages={"required": "Donnez un nom à cette clé, par exemple «\u00a0Mon téléphone\u00a0»"},
    )
    field_order = ["name", "credential"]


def current_password(label: str = "Mot de passe", asked: str = "Écrivez votre mot de passe") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": asked},
    )


class ConfirmForm(PortalForm):
    """Showing once more that one is who one is."""

    password = current_password()


class ForgottenForm(PortalForm):
    """Whose password is forgotten."""

    login = forms.CharField(
        label="Adresse e-mail ou nom d’utilisateur",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Écrivez votre adresse e-mail ou votre nom d’utilisateur"},
    )


class PasswordForm(ChoosesPassword):
    """Another password, the old one given."""

    old_password = current_password("Mot de passe actuel", "Écrivez votre mot de passe actuel")
    field_order = ("old_password", "password", "password_again")


class NamesForm(PortalForm):
    """What the account is called."""

    first_name = forms.CharField(
        label="Prénom", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Nom", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    username = UsernameField()


class EmailForm(PortalForm):
    """Another address to sign in with and to be written to."""

    email = forms.EmailField(
        label="Nouvelle adresse e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class DisplayForm(PortalForm):
    """How pages look; the language is asked only when there are several."""

    text_size = forms.ChoiceField(
        label="Taille du texte",
        required=False,
        choices=[(value, label.capitalize()) for value, label in TextSize.choices],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label="Langue", widget=forms.RadioSelect)

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(languages) > 1:
            self.fields["language"].choices = languages  # type: ignore[attr-defined]
        else:
            del self.fields["language"]


class TextForm(PortalForm):
    """A new version of a text, written after the version `last`, in force when its author began.

    A text that is `is_asked` again from those who know it says what changes.
    """

    title = forms.CharField(label="Titre", max_length=120)
    body = forms.CharField(
        label="Texte",
        help_text="Une ligne vide sépare deux paragraphes. Au début d’une ligne, ## fait un titre, et - une liste.",
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    changes = forms.CharField(
        label="Ce qui change",
        help_text="En quelques phrases simples. C’est ce que les parents lisent en premier.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    after = forms.IntegerField(min_value=0, max_value=32_767, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, last: Text | None, is_asked: bool) -> None:
        known = {"title": last.title, "body": last.body, "after": last.version} if last else {"after": 0}
        super().__init__(data, initial=known)
        self.last = last
        self.is_asked = is_asked
        if last is None:
            del self.fields["changes"]
        else:
            self.fields["changes"].required = is_asked

    def clean_body(self) -> str:
        """Browsers end lines with two signs, files with one."""
        body: str = self.cleaned_data["body"]
        return body.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        given.setdefault("changes", "")
        last = self.last
        words = (given.get("title"), given.get("body"), given.get("after"))
        if last is not None and words == (last.title.strip(), last.body.strip(), last.version):
            self.add_error("body", f"C’est le texte de la version {last.version}. Changez-le avant de publier.")
        return given

    def after_another(self, last: Text) -> "TextForm":
        """The same words, to be read again after the version that somebody else published meanwhile."""
        form = TextForm({**self.cleaned_data, "after": last.version}, last=last, is_asked=self.is_asked)
        form.full_clean()
        form.add_error(
            None,
            f"La version {last.version} vient d’être publiée. Lisez-la, puis reprenez votre texte si besoin.",
        )
        return form


class SearchPeopleForm(PortalForm):
    q = forms.CharField(label="Nom ou e-mail", max_length=60, required=False, widget=forms.SearchInput)

    @property
    def words(self) -> str:
        return self.cleaned_data["q"] if self.is_valid() else ""
