"""What stands between a right password and the session."""

from typing import cast

from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.internal.flows.trust import is_trusted_browser
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponseBase

from preau.accounts.models import User


class SecondFactorStage(AuthenticateStage):
    """allauth's, at our address. A browser is trusted by parents only: an agent is asked each time."""

    urlname = "accounts:second_factor"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        if not self._should_handle(self.request):
            return None, True
        return headed_redirect_response(self.urlname), True

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(super()._should_handle(request)) or (
            self.user.is_staff and bool(is_trusted_browser(request, self.user))
        )

    @property
    def user(self) -> User:
        """Who gave a right password."""
        return cast(User, self.login.user)
