"""What parents are asked about their children."""

from collections.abc import Iterator

from preau.townfile.file import TownFile
from preau.townfile.lines import Path


def authorisation_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """An image that is used without an answer, ages the wrong way round."""
    for path, _, row in file.authorisations.items():
        if row.image and row.default:
            yield (*path, "default"), "sans réponse, une photo ne se publie pas\u00a0: retirez default."
        if row.to_age is not None and row.to_age < row.from_age:
            yield (*path, "to_age"), "to_age vient avant from_age."
