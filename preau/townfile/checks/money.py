"""What is paid: prices that can be read, links to tariffs, online payment."""

from collections.abc import Iterator
from contextlib import suppress

from preau.core.money import NBSP
from preau.pricing.queries import facts_nobody_tells
from preau.pricing.rules import TariffFault, parse_tariff
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.rows import TariffRow, UnitRow


def money_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Faults of `[regies]`, of `[tariffs]` and of the links from units to tariffs."""
    yield from _regies(file)
    for path, _, tariff in file.tariffs.items():
        yield from _tariff(path, tariff)
    for table in file.units.values():
        for path, _, unit in table.items():
            yield from _links(path, unit)


def money_warnings(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Prices that wait for something that Préau does not know yet."""
    for path, _, tariff in file.tariffs.items():
        for place, version in enumerate(tariff.versions):
            with suppress(TariffFault):
                for fact in sorted(facts_nobody_tells(version.rules())):
                    key = "has" if fact == "tags" else fact
                    yield (
                        (*path, "versions", place),
                        f"les réservations ne disent pas encore «{NBSP}{key}{NBSP}»{NBSP}: "
                        "ce qui en dépend ne s’applique à personne.",
                    )


def _regies(file: TownFile) -> Iterator[tuple[Path, str]]:
    for path, _, regie in file.regies.items():
        if regie.online_since is not None and regie.numcli is None:
            yield (*path, "online_since"), "pour payer en ligne, indiquez numcli, le numéro de client PayFiP."


def _tariff(path: Path, tariff: TariffRow) -> Iterator[tuple[Path, str]]:
    seen = set()
    for place, version in enumerate(tariff.versions):
        where: Path = (*path, "versions", place)
        if version.starts_on in seen:
            yield (*where, "starts_on"), f"deux versions commencent le {version.starts_on:%d/%m/%Y}."
        seen.add(version.starts_on)
        try:
            parse_tariff(version.rules())
        except TariffFault as error:
            for fault in error.faults:
                yield (*where, *fault.path), fault.message


def _links(path: Path, unit: UnitRow) -> Iterator[tuple[Path, str]]:
    if unit.tariff is not None and unit.tariffs:
        yield (*path, "tariffs"), "gardez tariff ou tariffs, pas les deux."
    days = [link.starts_on for link in unit.tariffs]
    if len(set(days)) < len(days):
        yield (*path, "tariffs"), "deux tarifs commencent le même jour."
