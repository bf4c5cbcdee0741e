"""The area, and its invariants once the models are there."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "preau.bookings"

    def ready(self) -> None:
        from preau.bookings import invariants  # noqa: F401 (registers what `preau verify` checks)
