"""Money is whole cents; rates and intermediate amounts are `Decimal`, rounded once."""

from typing import NewType

Cents = NewType("Cents", int)

NBSP = "\u00a0"


def euros(cents: int) -> str:
    """`18432` → « 184,32 € », with non-breaking spaces; negative amounts take a true minus sign."""
    whole, rest = divmod(abs(cents), 100)
    sign = "−" + NBSP if cents < 0 else ""
    return f"{sign}{whole:,}".replace(",", NBSP) + f",{rest:02d}{NBSP}€"
