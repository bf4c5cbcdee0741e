"""What the types cannot say of documents."""

from collections.abc import Iterator

from preau.documents.choices import SEALED, Holder, Sensitivity, Stage, Validity
from preau.townfile.file import TownFile
from preau.townfile.lines import Path


def document_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    for path, _, row in file.documents.items():
        if (row.validity == Validity.MONTHS) != (row.months is not None):
            yield (*path, "months"), 'dites un nombre de mois (months), et seulement quand validity = "months".'
        if row.sensitivity in SEALED and row.holder != Holder.CHILD:
            yield (*path, "holder"), 'une pièce de santé ou un jugement se donne pour un enfant : holder = "child".'
        if row.sensitivity == Sensitivity.INCOME and row.holder != Holder.FAMILY:
            yield (*path, "holder"), 'une pièce sur les revenus est celle d’un foyer : holder = "family".'
        for place, case in enumerate(row.required):
            where = (*path, "required", place)
            if (case.stage == Stage.PROVISIONAL) != (case.months is not None):
                yield (*where, "months"), 'dites un délai en mois (months), et seulement quand stage = "provisional".'
            if case.age_from is not None and case.age_to is not None and case.age_from > case.age_to:
                yield (*where, "age_to"), "l’âge de fin vient après celui du début."
