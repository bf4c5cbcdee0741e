"""Kinds of price. A kind reads itself, finds its amount for given facts, and lists what it may charge.

`kind` what they have in common · `fixed` · `grid` by brackets · `rate` effort rates · `line` between points ·
`per` started periods of time.
"""

from collections.abc import Mapping
from types import MappingProxyType

from preau.pricing.rules.kinds.fixed import Fixed
from preau.pricing.rules.kinds.grid import Grid
from preau.pricing.rules.kinds.kind import Bracket, Kind
from preau.pricing.rules.kinds.line import Line
from preau.pricing.rules.kinds.per import Per
from preau.pricing.rules.kinds.rate import Rate

__all__ = ["KINDS", "Bracket", "Kind"]

KINDS: Mapping[str, type[Kind]] = MappingProxyType({kind.name: kind for kind in (Fixed, Grid, Rate, Line, Per)})
"""How each kind of price is read. A later kind is a class beside these and a word here."""
