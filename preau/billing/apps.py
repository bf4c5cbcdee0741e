"""The area, and its invariants once the models are there."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "preau.billing"

    def ready(self) -> None:
        from preau.billing import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.billing.queries.billed import billed_bookings
        from preau.billing.queries.papers import papers_of
        from preau.bookings.billed import register_billed
        from preau.documents.around import register_papers

        register_papers(papers_of)
        register_billed(billed_bookings)
