"""What we ask of allauth.mfa: how it keeps secrets, and what it tells browsers of us."""

import base64
import hashlib
from urllib.parse import urlsplit

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken  # comes with allauth[mfa], whose passkeys rest on it
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from preau.town.queries import the_town


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are sealed with a key drawn from SECRET_KEY: whoever reads the database alone can make no code."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed with another SECRET_KEY is lost: a secret that nobody knows stands for it."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def get_totp_issuer(self) -> str:
        town = the_town()
        return f"{town.portal_name} {town.name}"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the public address, however the page was reached."""
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        return {"id": user_pk_to_url_str(user).encode(), "display_name": str(user), "name": user.get_username()}


def _box() -> Fernet:
    digest = hashlib.sha256(f"preau.second-factor:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
