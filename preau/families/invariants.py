"""What must always be true of family files, beyond what the database can refuse in one row."""

from collections.abc import Iterable

from preau.core.invariants import invariant
from preau.families.models import Family
from preau.families.searching import BATCH, stale_files


@invariant("Dossiers : chacun se trouve par ses noms, ses numéros, ses téléphones et ses adresses")
def files_not_found() -> Iterable[str]:
    numbers = dict(Family.objects.order_by("pk").values_list("pk", "number"))
    keys = list(numbers)
    for at in range(0, len(keys), BATCH):
        for key in stale_files(keys[at : at + BATCH]):
            yield f"dossier {numbers[key]} : la recherche ne connaît pas ses mots d’aujourd’hui"
