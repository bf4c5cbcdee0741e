"""Registration of the area."""

from django.apps import AppConfig


class ChecklistConfig(AppConfig):
    name = "preau.checklist"
    verbose_name = "Pièces et informations demandées"
