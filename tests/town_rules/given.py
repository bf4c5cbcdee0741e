"""Real rules of French towns, with the cases that they publish: see `town_rules.yaml` for the sources.

Each rule is written here as a town would write it in its file. A case that asks for a kind of rule not yet known is
listed in LATER with what it waits for, a whole rule in NOT_YET; a case is in one place only, so that none is forgotten
in silence.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml

from preau.activities.rules import parse_notice
from preau.pricing.choices import PricedStatus
from preau.pricing.rules import Facts, parse_tariff
from preau.town.rules import Calendar, SchoolYear, Span

RULES = {
    rule["id"]: rule for rule in yaml.safe_load(Path(__file__).with_name("town_rules.yaml").read_text("utf-8"))["rules"]
}
CLASSES = frozenset({0, 1, 3, 4})
CALENDAR = Calendar(
    (
        SchoolYear(dt.date(2022, 9, 1), dt.date(2023, 7, 7), CLASSES),
        SchoolYear(dt.date(2026, 9, 1), dt.date(2027, 7, 2), CLASSES),
    ),
    (Span(dt.date(2022, 10, 22), dt.date(2022, 11, 6)),),
    frozenset(holidays.country_holidays("FR", years=range(2021, 2028))),
)
MINUTE = dt.timedelta(minutes=1)


def fixed(amount: str | list[str], **when: Any) -> dict[str, Any]:
    return {"kind": "fixed", "price": amount, "when": when}


def grid(at: list[int], prices: list[Any], **when: Any) -> dict[str, Any]:
    return {"kind": "grid", "at": at, "prices": prices, "when": when}


def rate(value: str, floor: str, ceiling: str, **when: Any) -> dict[str, Any]:
    return {"kind": "rate", "rate": value, "floor": floor, "ceiling": ceiling, "when": when}


def per(minutes: int, price: str) -> dict[str, Any]:
    return {"kind": "per", "minutes": minutes, "each": {"kind": "fixed", "price": price}}


def then(label: str, **effect: Any) -> dict[str, Any]:
    """A modifier, with its conditions in `when`."""
    return {"label": label, **effect}


UNBOOKED = {"status": "unbooked"}


def week(on: str, at: str = "23:59") -> dict[str, Any]:
    return {"kind": "week", "weeks": 1, "on": on, "at": at}


# Rule, and the service, town or action of the case if it has several: what the town would write.
NOTICES: dict[tuple[str, ...], dict[str, Any]] = {
    ("les-pieux-taux",): {"kind": "working_days", "n": 2, "at": "09:30"},
    ("boissy-tarifs",): {
        "kind": "dates",
        "dates": [
            {"from": "2022-10-22", "to": "2022-11-07", "by": "2022-10-07"},
            {"from": "2022-12-17", "to": "2023-01-03", "by": "2022-12-02"},
            {"from": "2023-02-18", "to": "2023-03-06", "by": "2023-02-03"},
            {"from": "2023-04-22", "to": "2023-05-09", "by": "2023-04-07"},
            {"from": "2023-07-08", "to": "2023-08-31", "by": "2023-06-16"},
        ],
    },
    ("vailhauques-cantine",): {
        "kind": "weekday_map",
        "at": "09:00",
        "map": {"mon": "fri-1", "tue": "fri-1", "thu": "tue", "fri": "tue"},
    },
    ("rontalon-veille-scolaire",): {"kind": "open_days", "n": 1, "at": "11:00"},
    ("eragny-72h-15j", "repas"): {"kind": "hours", "n": 72},
    ("eragny-72h-15j", "vacances"): {"kind": "clear_days", "n": 15, "from": "period"},
    ("beauvallon-tresor",): {"kind": "month", "months": 1, "day": 20},
    ("coeur-de-garonne", "ALAE"): {"kind": "working_days", "n": 2},
    ("coeur-de-garonne", "ALSH"): {"kind": "days", "n": 7},
    ("yerres-majoration",): {"kind": "working_days", "n": 2},
    ("saint-colomban",): {"kind": "days", "n": 0, "at": "09:00"},
    ("cruas-j2", "meal"): {"kind": "working_days", "n": 2, "at": "12:00"},
    ("cruas-j2", "alsh"): week("thu", "12:00"),
    ("montagnac-panier",): week("wed"),
    ("weekly-cutoffs", "Espondeilhan"): week("mon"),
    ("weekly-cutoffs", "Saint-Jeannet"): week("mon"),
    ("weekly-cutoffs", "Veyras"): week("tue"),
    ("weekly-cutoffs", "Andancette", "réserver"): week("fri", "12:00"),
    ("weekly-cutoffs", "Andancette", "annuler"): {"kind": "days", "n": 1, "at": "12:00"},
    ("weekly-cutoffs", "Châteaufort"): week("thu", "10:00"),
    ("weekly-cutoffs", "Saint-Jean-Bonnefonds"): week("wed", "12:00"),
    ("weekly-cutoffs", "Bertholène", "réserver"): week("tue", "12:00"),
    ("weekly-cutoffs", "Bertholène", "modifier"): week("mon", "12:00"),
}
Rules = dict[str, Any] | list[dict[str, Any]]
TARIFFS: dict[tuple[str, ...], Rules] = {
    ("villejuif-catalogue",): [fixed("3.50")],
    ("les-pieux-taux",): [
        fixed("1.62", has="pai"),
        fixed("3.61", occasional=True),
        rate("0.0055", "0", "3.19", quotient={"max": "580"}),
        fixed("3.19"),
    ],
    ("sene-taux",): [rate("0.00287", "1.00", "5.97")],
    ("boissy-tarifs", "repas"): [
        fixed("7.61", status="unbooked", resident=True),
        fixed("7.61", status="unbooked", has=["ulis", "upe2a"]),
        fixed("10.76", status="unbooked"),
    ],
    ("champcevinel-1euro",): [grid([0, 623, 1001, 1501], ["1.00", "3.30", "3.40", "3.50"])],
    ("vitry-en-artois-fratrie", "repas"): [fixed(["4.17", "3.33"])],
    ("vitry-en-artois-fratrie", "ALSH"): [
        grid([0, 1500], [["6.13", "4.91"], ["7.29", "5.83"]], resident=True),
        grid([0, 1500], [["9.37", "7.50"], ["11.69", "9.35"]]),
    ],
    ("vitry-en-artois-fratrie", "colonie"): [fixed(["274", "254", "233"], resident=True), fixed(["385", "365", "345"])],
    ("vatteville-entamee",): [
        grid([15, 30, 60, 75, 90], ["0.60", "1.15", "2.30", "2.90", "3.45"], part="matin") | {"on": "minutes"},
        per(30, "1.15"),
    ],
    ("larressore-plafond-mensuel",): [grid([0, 286, 571, 925], ["0.50", "0.85", "1.33", "1.58"])],
    ("rungis-brignais-exterieurs", "Rungis"): {"base": [fixed("3.85")], "then": [then("Extérieur", times="1.20")]},
    ("rungis-brignais-exterieurs", "Brignais"): {"base": [fixed("3.85")], "then": [then("Extérieur", times="1.25")]},
    ("grille-evolutive-francas", "repas", "old"): [
        grid([0, 776, 1001, 1201, 1401], ["4.10", "5.40", "5.70", "6.00", "6.10"])
    ],
    ("grille-evolutive-francas", "repas", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["4.25", "5.55", "5.90", "6.20", "6.30", "6.60", "6.95"])
    ],
    ("grille-evolutive-francas", "heure", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["1.45", "1.65", "1.75", "1.85", "1.95", "2.05", "2.15"])
    ],
    ("vailhauques-cantine",): {
        "base": [fixed("10.00", status="unbooked"), fixed("0", status="excused"), fixed("2.99")],
        "then": [then("Hors délai", when={"status": "late"}, times="1.50")],
    },
    ("coeur-de-garonne",): {
        "base": [fixed("0", status="excused"), fixed("1.20")],
        "then": [then("Non réservé", when=UNBOOKED, times="2")],
    },
    ("saint-caprais",): {
        "base": [fixed("1.45", has="pai"), fixed("2.85", resident=True), fixed("4.00")],
        "then": [then("Repas non réservé", when=UNBOOKED, add="2.00")],
    },
    ("saint-colomban",): [fixed("0", status="excused"), fixed("3.75")],
    ("le-sourn",): [fixed("5.49", status="unbooked"), fixed("3.50")],
    ("le-sourn", "evening"): {"base": [fixed("1.90")], "then": [then("Minibus", when={"has": "minibus"}, add="0.75")]},
    ("le-sourn", "ALSH"): [
        grid([0, 651, 951, 1251], ["10.50", "10.50", "11.60", "13.85"], resident=True),
        fixed("16.40"),
    ],
    ("yerres-majoration",): {
        "base": [fixed("3.45")],
        "then": [then("Sans inscription", when=UNBOOKED, times="1.10")],
    },
    ("massy-retard",): [per(30, "11.00")],
}
LATER: dict[str, dict[str, Collection[int]]] = {
    "bundles (caps, first ones free, packages, per family)": {
        "larressore-plafond-mensuel": [1, 2],
        "coeur-de-garonne": [4, 5, 6],
        "saint-colomban": [0],
    },
    "what the State pays back": {"champcevinel-1euro": [5]},
    "holds that lapse unless they are paid": {"eragny-72h-15j": [2]},
    "direct debit": {"beauvallon-tresor": [1, 2]},
}
NOT_YET = {
    "roll call: same-day notices of what was not booked": "saint-denis-penalites",
    "formulas of a week, waiting list by priority": "saint-jeannet-semaine",
    "windows of booking, residents first": "saint-jean-bonnefonds-vagues",
    "rounds of allocation, and the rush of an opening day": "antibes-priorite",
    "reminders of unpaid invoices": "impayes-parcours",
    "roll call closed by month": "limay-cycle",
    "requests for another school": "derogation-scolaire",
    "vaccinations of the health sheet": "vaccins",
}


def example(rule: str, place: int) -> tuple[dict[str, Any], Any]:
    case = RULES[rule]["examples"][place]
    return case["input"], case["expected"]


def cases(keys: set[str]) -> list[Any]:
    """The cases whose expected result has one of these keys, less those put off or told by name."""
    return [
        pytest.param(*example(rule, place), rule, id=f"{rule}-{place}")
        for rule, place in all_places()
        if keys & set(example(rule, place)[1]) and (rule, place) not in put_off() | TOLD_BY_NAME
    ]


def all_places() -> Iterator[tuple[str, int]]:
    for rule, content in RULES.items():
        for place in range(len(content["examples"])):
            yield rule, place


def put_off() -> set[tuple[str, int]]:
    later = {(rule, place) for rules in LATER.values() for rule, places in rules.items() for place in places}
    return later | {(rule, place) for rule, place in all_places() if rule in NOT_YET.values()}


DEADLINE_KEYS = {"deadline", "deadline_date", "last_booking_date", "last_day_accepted"}
PRICE_KEYS = {"price", "unit_price", "day", "billed", "fee"}
TOLD_BY_NAME = {
    *(("ciril-activation-links", place) for place in range(3)),
    *(("sene-taux", place) for place in (0, 2, 3)),
    *(("boissy-tarifs", place) for place in (3, 4, 5)),
    ("beauvallon-tresor", 0),
    ("villepreux-invoice", 0),
    ("vigneux-qf-consent", 0),
    ("vigneux-qf-consent", 1),
    ("vitry-en-artois-fratrie", 0),
    ("vitry-en-artois-fratrie", 2),
    ("larressore-plafond-mensuel", 0),
    ("saint-colomban", 1),
    ("saint-colomban", 2),
    ("yerres-majoration", 1),
    ("garde-alternee-synthetique", 0),
    ("garde-alternee-synthetique", 1),
    ("garde-alternee-synthetique", 2),
    ("garde-alternee-synthetique", 3),
    ("paris11-defaut", 0),
    ("paris11-defaut", 1),
}


def notice_of(rule: str, given: dict[str, Any]) -> Any:
    names = {given.get("town"), given.get("service"), given.get("action"), *given}
    (found,) = (data for key, data in NOTICES.items() if key[0] == rule and set(key[1:]) <= names)
    return parse_notice(found)


def tariff_of(rule: str, given: dict[str, Any]) -> Any:
    version = "old" if given.get("date", "9999") < "2024-09-02" else "new"
    names = {given.get("service"), given.get("town"), version, *given}
    found = {key: rules for key, rules in TARIFFS.items() if key[0] == rule and set(key[1:]) <= names}
    rules = found[max(found, key=len)]
    return parse_tariff(rules if isinstance(rules, dict) else {"base": rules})


def day_of(given: dict[str, Any]) -> dt.date:
    keys = ("meal", "day", "alsh", "week", "starts", "first_day")
    told = str(next(given[key] for key in keys if key in given))
    (day,) = re.findall(r"\d{4}-\d{2}-\d{2}", told)[:1]
    return dt.date.fromisoformat(day)


def status_of(given: dict[str, Any]) -> PricedStatus:
    if given.get("booked") == "hors délai":
        return PricedStatus.LATE
    if given.get("booked") is False:
        return PricedStatus.UNBOOKED
    if given.get("present") is False:
        excuses = ("medical_certificate", "called_before_9")
        return PricedStatus.EXCUSED if any(given.get(excuse) for excuse in excuses) else PricedStatus.ABSENT
    return PricedStatus.BOOKED


SPANS = (("arrived", "end"), ("start", "left"), ("closing", "left"))


def minutes_of(rule: str, given: dict[str, Any]) -> int | None:
    told = given | {"closing": RULES[rule]["parameters"].get("closing")}
    for span in SPANS:
        if all(told.get(key) for key in span):
            start, end = (dt.datetime.strptime(told[key], "%H:%M") for key in span)
            return int((end - start) / MINUTE)
    return None


def facts_of(rule: str, given: dict[str, Any]) -> Facts:
    return Facts(
        quotient=Decimal(given["qf"]) if "qf" in given else None,
        resident=given.get("resident", True),
        rank=given.get("rank", 1),
        minutes=minutes_of(rule, given),
        part="matin" if "arrived" in given else "soir",
        status=status_of(given),
        occasional=given.get("status") == "occasionnel",
        tags=frozenset(tag for tag in ("pai", "ulis", "minibus") if given.get(tag)),
    )


def cents(amount: str) -> int:
    return int(Decimal(amount) * 100)
