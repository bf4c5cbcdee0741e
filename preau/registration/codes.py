"""Activation codes: drawn, and kept as a digest that only this instance's secret key can make."""

import secrets

from django.utils.crypto import salted_hmac

from preau.registration.rules import CODE_ALPHABET, CODE_LENGTH

SALT = "preau.registration.codes"


def new_activation_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def digest_of(code: str) -> str:
    """The digest of a code as printed (see `rules.code_key`); "" of none.

    Fifty bits alone could be searched by whoever reads the database: the secret key, which is not there, goes in.
    """
    return salted_hmac(SALT, code, algorithm="sha256").hexdigest() if code else ""
