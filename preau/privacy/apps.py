"""The area as Django loads it."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "preau.privacy"

    def ready(self) -> None:
        from preau.privacy import invariants  # noqa: F401 (registers what `preau verify` checks)
