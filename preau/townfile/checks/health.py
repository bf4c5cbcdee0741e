"""Vaccines whose courses make sense."""

from collections.abc import Iterator

from preau.health.rules.vaccines import SchemeFault, parse_schemes
from preau.townfile.file import TownFile
from preau.townfile.lines import Path


def health_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Faults of `[health]`."""
    for place, row in enumerate(file.health.vaccines if file.health else []):
        try:
            parse_schemes([row.model_dump()])
        except SchemeFault as fault:
            yield ("health", "vaccines", place, fault.key), f"{fault}."
