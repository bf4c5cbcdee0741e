"""The town itself: its texts and sections."""

from collections.abc import Iterator

from preau.core.money import NBSP
from preau.town.choices import TextCode
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.values import unknown


def town_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Texts that no page shows, sections written twice."""
    for path, code, _ in file.texts.items():
        if code not in TextCode.values:
            yield path, unknown(code, TextCode.values)
    seen: set[str] = set()
    for place, section in enumerate(file.town.sections if file.town else []):
        if section.code in seen:
            yield ("town", "sections", place), f"rubrique écrite deux fois{NBSP}: {section.code}."
        seen.add(section.code)
