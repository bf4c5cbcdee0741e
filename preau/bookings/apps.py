"""The area, once the models are there: its invariants, and what it lends to the areas below."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "preau.bookings"

    def ready(self) -> None:
        from preau.bookings import invariants  # noqa: F401 (registers what `preau verify` checks)
        from preau.bookings.actions.moving import bookings_moving, follow_custody
        from preau.bookings.around import attending_within, expected_within
        from preau.health.expecting import register_attending, register_expected
        from preau.members.following import register_following

        register_following(bookings_moving, follow_custody)
        register_expected(expected_within)
        register_attending(attending_within)
