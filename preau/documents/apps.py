"""The area, with its invariants once the models are there."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "preau.documents"

    def ready(self) -> None:
        from preau.documents import invariants  # noqa: F401 (registers what `preau verify` checks)
