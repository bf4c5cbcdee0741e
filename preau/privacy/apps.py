"""The area, with its kinds of requests and its invariants once the models are there."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "preau.privacy"

    def ready(self) -> None:
        from preau.demarches.kinds import register
        from preau.privacy import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.privacy.kinds import ALL

        for kind in ALL:
            register(kind)
