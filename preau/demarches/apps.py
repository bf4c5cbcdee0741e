"""The area, with its own kinds of requests and its invariants once the models are there."""

from django.apps import AppConfig


class DemarchesConfig(AppConfig):
    name = "preau.demarches"

    def ready(self) -> None:
        from preau.demarches import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.demarches.account_kind import KIND
        from preau.demarches.kinds import register

        register(KIND)
