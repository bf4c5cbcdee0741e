"""All that is wrong with a town file, at once."""

from pathlib import Path as FilePath

from preau.townfile.checks import semantic_faults, semantic_warnings
from preau.townfile.faults import Fault
from preau.townfile.file import TownFile, read_town_file
from preau.townfile.source import Source, read_source


class FaultyTownFile(Exception):
    """A town file that cannot be loaded: every fault, in the order of the lines.

    Not `is_whole`, lines could not be read, and others may have faults that only show once these are mended.
    """

    def __init__(self, source: Source) -> None:
        self.faults: list[Fault] = sorted(set(source.faults))
        self.is_whole = source.is_whole
        super().__init__("\n".join(map(str, self.faults)))


def checked_town_file(file: FilePath) -> TownFile:
    """The file, once nothing is wrong with it by itself; what deserves a thought is in the warnings of its source.

    Raises FaultyTownFile.
    """
    return checked_source(read_source(file))


def checked_source(source: Source) -> TownFile:
    """The same of what was read from a file. Raises FaultyTownFile."""
    if source.faults and not source.tree:
        raise FaultyTownFile(source)
    town_file = read_town_file(source)
    for path, message in semantic_faults(town_file):
        source.fault(path, message)
    if source.faults:
        raise FaultyTownFile(source)
    for path, message in semantic_warnings(town_file):
        source.warn(path, message)
    return town_file
