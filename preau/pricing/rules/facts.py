"""What a price may depend on, and how each fact is told to the family."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from preau.core.money import NBSP
from preau.pricing.choices import PricedStatus

TEXT_FACTS = frozenset({"unit", "regime", "level", "part", "status", "formula"})
NUMBER_FACTS = frozenset({"quotient", "rank", "children", "age", "minutes"})
YES_NO_FACTS = frozenset({"resident", "occasional"})
DAY_FACTS = frozenset({"day"})

TAG_NAMES = MappingProxyType({"pai": "PAI", "ulis": "ULIS", "upe2a": "UPE2A", "ccas": "CCAS"})


class Facts(NamedTuple):
    """One booking or charge to price. None is unknown; an unknown quotient pays the highest price.

    `quotient` is in euros and `quotient_label` says where it comes from (« CAF, janvier 2026 »); `rank` is that of the
    child among the `children` of the family, from 1; `status` is a PricedStatus.
    """

    unit: str = ""
    day: dt.date | None = None
    quotient: Decimal | None = None
    quotient_label: str = ""
    resident: bool = True
    rank: int = 1
    children: int = 1
    regime: str = ""
    level: str = ""
    age: int | None = None
    minutes: int | None = None
    part: str = ""
    status: str = PricedStatus.BOOKED
    occasional: bool = False
    tags: frozenset[str] = frozenset()
    formula: str = ""


class Step(NamedTuple):
    """One line of « Pourquoi ce prix »."""

    label: str
    value: str


class TariffHole(ValueError):
    """A case for which the tariff has no price; the message tells which, in French."""

    def __init__(self, facts: Facts, mentioned: Iterable[str]) -> None:
        steps = steps_about(facts, mentioned)
        case = ", ".join(f"{step.label.lower()}{NBSP}: {step.value}" for step in steps)
        super().__init__(f"aucun prix n’est prévu pour ce cas ({case})." if case else "aucun prix n’est prévu.")


def steps_about(facts: Facts, mentioned: Iterable[str]) -> list[Step]:
    """What the family should know of the facts on which the price depended, always in the same order."""
    names = set(mentioned)
    told = [FACT_STEPS[name](facts) for name in FACT_STEPS if name in names] if names else []
    return [step for step in told if step is not None]


def quotient_step(facts: Facts) -> Step:
    if facts.quotient is None:
        return Step("Quotient familial", f"non connu{NBSP}: le tarif le plus élevé s’applique")
    source = f" ({facts.quotient_label})" if facts.quotient_label else ""
    return Step("Quotient familial", number(facts.quotient) + source)


def rank_step(facts: Facts) -> Step:
    return Step("Rang dans la fratrie", f"{ordinal(facts.rank)} enfant")


def number(value: Decimal | int) -> str:
    """`1001` → « 1 001 », `742.5` → « 742,50 »: euros without the sign, cents only when there are some."""
    shown = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return shown.replace(",", NBSP).replace(".", ",")


def plain_number(value: Decimal | int) -> str:
    """`0.287` → « 0,287 »: all the decimals that say something."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def amount_words(value: Decimal) -> str:
    """`1.65` → « 1,65 € », `1.2345678` → « 1,2346 € »: euros not yet rounded to the cent, to four decimals at most."""
    whole, _, decimals = f"{value:,.4f}".partition(".")
    return f"{whole.replace(',', NBSP)},{decimals.rstrip('0'):0<2}{NBSP}€"


def ordinal(rank: int) -> str:
    return "1er" if rank <= 1 else f"{rank}e"


def tag_names(tags: Iterable[str]) -> str:
    return ", ".join(TAG_NAMES.get(tag, tag) for tag in sorted(tags))


def status_name(status: str) -> str:
    return PricedStatus(status).label


def _word(label: str, value: str) -> Step | None:
    return Step(label, value) if value else None


FACT_STEPS: Mapping[str, Callable[[Facts], Step | None]] = MappingProxyType(
    {
        "status": lambda facts: Step("Réservation", status_name(facts.status)),
        "day": lambda facts: _word("Date", f"{facts.day:%d/%m/%Y}" if facts.day else ""),
        "resident": lambda facts: Step("Domicile", "dans la commune" if facts.resident else "hors de la commune"),
        "quotient": quotient_step,
        "rank": rank_step,
        "children": lambda facts: Step("Enfants de la famille", str(facts.children)),
        "regime": lambda facts: _word("Régime", facts.regime),
        "level": lambda facts: _word("Niveau", facts.level),
        "age": lambda facts: Step("Âge", "non connu" if facts.age is None else f"{facts.age}{NBSP}ans"),
        "minutes": lambda facts: Step("Durée", "non connue" if facts.minutes is None else f"{facts.minutes}{NBSP}min"),
        "part": lambda facts: _word("Moment", facts.part),
        "formula": lambda facts: _word("Formule", facts.formula),
        "occasional": lambda facts: Step("Fréquentation", "occasionnelle" if facts.occasional else "régulière"),
        "tags": lambda facts: _word("Situation", tag_names(facts.tags)),
    }
)
"""How each fact is told. The unit is not: the family sees its name above the price."""
