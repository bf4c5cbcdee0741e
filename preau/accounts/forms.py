"""Signing in."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms


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
