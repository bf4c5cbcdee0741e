"""The area as Django loads it."""

from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "preau.families"

    def ready(self) -> None:
        from preau.families import invariants  # noqa: F401 (registers what `preau verify` checks)
