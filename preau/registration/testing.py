"""Builders for tests."""

import datetime as dt
from collections.abc import Mapping
from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from preau.accounts.testing import PASSWORD
from preau.families.models import Adult
from preau.registration.actions.codes import give_codes
from preau.registration.actions.drafting import submit_registration
from preau.registration.actions.inviting import invite
from preau.registration.codes import digest_of
from preau.registration.models import Invitation, Registration
from preau.registration.rules import code_key
from preau.town.choices import Proof
from preau.town.models import Text

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
NEW_PASSWORD = "la pluie tombe sur le préau"

ABOUT = {
    "last_name": "Pinceau",
    "first_name": "Zoé",
    "email": "zoe@example.org",
    "email_again": "zoe@example.org",
    "username": "z-pinceau",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
}
STEPS = "/creer-mon-compte"


@cache
def _password_hash() -> str:
    """That of PASSWORD, made once: it is slow on purpose."""
    return make_password(PASSWORD)


def make_text(code: str, version: int = 1, *, at: dt.datetime = NOW) -> Text:
    return Text.objects.create(
        code=code, version=version, title=code, body=f"Article {version}", sha256="", published_at=at
    )


def make_registration(
    *,
    number: str = "1084-3154",
    name: str = "Pinceau",
    proof: str = Proof.CODE,
    code: str = "",
    email: str = "zoe@example.org",
    username: str = "z-pinceau",
    first_name: str = "Zoé",
    last_name: str = "Pinceau",
    at: dt.datetime = NOW,
) -> Registration:
    """The five steps done, and the recap sent."""
    registration = Registration.objects.create(
        first_name=first_name,
        last_name=last_name,
        email=email,
        username=username,
        password=_password_hash(),
        file_number=number,
        file_name=name,
        proof=proof,
        proof_digest=digest_of(code_key(code)),
        terms_at=at,
        privacy_at=at,
        created_at=at,
        expires_at=at + dt.timedelta(days=1),
    )
    submit_registration(registration=registration, now=at)
    return registration


def make_code(adult: Adult, *, at: dt.datetime = NOW) -> str:
    """A code printed for this adult."""
    return give_codes(adults=[adult.pk], by=None, now=at)[0].code


def make_invitation(adult: Adult, *, email: str = "invited@example.org", at: dt.datetime = NOW) -> Invitation:
    """An invitation just mailed."""
    return invite(adults=[adult.pk], emails={adult.pk: email}, by=None, now=at).done[0]


def walk(client: Client, *, about: Mapping[str, str] = ABOUT, file: Mapping[str, str], submit: bool = True) -> None:
    """Go through the five steps, as a browser would."""
    client.post(f"{STEPS}/mes-informations/", about)
    client.post(f"{STEPS}/mes-references-dossier/", file)
    for step in ("conditions-d-utilisation", "confidentialite"):
        page = client.get(f"{STEPS}/{step}/")
        client.post(f"{STEPS}/{step}/", {"accepted": "on", "version": page.context["form"].in_force})
    if submit:
        client.post(f"{STEPS}/recapitulatif/")
