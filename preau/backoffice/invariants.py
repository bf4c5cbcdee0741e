"""What must always be true of files that were merged, beyond what the database can refuse in one row."""

from collections.abc import Iterable

from django.db.models import Q

from preau.core.invariants import invariant
from preau.families.merging import FATES, Fate, keys_to
from preau.families.models import Family, Merge


@invariant("Dossiers réunis : une réunion en vigueur mène de chacun au dossier gardé")
def files_merged_by_nothing() -> Iterable[str]:
    of_merges = dict(Merge.objects.filter(undone_at=None).values_list("gone", "kept"))
    files = Family.objects.filter(Q(merged_into__isnull=False) | Q(pk__in=of_merges))
    numbers = dict(files.values_list("pk", "number"))
    into = {key: other for key, other in files.values_list("pk", "merged_into") if other is not None}
    for key in sorted(of_merges.keys() ^ into.keys()):
        yield f"dossier {numbers[key]} : il est réuni sans réunion, ou sa réunion n’a pas eu lieu"
    for key in sorted(of_merges.keys() & into.keys()):
        if into[key] != last_kept(key, of_merges):
            yield f"dossier {numbers[key]} : il mène à un autre dossier que sa réunion"


def last_kept(key: int, of_merges: dict[int, int]) -> int:
    """A file that was kept may have been merged into another since."""
    seen = set()
    while key in of_merges and key not in seen:
        seen.add(key)
        key = of_merges[key]
    return key


MOVING = (Fate.MOVES, Fate.MOVES_OR_FALLS)


@invariant("Dossiers réunis : rien n’est resté dans le dossier fermé qui devait rejoindre l’autre")
def left_in_merged_files() -> Iterable[str]:
    """Rows of an adult who stayed with the closed file stay with them."""
    for model, name in keys_to(Family):
        has_adult = any(field.name == "adult" for field in model._meta.concrete_fields)
        if FATES.get((model._meta.label, name)) not in MOVING or has_adult or model._meta.label == "families.Adult":
            continue
        left = model._default_manager.filter(**{f"{name}__merged_into__isnull": False})
        for number in left.order_by("pk").values_list(f"{name}__number", flat=True):
            yield f"dossier {number} : {model._meta.verbose_name} y est resté"
