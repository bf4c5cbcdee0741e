"""Who signs in: by user name or e-mail address, whatever the case."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.db.models.functions import Lower

from preau.accounts.models import User


class SignInBackend(ModelBackend):
    """One query, on the indexes that keep names and addresses unique, and one hash for an unknown name as for a known
    one, so that neither words nor time tell which accounts exist. A closed account is met as a wrong password.

    allauth's own backend reads four times, and hashes twice when the address is known.
    """

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """`username` may be an address, which an agent who is also a parent has twice: the password then decides."""
        if not username or not password:
            return None
        login = username.lower()
        candidates = list(
            User.objects.alias(name=Lower("username"), address=Lower("email"))
            .filter(Q(name=login) | Q(address=login))
            .order_by("kind")
        )
        if not candidates:
            User().set_password(password)
        for user in candidates:
            if user.check_password(password):
                return user if self.user_can_authenticate(user) else None
        return None
