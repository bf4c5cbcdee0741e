"""The area as Django loads it."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "preau.health"

    def ready(self) -> None:
        from preau.accounts.kept_forms import seal_forms_of
        from preau.health import checks, invariants  # noqa: F401 (registers what is checked)
        from preau.health.kept import CLOSET

        seal_forms_of("health", CLOSET)
