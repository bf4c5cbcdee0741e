"""What we ask of django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from preau.accounts import throttling
from preau.accounts.devices import known_device
from preau.accounts.models import User
from preau.accounts.signing_in import begin_session

MISMATCH = "L’identifiant ou le mot de passe ne correspond pas. Vérifiez-les, puis essayez encore."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the town's own ways, never by allauth's sign-up page; only we speak to people."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        throttling.SLOWED_DOWN: "Trop d’essais. Attendez quelques minutes, puis recommencez.",
    }
    guess: throttling.Guess

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

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every way of signing in ends here, once all that it asks has been given."""
        assert isinstance(user, User)
        came_before = user.last_login is not None
        super().login(request, user)
        begin_session(request, user, came_before=came_before)

    # A password is a guess until it is right: our own counts in place of allauth's (see throttling)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = str(credentials["username"]).strip().lower()
        self.guess = throttling.Guess(
            throttling.SIGN_IN, login, throttling.network_of(request), known_device(request, login)
        )
        if wait := throttling.wait_before(self.guess, now=timezone.now()):
            raise throttling.SlowedDown(wait)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        throttling.was_wrong(self.guess, now=timezone.now())

    def _rollback_login_failed_rl_usage(self) -> None:
        throttling.was_right(self.guess)
