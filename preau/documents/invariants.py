"""What must always be true of stored files, in the storage and in the database."""

from collections.abc import Iterable

from preau.core.invariants import invariant
from preau.documents.choices import FileState
from preau.documents.models import StoredFile
from preau.documents.storing import FileGone, is_owned, keys_unknown, read


@invariant("Fichiers : chacun est à sa place, tel qu’il a été gardé, et sert à quelque chose")
def files_lost() -> Iterable[str]:
    for stored in StoredFile.objects.filter(state=FileState.KEPT).order_by("pk").iterator(chunk_size=200):
        try:
            read(stored)
        except FileGone:
            yield f"fichier {stored.key} : absent, ou changé"
        if not is_owned(stored):
            yield f"fichier {stored.key} : ne sert à rien"


@invariant("Fichiers : la base connaît tous ceux qui sont gardés")
def files_unknown() -> Iterable[str]:
    yield from (f"fichier {key} : inconnu de la base" for key in keys_unknown())
