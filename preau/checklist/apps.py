"""The area, which lends to enrolments what activities ask for."""

from django.apps import AppConfig


class ChecklistConfig(AppConfig):
    name = "preau.checklist"
    verbose_name = "Pièces et informations demandées"

    def ready(self) -> None:
        from preau.checklist.queries.before import asked_by
        from preau.enrolments.asking import register_asked

        register_asked(asked_by)
