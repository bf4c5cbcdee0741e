"""Why nothing was written."""

from preau.documents.choices import Fault


class DocumentRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: Fault) -> None:
        super().__init__(reason.label)
        self.reason = reason
