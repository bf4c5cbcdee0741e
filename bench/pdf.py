"""A tagged invoice against the bare compilation of the same page, untagged, with a compiler that is kept.

No document comes twice: typst remembers what it has compiled.
"""

import dataclasses
import datetime as dt
import json
import statistics
from collections.abc import Callable
from itertools import count

from bench.report import Figure, spread
from bench.timing import interleaved, ratio
from preau.billing import pdf
from preau.billing.pdf import DocumentGroup, DocumentKind, DocumentLine, InvoiceDocument, invoice_pdf
from preau.core.typesetting import compiler_of

ROUNDS = 150
PAGE = InvoiceDocument(
    kind=DocumentKind.INVOICE,
    number="2026000001",
    period="Novembre 2026",
    issued_on=dt.date(2026, 12, 1),
    due_on=dt.date(2026, 12, 31),
    town="Villejuif",
    accent="#0b6a5a",
    regie_name="Régie enfance et éducation",
    regie_address="Esplanade Pierre-Yves Cosnier, 94800 Villejuif",
    regie_phone="01 00 00 00 00",
    regie_email="regie@exemple.fr",
    family_number="1084-3154",
    quotient="742 (CAF, janvier 2026)",
    payer_name="PINCEAU Zoé",
    payer_lines=("Madame Zoé PINCEAU", "12 rue des Écoles", "94800 VILLEJUIF"),
    groups=(),
    total_cents=0,
    care_cents=10288,
    food_cents=8144,
    pay_url="https://famille.exemple.fr/factures/2026000001/payer/",
    how_to_pay=("En ligne : famille.exemple.fr, rubrique Facturation.", "À la régie, du lundi au vendredi."),
    help_lines=("Pour payer en plusieurs fois, appelez la régie.",),
)


def measure() -> list[Figure]:
    numbers = count(1)

    def ours() -> bytes:
        return invoice_pdf(document(next(numbers)))

    # What the bare compilations read is made beforehand: only typst is timed.
    bare = compiling(ROUNDS + 5, [])
    tagged = compiling(ROUNDS + 5, ["ua-1"])
    taken = interleaved({"ours": ours, "bare": bare, "tagged": tagged}, rounds=ROUNDS, warm_up=5)
    a_second = 1 / statistics.median(taken["ours"])
    milliseconds = {name: [value * 1000 for value in values] for name, values in taken.items()}
    detail = (
        f"{spread(milliseconds['ours'], ' ms')}, soit {a_second:.0f}/s ; typst seul"
        f" {spread(milliseconds['bare'], ' ms')}, balisé {spread(milliseconds['tagged'], ' ms')} ;"
        f" {len(ours()) / 1000:.0f} ko"
    )
    return [Figure("pdf.tagged_invoice", ratio(taken, "ours", "bare"), 1.5, "lower", detail)]


def document(number: int) -> InvoiceDocument:
    """Two children, six lines, amounts and names of its own."""
    groups = tuple(
        DocumentGroup(
            f"{name} PINCEAU {number}, école Jaurès",
            tuple(
                DocumentLine(label, f"6, 8, 9, {number % 27 + 1} novembre · tranche 3", 12, price, 12 * price)
                for label, price in (("Accueil du soir", 455), ("Restauration", 472 + number), ("Mercredi", 1591))
            ),
        )
        for name in ("Mylis", "Nora")
    )
    total = sum(line.amount_cents for group in groups for line in group.lines)
    return dataclasses.replace(PAGE, number=f"2026{number:06d}", groups=groups, total_cents=total)


def compiling(how_many: int, standards: list[str]) -> Callable[[], object]:
    """A call that compiles one more document, the same template with the same compiler."""
    first = 1_000_000 * (1 + len(standards))
    inputs = iter([json.dumps(pdf._printed(document(first + number))) for number in range(how_many)])

    def compile_one() -> object:
        return compiler_of(pdf.TEMPLATE).compile(
            sys_inputs={"data": next(inputs)}, format="pdf", pdf_standards=standards
        )

    return compile_one
