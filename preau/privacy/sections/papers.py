"""Documents: my space, what was given to the town, what the town put in the file; each with its file."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db.models import QuerySet

from preau.documents.models import OwnDocument, StoredFile
from preau.documents.permissions import documents_visible_to, own_documents_of, town_documents_visible_to
from preau.documents.sealed import content_of
from preau.documents.storing import FileGone, read
from preau.health.master import MasterFault
from preau.privacy.sections.section import File, Person, Row, Section


def own(person: Person) -> Iterator[Row]:
    for document in _own(person).select_related("file").order_by("at", "pk"):
        yield document.title, document.at, _path("mon-espace", document.code, document.file)


def _own(person: Person) -> QuerySet[OwnDocument]:
    documents = own_documents_of(person.user)
    return documents if person.has_account else documents.none()


def given(person: Person) -> Iterator[Row]:
    rows = documents_visible_to(person.user, on=person.on)
    for row in rows.select_related("kind", "file", "adult", "participant", "demarche").order_by("at", "pk"):
        path = _path("pieces", row.demarche.code, row.file)
        yield row.kind.label, row.holder_name, row.get_state_display(), row.at, row.valid_until, path


def from_the_town(person: Person) -> Iterator[Row]:
    for document in town_documents_visible_to(person.user).select_related("file").order_by("at", "pk"):
        yield document.title, document.at, _path("mairie", document.code, document.file)


def files(person: Person) -> Iterator[File]:
    """Those that can be read: of a lost file, or one whose key is gone, the line of the table alone is told."""
    for one in _own(person).select_related("file"):
        yield from _file(_path("mon-espace", one.code, one.file), partial(read, one.file))
    shown = documents_visible_to(person.user, on=person.on)
    for row in shown.select_related("file", "participant", "demarche"):
        yield from _file(_path("pieces", row.demarche.code, row.file), partial(content_of, row))
    for told in town_documents_visible_to(person.user).select_related("file"):
        yield from _file(_path("mairie", told.code, told.file), partial(read, told.file))


def _path(folder: str, code: str, file: StoredFile) -> str:
    return f"{folder}/{code}.{file.extension}"


def _file(path: str, content: Callable[[], bytes]) -> Iterator[File]:
    try:
        yield File(path, content())
    except (FileGone, MasterFault):
        return


SECTIONS = (
    Section(
        "mon-espace",
        "Mon espace",
        "Les fichiers que vous seul voyez.",
        ("Titre", "Ajouté le", "Fichier"),
        own,
        ("documents.OwnDocument",),
    ),
    Section(
        "pieces",
        "Pièces données à la mairie",
        "Celles que vous pouvez lire sur le portail.",
        ("Pièce", "Pour", "État", "Donnée le", "Valable jusqu’au", "Fichier"),
        given,
        ("documents.SupportingDocument",),
    ),
    Section(
        "documents-de-la-mairie",
        "Documents de la mairie",
        "Ce qu’un agent a mis dans le dossier du foyer.",
        ("Titre", "Le", "Fichier"),
        from_the_town,
        ("documents.TownDocument",),
    ),
)
FILES = (files,)
