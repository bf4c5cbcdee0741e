"""Password hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest accepted setting (19 MiB, 2 passes, 1 lane): about 20 ms of one core.

    Django's default (100 MiB, 8 lanes) costs 170 ms, which turns an opening morning's sign-ins into an outage.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
