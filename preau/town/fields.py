"""The fields of the family file on which a town has its say: shown or not, required or not, checked or not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileField:
    """A field, and what holds until the town says otherwise. `is_checked`: a family only asks to change it, and what is
    known stays in force until an agent accepts. `code` is its name in the town file."""

    code: str
    label: str
    is_shown: bool = True
    is_required: bool = False
    is_checked: bool = False


FIELDS: dict[str, FileField] = {}
"""By code; each area declares its own when it starts."""


def declare(*fields: FileField) -> None:
    """Make fields known to the town file and to `queries.file_fields`."""
    FIELDS.update({field.code: field for field in fields})
