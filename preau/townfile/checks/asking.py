"""What files must hold: delays and costs where they mean something, ages and days in order."""

from collections.abc import Iterator

from preau.checklist.choices import Stage
from preau.townfile.file import TownFile
from preau.townfile.lines import Path


def asking_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Faults of `[checklist]` and `[seasons]`."""
    for path, code, season in file.seasons.items():
        if code not in file.years.codes and not file.source.may_lack(("calendar", "years")):
            yield path, f"année scolaire inconnue : ajoutez [calendar.years.{code}]."
        if season.closes_on < season.opens_on:
            yield (*path, "closes_on"), "le dernier jour vient avant le premier."
    for path, _, row in file.checklist.items():
        is_provisional = row.stage == Stage.PROVISIONAL
        if is_provisional and not row.months:
            yield (*path, "months"), "indiquez combien de mois l’accueil provisoire peut durer."
        if row.months and not is_provisional:
            yield (*path, "months"), 'un délai en mois ne va qu’avec stage = "provisional".'
        if row.cost and row.stage != Stage.OPTIONAL:
            yield (*path, "cost"), 'ce que cela coûte ne va qu’avec stage = "optional".'
        if row.age_from is not None and row.age_to is not None and row.age_from > row.age_to:
            yield (*path, "age_to"), "l’âge le plus grand est avant le plus petit."
