"""Password hashing."""

import os
import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = threading.BoundedSemaphore(os.cpu_count() or 1)
"""Hashes that a process computes at the same time. More would gain nothing and take 19 MiB each; the rest wait, and
pages that hash nothing go on."""


class PortalArgon2(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest accepted setting (19 MiB, 2 passes, 1 lane): about 20 ms of one core.

    Django's default (100 MiB, 8 lanes) costs 170 ms, which turns an opening morning's sign-ins into an outage.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with AT_ONCE:
            return super().verify(password, encoded)
