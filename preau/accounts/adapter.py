"""What we ask of django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

MISMATCH = "L’identifiant ou le mot de passe ne correspond pas. Vérifiez-les, puis essayez encore."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the town's own ways, never by allauth's sign-up page; only we speak to people."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "too_many_login_attempts": "Trop d’essais. Attendez cinq minutes, puis recommencez.",
    }

    def get_login_stages(self) -> list[str]:
        """After the password, the second factor; we confirm addresses by our own ways."""
        return ["preau.accounts.stages.SecondFactorStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only our own pages: a link to the sign-in page must not carry people elsewhere afterwards."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own « Connexion réussie »: the page where one arrives says it."""
