"""The area, with its kind of requests, its invariants and the papers of sheets once the models are there."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "preau.documents"

    def ready(self) -> None:
        from preau.demarches.kinds import register
        from preau.documents import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.documents.handed_kind import HANDED
        from preau.documents.papers import sheet_papers
        from preau.health.around import register_papers

        register(HANDED)
        register_papers(sheet_papers)
