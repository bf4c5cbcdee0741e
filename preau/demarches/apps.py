"""The area, with its own kinds of requests and its invariants once the models are there."""

from django.apps import AppConfig


class DemarchesConfig(AppConfig):
    name = "preau.demarches"

    def ready(self) -> None:
        from preau.demarches import (
            account_kind,
            change_kinds,
            file_fields,
            invariants,  # noqa: F401 (registers what `preau verify` checks)
        )
        from preau.demarches.kinds import register
        from preau.town.fields import declare

        for kind in (account_kind.KIND, *change_kinds.KINDS):
            register(kind)
        declare(*file_fields.HOUSEHOLD_FIELDS, *file_fields.ADULT_FIELDS, *file_fields.CHILD_FIELDS)
        declare(file_fields.INVOICES_BY_EMAIL)
