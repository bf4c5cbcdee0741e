"""What somebody without a file writes to ask for an account, as the towns' guides order it."""

from typing import Any

from django import forms

from preau.demarches.account_fields import ContactFields, IdentityFields
from preau.registration.forms import KEPT, NewPassword, typed


class IdentityForm(IdentityFields):
    """« Identité »."""


class ContactForm(ContactFields):
    """« Coordonnées », and the address to be confirmed."""

    email = forms.EmailField(
        label="Courriel",
        max_length=254,
        help_text="Nous y enverrons un lien pour confirmer votre adresse, puis la réponse.",
        widget=forms.EmailInput(attrs=typed("email")),
    )
    email_again = forms.EmailField(
        label="Confirmation du courriel", max_length=254, widget=forms.EmailInput(attrs=typed("email"))
    )
    field_order = (
        *("address", "postcode", "city", "phone_home", "phone_mobile", "phone_work"),
        *("email", "email_again", "preferred_contact"),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        email, again = given.get("email"), given.get("email_again")
        if email and again and email.lower() != again.lower():
            self.add_error("email_again", "Écrivez deux fois le même courriel")
        return given


class SignInForm(NewPassword):
    """« Identifiants »: how one will sign in. `has_password` once one was chosen: left empty, it stays."""

    def __init__(self, *args: Any, words: dict[str, str], has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        if has_password:
            for name in ("password", "password_again"):
                self.fields[name].required = False
            self.fields["password"].help_text = KEPT

    @property
    def own_words(self) -> dict[str, str]:
        return self.words | {"username": self.cleaned_data.get("username", "")}
