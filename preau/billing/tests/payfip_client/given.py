import datetime as dt
from typing import Any

from preau.billing.payfip.client import Operation, open_operation
from preau.core.money import Cents

NOON = dt.datetime(2026, 2, 3, 11, 20, 45, tzinfo=dt.UTC)  # 12:20 in Paris
REQUEST: dict[str, Any] = {
    "numcli": "090909",
    "exercice": 2026,
    "refdet": "PERI2105A1",
    "amount": Cents(18432),
    "email": "zoe@exemple.fr",
    "label": "Facture PERI2105",
    "mode": "T",
    "notify_url": "http://127.0.0.1:9/notification/",
    "return_url": "http://127.0.0.1:9/retour/",
}


def opened(**changes: Any) -> Operation:
    return open_operation(**REQUEST | changes)
