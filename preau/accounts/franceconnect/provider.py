"""django-allauth's OpenID Connect, with what FranceConnect asks for and it does not send."""

import secrets
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from preau.accounts.franceconnect import client
from preau.town.choices import WayIn
from preau.town.queries import the_town

ID = "franceconnect"
SCOPE = ["openid", "identite_pivot", "preferred_username", "email"]
NONCE_BYTES = 32


def is_open() -> bool:
    """Whether the town opens this way in, and the State has given it a key."""
    has_key = bool(settings.FRANCECONNECT_CLIENT_ID and settings.FRANCECONNECT_CLIENT_SECRET)
    return has_key and WayIn.FRANCECONNECT in the_town().ways


def return_url() -> str:
    """Where FranceConnect sends people back: as declared to it, whatever name the browser used."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:franceconnect_return')}"


class FranceConnectAdapter(OpenIDConnectOAuth2Adapter):
    """Addresses kept from one sign-in to the next; the secret in the form, never in a header."""

    basic_auth = False

    @property
    def openid_config(self) -> Mapping[str, Any]:
        return client.configuration()

    def get_provider(self) -> "FranceConnectProvider":
        return FranceConnectProvider(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return return_url()


class FranceConnectProvider(OpenIDConnectProvider):
    """Adds the nonce, kept with the state, and the level of assurance; takes no parameter from the address."""

    id = ID
    name = "FranceConnect"
    oauth2_adapter_class = FranceConnectAdapter
    supports_token_authentication = False

    def __init__(self, request: HttpRequest) -> None:
        app = SocialApp(
            provider=ID,
            provider_id=ID,
            name="FranceConnect",
            client_id=settings.FRANCECONNECT_CLIENT_ID,
            secret=settings.FRANCECONNECT_CLIENT_SECRET,
        )
        super().__init__(request, app=app)

    def address(self, process: str, *, next_url: str = "", **kept: Any) -> str:
        """Where to send a browser; `kept` comes back with the state. Raises client.Unavailable, client.Untrusted."""
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        response = self.redirect(
            self.request,
            process,
            next_url=next_url,
            scope=SCOPE,
            auth_params={"acr_values": "eidas1", "nonce": nonce},
            nonce=nonce,
            **kept,
        )
        return str(response["Location"])

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Nothing: a link to the sign-in page must not lower the level of assurance."""
        return {}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return SCOPE
