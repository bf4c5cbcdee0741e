"""An invoice or a credit note as a tagged PDF (PDF/UA-1), from plain values (see `core.typesetting`).

The same document gives the same bytes: a PDF may be made again instead of being kept.
"""

import datetime as dt
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import segno

from preau.core.money import NBSP, euros
from preau.core.templatetags.ui import date_longue
from preau.core.typesetting import drawable, typeset

TEMPLATE = Path(__file__).parent / "typst" / "invoice.typ"
INK = "#241f3a"


class DocumentKind(StrEnum):
    INVOICE = "Facture"
    CREDIT_NOTE = "Avoir"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A priced line; `details` is the small text under the label (days, bracket, reductions), perhaps empty."""

    label: str
    details: str
    quantity: int
    unit_price_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    """The lines of one child (or of the household), under a title such as « Mylis PINCEAU, CE1, école Jaurès »."""

    title: str
    lines: tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """A sum brought from elsewhere: positive adds to what is owed, negative (a credit) lowers it."""

    label: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """All that is printed. `total_cents` is the sum of the lines, before what is carried.

    `how_to_pay` holds one sentence for each way, the words before a colon in bold; `pay_url` empty prints no code;
    `corrects` is the number of the invoice that a credit note corrects.
    """

    kind: DocumentKind
    number: str
    period: str
    issued_on: dt.date
    due_on: dt.date | None
    town: str
    accent: str
    regie_name: str
    regie_address: str
    regie_phone: str
    regie_email: str
    family_number: str
    payer_name: str
    payer_lines: tuple[str, ...]
    groups: tuple[DocumentGroup, ...]
    total_cents: int
    quotient: str | None = None
    carried: tuple[CarriedLine, ...] = ()
    care_cents: int = 0
    food_cents: int = 0
    pay_url: str = ""
    how_to_pay: tuple[str, ...] = ()
    help_lines: tuple[str, ...] = ()
    corrects: str = ""
    logo_svg: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.accent):
            raise ValueError(f"not a colour: {self.accent!r}")

    @property
    def net_cents(self) -> int:
        """What is left to pay; negative when credits exceed the total."""
        return self.total_cents + sum(line.amount_cents for line in self.carried)

    @property
    def asks_for_money(self) -> bool:
        return self.kind == DocumentKind.INVOICE and self.net_cents > 0


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """The PDF of `document`. Raises typst.TypstError when it cannot be made (a logo that is not SVG, for instance)."""
    issued_at = dt.datetime.combine(document.issued_on, dt.time(12), tzinfo=dt.UTC)
    return typeset(TEMPLATE, _printed(document), at=issued_at)


def _printed(document: InvoiceDocument) -> dict[str, Any]:
    """What the template reads: every amount and date already in French."""
    name = f"{document.kind} {document.number}"
    words: dict[str, Any] = {
        "title": f"{name}, {document.town}",
        "running_title": f"{name}, suite",
        "author": f"{document.town}, {document.regie_name}",
        "kind": document.kind.value,
        "number": document.number,
        "town": document.town,
        "regie_lines": [
            document.regie_name,
            document.regie_address,
            " · ".join(filter(None, [document.regie_phone, document.regie_email])),
        ],
        "references": _references(document),
        "payer_lines": document.payer_lines,
        "band": _band(document),
        "groups": [_group(group) for group in document.groups],
        "sums": _sums(document),
        "net": _net(document),
        "mention": _mention(document),
        "notes": _notes(document),
    }
    printed: dict[str, Any] = drawable(words)
    return printed | {
        "accent": document.accent,
        "logo": document.logo_svg,
        "slip": _slip(document) if document.asks_for_money else None,
    }


def _references(document: InvoiceDocument) -> list[dict[str, Any]]:
    rows = [
        ("Période", document.period, False),
        ("Émise le" if document.kind == DocumentKind.INVOICE else "Émis le", date_longue(document.issued_on), False),
        ("Dossier", document.family_number, True),
        ("Quotient retenu", document.quotient, False),
        ("Corrige la facture", document.corrects, True),
    ]
    return [{"name": name, "value": value, "code": code} for name, value, code in rows if value]


def _band(document: InvoiceDocument) -> dict[str, str]:
    if document.kind == DocumentKind.CREDIT_NOTE:
        return {"words": "Avoir en votre faveur", "strong": "", "amount": euros(document.net_cents)}
    if not document.asks_for_money:
        return {"words": "Rien à payer", "strong": "", "amount": euros(0)}
    if document.due_on is None:
        return {"words": "À payer", "strong": "", "amount": euros(document.net_cents)}
    return {"words": "À payer avant le", "strong": date_longue(document.due_on), "amount": euros(document.net_cents)}


def _group(group: DocumentGroup) -> dict[str, Any]:
    return {
        "title": group.title,
        "lines": [
            {
                "label": line.label,
                "details": line.details,
                "quantity": str(line.quantity),
                "unit_price": euros(line.unit_price_cents),
                "amount": euros(line.amount_cents),
            }
            for line in group.lines
        ],
    }


def _sums(document: InvoiceDocument) -> list[dict[str, str]]:
    sums = [("Total de la période", document.total_cents)]
    sums += [(line.label, line.amount_cents) for line in document.carried]
    return [{"label": label, "amount": euros(cents)} for label, cents in sums]


def _net(document: InvoiceDocument) -> dict[str, str]:
    if document.kind == DocumentKind.CREDIT_NOTE:
        return {"label": "Montant de l’avoir", "amount": euros(document.net_cents)}
    if document.net_cents < 0:
        return {"label": "Reste en votre faveur", "amount": euros(-document.net_cents)}
    return {"label": "Net à payer", "amount": euros(document.net_cents)}


def _mention(document: InvoiceDocument) -> str:
    shares = [("Dont garde", document.care_cents), ("Dont repas", document.food_cents)]
    parts = [f"{label}{NBSP}: {euros(cents)}" for label, cents in shares if cents]
    return " · ".join([*parts, "TVA non applicable."])


def _notes(document: InvoiceDocument) -> list[dict[str, Any]]:
    notes = []
    if document.how_to_pay and document.asks_for_money:
        ways = [_lead_in_bold(sentence) for sentence in document.how_to_pay]
        notes.append({"title": "Comment payer", "numbered": True, "lines": ways})
    if document.help_lines:
        lines = [{"lead": "", "text": line} for line in document.help_lines]
        notes.append({"title": "Un désaccord, une difficulté", "numbered": False, "lines": lines})
    return notes


def _lead_in_bold(sentence: str) -> dict[str, str]:
    lead, colon, rest = sentence.partition(":")
    return {"lead": lead.rstrip(), "text": f"{NBSP}:{rest}"} if colon else {"lead": "", "text": sentence}


def _slip(document: InvoiceDocument) -> dict[str, Any]:
    facts = [
        ("Facture", document.number, "code"),
        ("Dossier", document.family_number, "code"),
        ("Nom", document.payer_name, ""),
        ("Montant", euros(document.net_cents), "strong"),
    ]
    return {
        "facts": [{"name": name, "value": drawable(value), "look": look} for name, value, look in facts],
        "url": document.pay_url,
        "qr": _qr_svg(document.pay_url) if document.pay_url else "",
    }


def _qr_svg(url: str) -> str:
    # No border: the white of the slip around it is the quiet zone.
    picture = io.BytesIO()
    # One mask for all: readers take any, and choosing the best of eight was a quarter of the time of an invoice.
    code = segno.make(url, error="m", micro=False, mask=0)
    code.save(picture, kind="svg", xmldecl=False, border=0, dark=INK, omitsize=True)
    return picture.getvalue().decode()
