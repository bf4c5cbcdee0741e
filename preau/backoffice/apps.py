"""The area as Django loads it."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "preau.backoffice"

    def ready(self) -> None:
        from preau.backoffice import (
            fates,  # noqa: F401 (says what becomes of each table when two files are merged)
            invariants,  # noqa: F401 (registers its checks)
        )
