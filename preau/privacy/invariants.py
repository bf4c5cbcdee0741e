"""What must always be true of what people asked about their data."""

from collections.abc import Iterable

from django.core.files.storage import default_storage

from preau.core.invariants import invariant
from preau.privacy.choices import ExportState
from preau.privacy.models import DataExport


@invariant("Mes données : chaque fichier prêt est là, et aucun autre")
def export_faults() -> Iterable[str]:
    """A sentence for each file that is missing, and for each that belongs to nobody."""
    ready = dict(DataExport.objects.filter(state=ExportState.READY).values_list("file", "code"))
    coming = {f"exports/{code}.zip" for code in DataExport.objects.values_list("code", flat=True)}
    try:
        found = {f"exports/{name}" for name in default_storage.listdir("exports")[1]}
    except FileNotFoundError:
        found = set()
    for name in ready.keys() - found:
        yield f"le fichier de l’export {ready[name]} manque"
    for name in sorted(found - coming):
        yield f"le fichier {name} n’est à personne"
