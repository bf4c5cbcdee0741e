"""Passkeys: what is asked of a browser, and reading what it answers. The question waits in the session."""

import struct
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError

from preau.accounts.models import User

UNREADABLE = (
    ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError, RuntimeError,
    struct.error,
)  # fmt: skip
"""What allauth, fido2 and its CBOR reader raise for what no browser would send."""

T = TypeVar("T")


class NotAKey(Exception):
    """What was sent is no passkey of the person, or answers no question of ours."""


def creation_options(user: User) -> dict[str, Any]:
    """What a browser needs to make a passkey: kept on the device, unlocked by its owner, so that it signs in alone."""
    return auth.begin_registration(user, passwordless=True)


def request_options(user: User | None) -> dict[str, Any]:
    """What a browser needs to show a passkey: one of `user`, or of whoever it belongs to."""
    return auth.begin_authentication(user)


def read_new_key(credential: object) -> dict[str, Any]:
    """The passkey that a browser has just made for us. Raises NotAKey."""

    def read() -> dict[str, Any]:
        if not isinstance(credential, dict):
            raise TypeError
        auth.complete_registration(credential)
        return credential

    return _readable(read)


def read_key(credential: object, user: User | None) -> Authenticator:
    """The passkey that answers our question, of `user`, or (None) of whoever it says. Raises NotAKey."""

    def read() -> Authenticator:
        if not isinstance(credential, dict):
            raise TypeError
        owner = auth.extract_user_from_response(credential) if user is None else user
        return auth.complete_authentication(owner, credential)

    return _readable(read)


def _readable(read: Callable[[], T]) -> T:
    try:
        return read()
    except UNREADABLE as fault:
        auth.clear_state()
        raise NotAKey from fault
