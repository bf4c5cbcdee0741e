"""The seals of invoices as their rows stand now: what `preau verify` compares with what was sealed."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from preau.billing.choices import InvoiceState
from preau.billing.models import Invoice, Line
from preau.billing.rules.seals import SEALED, canonical, issued_seal, lines_seal


def seals_now(invoices: QuerySet[Invoice]) -> Iterator[tuple[str, str, str]]:
    """For each invoice: its code, the seal it bears, and the one that its rows give now. Two queries, as streams."""
    lines = (
        Line.objects.filter(invoice__in=invoices.values("pk"))
        .order_by("invoice_id", "order", "pk")
        .values_list(
            *("invoice_id", "participant__code", "label", "quantity", "unit_price_cents"),
            *("amount_cents", "care_cents", "food_cents", "why"),
        )
    )
    by_invoice = groupby(lines.iterator(chunk_size=2000), key=lambda row: row[0])
    seal_of_lines = ((pk, lines_seal([(*row[1:-1], canonical(row[-1])) for row in rows])) for pk, rows in by_invoice)
    pk, seal = next(seal_of_lines, (None, ""))
    for invoice in invoices.order_by("pk").values("pk", "code", "state", *SEALED).iterator(chunk_size=2000):
        mine = lines_seal([])
        if pk == invoice["pk"]:
            mine = seal
            pk, seal = next(seal_of_lines, (None, ""))
        yield invoice["code"], invoice["sha256"], _whole(invoice, mine)


def _whole(invoice: dict[str, Any], lines: str) -> str:
    return lines if invoice["state"] == InvoiceState.DRAFT else issued_seal(invoice | {"sha256": lines})
