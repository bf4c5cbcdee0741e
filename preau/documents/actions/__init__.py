"""Writing documents.

`own` my space · `handing` a document is given to the town, or taken back · `reviewing` an agent answers, or adds one ·
`kinds` what the town asks for · `expiring` families are told before a document expires.
"""

from preau.documents.actions.expiring import warn_expiring
from preau.documents.actions.handing import (
    KIND,
    Given,
    hand_in,
    withdraw_document,
)
from preau.documents.actions.kinds import retire_document_kind, save_document_kinds
from preau.documents.actions.own import add_own, delete_own, rename_own
from preau.documents.actions.reviewing import accept_document, add_at_counter, refuse_document
from preau.documents.actions.town_documents import give_from_town, take_back_from_town
from preau.documents.faults import DocumentRefused

__all__ = [
    "KIND",
    "DocumentRefused",
    "Given",
    "accept_document",
    "add_at_counter",
    "add_own",
    "delete_own",
    "give_from_town",
    "hand_in",
    "refuse_document",
    "rename_own",
    "retire_document_kind",
    "save_document_kinds",
    "take_back_from_town",
    "warn_expiring",
    "withdraw_document",
]
