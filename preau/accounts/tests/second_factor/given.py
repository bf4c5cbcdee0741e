"""Where the second factor is asked, and codes that are right or wrong."""

import datetime as dt
import re

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.utils import timezone

from preau.accounts import factors
from preau.accounts.testing import PASSWORD, SECRET

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
CODE, RECOVERY = "/connexion/code/", "/connexion/code-de-secours/"
PROTECTION, APP, CODES = (
    "/mon-compte/protection/",
    "/mon-compte/protection/application/",
    "/mon-compte/protection/codes-de-secours/",
)
RENEW = "/mon-compte/protection/codes-de-secours/nouveaux/"
REMOVE = "/mon-compte/protection/retirer/"
WRONG = "Ce code ne convient pas"


def give_password(client, user, **more):
    return client.post("/connexion/", {"login": user.username, "password": PASSWORD, **more})


def code(seconds: int = 0) -> str:
    return factors.code_at(SECRET, timezone.now() + dt.timedelta(seconds=seconds))


def wrong_code() -> str:
    good = {code(seconds) for seconds in (-30, 0, 30)}
    return next(text for text in ("000000", "000001", "000002", "000003") if text not in good)


def text_of(response) -> str:
    page: str = response.content.decode()
    return page


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def set_up_app(client):
    page = text_of(client.get(APP))
    (spaced,) = re.findall(r'class="secret">([A-Z2-7 ]+)<', page)
    secret = spaced.replace(" ", "")
    return client.post(APP, {"code": factors.code_at(secret, timezone.now())})


def code_of(user) -> str:
    row = Authenticator.objects.get(user=user, type=factors.APP)
    return factors.code_at(decrypt(row.data["secret"]), timezone.now())
