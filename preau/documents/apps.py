"""The area, with its kind of requests and its invariants once the models are there."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "preau.documents"

    def ready(self) -> None:
        from preau.demarches.kinds import register
        from preau.documents import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.documents.handed_kind import HANDED

        register(HANDED)
