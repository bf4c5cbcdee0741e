"""Prices: a voted tariff as data, one pure function that gives the price and explains it.

`facts` what a price depends on · `conditions` when a price holds · `kinds` fixed, grid, rate, line, per ·
`modifiers` surcharges and reductions · `tariffs` the price · `coverage` cases without a price · `parsing` to and from
data · `reading` numbers and faults.
"""

from preau.pricing.rules.facts import Facts, Step, TariffHole
from preau.pricing.rules.parsing import dump_tariff, parse_tariff
from preau.pricing.rules.reading import Fault, TariffFault
from preau.pricing.rules.tariffs import Price, SummaryRow, Tariff, lowest_and_highest, price, summary

__all__ = [
    "Facts",
    "Fault",
    "Price",
    "Step",
    "SummaryRow",
    "Tariff",
    "TariffFault",
    "TariffHole",
    "dump_tariff",
    "lowest_and_highest",
    "parse_tariff",
    "price",
    "summary",
]
