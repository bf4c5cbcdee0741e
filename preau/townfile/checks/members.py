"""What parents are asked about their children, and which streets go to which schools."""

from collections.abc import Iterator

from preau.core.money import NBSP
from preau.members.sectors import StreetPart, overlaps
from preau.town.choices import PlaceKind
from preau.townfile.faults import close_to
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.rows import StreetRow


def authorisation_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """An image that is used without an answer, ages the wrong way round."""
    for path, _, row in file.authorisations.items():
        if row.image and row.default:
            yield (*path, "default"), "sans réponse, une photo ne se publie pas\u00a0: retirez default."
        if row.to_age is not None and row.to_age < row.from_age:
            yield (*path, "to_age"), "to_age vient avant from_age."


def sector_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """A school that is none, two schools for a level, a number in two sectors, a reason that is not one."""
    if file.schooling:
        for reason in file.schooling.papers:
            if reason not in file.schooling.criteria:
                advice = close_to(reason, file.schooling.criteria)
                yield ("schooling", "papers", reason), f"raison absente de criteria. {advice}"
        for school, levels in file.schooling.places.items():
            yield from _school_faults(file, ("schooling", "places", school), school)
            for level in set(levels) - set(file.levels.codes):
                advice = close_to(level, file.levels.codes)
                yield ("schooling", "places", school, level), f"niveau inconnu. {advice}"
    for path, _, row in file.sectors.items():
        taught: dict[str, str] = {}
        for school, levels_of in row.schools.items():
            yield from _school_faults(file, (*path, "schools", school), school)
            for rank, level in enumerate(levels_of):
                if taught.setdefault(level, school) != school:
                    yield (*path, "schools", school, rank), f"ce niveau a déjà une école{NBSP}: {taught[level]}."
    yield from _street_faults(file)


def _school_faults(file: TownFile, path: Path, school: str) -> Iterator[tuple[Path, str]]:
    known = file.places.rows.get(school)
    if known is not None and known.kind != PlaceKind.SCHOOL:
        yield path, f"ce lieu n’est pas une école (kind = {known.kind})."
    elif school not in file.places.codes and not file.source.may_lack(("places",)):
        schools = [code for code, row in file.places.rows.items() if row.kind == PlaceKind.SCHOOL]
        yield path, f"école inconnue. {close_to(school, schools)}"


def _street_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    for path, row in file.streets:
        if row.last < row.first:
            yield (*path, "last"), "last vient avant first."
    ordered = [(path, row) for path, row in file.streets if row.first <= row.last]
    parts = [part_of(row) for _, row in ordered]
    for later, earlier in overlaps(parts):
        message = f"des numéros de cette rue sont déjà dans le secteur {parts[earlier].sector}, "
        yield ordered[later][0], message + "{} ligne {}.".format(*file.source.place(ordered[earlier][0]))


def part_of(row: StreetRow) -> StreetPart:
    """The line of the file as the rules read it."""
    return StreetPart(row.sector, row.street, row.first, row.last, row.side or "")
