"""Browsers of people whom FranceConnect knows."""

import datetime as dt
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.test import Client

from preau.accounts.franceconnect.client import Pivot, SignIn
from preau.accounts.franceconnect.simulator import PEOPLE, Simulator
from preau.accounts.franceconnect.testing import (
    CLIENT_ID,
)
from preau.accounts.models import User
from preau.accounts.testing import confirm

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
ZOE = "zoe-pinceau"


def tie_to(user: User, simulator: Simulator, who: str = ZOE) -> None:
    sub = simulator.sub(PEOPLE[who], CLIENT_ID)
    SocialAccount.objects.create(provider="franceconnect", uid=sub, user=user, extra_data={})


def sign_in(sub: str) -> SignIn:
    return SignIn(sub, "eidas1", 0, "jeton", Pivot("Zoé", "Pinceau", "1988", "", "", "female", "", ""))


def browser_of(user: User) -> Client:
    """Signed in a moment ago."""
    browser = Client()
    browser.force_login(user)
    confirm(browser)
    return browser


def signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def heading(response: Any) -> str:
    return str(response.content.decode()).partition("<h1>")[2].partition("</h1>")[0]
