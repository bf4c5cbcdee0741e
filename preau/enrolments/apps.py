"""The area as Django loads it."""

from django.apps import AppConfig


class EnrolmentsConfig(AppConfig):
    name = "preau.enrolments"

    def ready(self) -> None:
        from preau.documents.around import register_activities
        from preau.enrolments import invariants  # noqa: F401 (registers its checks)
        from preau.enrolments.around import activities_of

        register_activities(activities_of)
