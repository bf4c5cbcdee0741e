"""The fingerprint of an invoice: SHA-256 of its lines while it is a draft, then of the whole once it is issued.

Made of public codes and printed values, never of database ids, so that it survives an export.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from preau.pricing.rules import Step


def explanation(days: Sequence[str], steps: Sequence[Step], share: str = "") -> dict[str, Any]:
    """The `why` of a line: its days, the steps of its price, and the payer's part when it is shared."""
    why: dict[str, Any] = {"days": list(days), "steps": [[step.label, step.value] for step in steps]}
    return why | ({"share": share} if share else {})


def explanation_text(days: Sequence[str], steps: Sequence[Step], share: str = "") -> str:
    """The canonical text of an explanation, ten times faster: a campaign writes tens of thousands."""
    shared = f'"share":"{share}",' if share else ""
    told = '","'.join(days)
    return f'{{"days":["{told}"],{shared}"steps":{_steps_text(tuple(steps))}}}'


@lru_cache(maxsize=16384)
def _steps_text(steps: tuple[Step, ...]) -> str:
    return f"[{','.join(f'[{encode_basestring(step.label)},{encode_basestring(step.value)}]' for step in steps)}]"


def canonical(value: Any) -> str:
    """JSON that is the same for the same value, whatever the database kept of the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def lines_seal(lines: Iterable[Sequence[object]]) -> str:
    """Of each line, in order: participant code, label, quantity, unit price, amount, care, food, canonical `why`."""
    return _digest("\n".join("\x1f".join(map(str, line)) for line in lines))


# The fields of an issued invoice that its seal covers, as lookups; `sha256` is the seal of its lines.
SEALED = (
    *("sha256", "number", "kind", "label", "period_starts_on", "period_ends_on", "issued_on", "due_on"),
    *("payer__code", "family__code", "quotient_cents", "total_cents"),
)


def issued_seal(invoice: Mapping[str, object]) -> str:
    """Of the SEALED fields of an issued invoice, `sha256` being the seal of its lines."""
    return _digest("\x1f".join(str(invoice[name]) for name in SEALED))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
