"""Every table of the file and how it meets the database, in the order in which they need each other."""

from typing import Any

from preau.townfile.tables.asking import ASKING_TABLES
from preau.townfile.tables.documents import DOCUMENT_TABLES
from preau.townfile.tables.health import HEALTH_TABLES
from preau.townfile.tables.members import MEMBERS_TABLES
from preau.townfile.tables.money import MONEY_TABLES
from preau.townfile.tables.offer import OFFER_TABLES
from preau.townfile.tables.people import PEOPLE_TABLES
from preau.townfile.tables.requests import REQUEST_TABLES
from preau.townfile.tables.retention import RETENTION_TABLES
from preau.townfile.tables.table import Synced, Writing
from preau.townfile.tables.town import TOWN_TABLES

__all__ = ["TABLES", "Synced", "Writing"]

TABLES: tuple[Synced[Any], ...] = (
    *TOWN_TABLES,
    *PEOPLE_TABLES,
    *MEMBERS_TABLES,
    *HEALTH_TABLES,
    *MONEY_TABLES,
    *OFFER_TABLES,
    *DOCUMENT_TABLES,
    *ASKING_TABLES,
    *REQUEST_TABLES,
    *RETENTION_TABLES,
)
