"""What people send and answer."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from preau.core.cleaning import FORMATS, FileRefused, Part, Reason
from preau.core.cleaning.limits import MOST_BYTES, MOST_PARTS
from preau.core.dates import local_day
from preau.core.forms import DayField, PortalForm
from preau.demarches.models import AnswerText
from preau.documents.actions.handing import MODELS
from preau.documents.choices import Holder
from preau.documents.models import DocumentKind, OwnDocument
from preau.documents.queries import Somebody
from preau.families.models import Family

ACCEPT = ",".join(f".{extension}" for extension in FORMATS) + ",application/pdf,image/jpeg,image/png,image/heic"
AGAIN = "Choisissez à nouveau vos fichiers\u00a0: ils ne sont pas gardés quand une autre réponse est à corriger"
ASK_DAY = "Écrivez la date qui est sur le document"
PAST = "Cette date est passée\u00a0: vérifiez l’année, ou refusez le document"
NOTHING = "Prenez une photo, choisissez un fichier, ou prenez-en un dans votre espace"
LONGEST_MESSAGE = 2000


class FileInput(forms.FileInput):
    """Several files at once; the pages know the widget by its name."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """One or several files, as parts of a document; [] when none is chosen."""

    def __init__(self, *, camera: bool = False, required: bool = False, **kwargs: Any) -> None:
        attrs = {"accept": "image/*", "capture": "environment"} if camera else {"accept": ACCEPT}
        super().__init__(required=required, widget=FileInput(attrs={**attrs, "multiple": True}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Part]:
        sent = [file for file in (data or []) if isinstance(file, UploadedFile)]
        if self.required and not sent:
            raise forms.ValidationError("Choisissez un fichier")
        if len(sent) > MOST_PARTS:  # before they are in memory
            raise forms.ValidationError(str(FileRefused(Reason.TOO_MANY_FILES)))
        return [self._part(file) for file in sent]

    def _part(self, file: Any) -> Part:
        name = (file.name or "")[:255]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(str(FileRefused(Reason.TOO_HEAVY)))
        return Part(name, file.read())


class FilesForm(PortalForm):
    """A form with files, which no browser fills in a second time: when something else is wrong, it says so."""

    photos = FilesField(camera=True, label="Prendre une photo", help_text="Une photo par page, à la lumière, à plat.")
    chosen = FilesField(
        label="Ou choisir un fichier",
        help_text="PDF, JPEG, PNG ou HEIC, 10 Mo au plus. Plusieurs fichiers font un seul document.",
    )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors and not {"photos", "chosen"} & set(self.errors) and self.parts:
            self.add_error("chosen", AGAIN)

    @property
    def parts(self) -> list[Part]:
        """All that was chosen, photos first."""
        return [*self.cleaned_data.get("photos", ()), *self.cleaned_data.get("chosen", ())]

    def refuse(self, refused: FileRefused) -> None:
        """Say why the files were not kept, and that the others are to be chosen again."""
        which = f"{refused.name}\u00a0: " if refused.name and len(self.parts) > 1 else ""
        self.add_error("chosen", f"{which}{refused}")


class OwnForm(FilesForm):
    """A file for my space."""

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.parts:
            self.add_error("chosen", "Choisissez un fichier")
        return self.cleaned_data


class RenameForm(PortalForm):
    title = forms.CharField(label="Nouveau nom", max_length=100)


class HandInForm(FilesForm):
    """A document of one kind. `holders` are those for whom it may be given, `own` the files of one's own space."""

    pour = forms.ChoiceField(label="Pour qui\u00a0?", widget=forms.RadioSelect)
    own = forms.ChoiceField(label="Prendre un fichier de mon espace", required=False, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, kind: DocumentKind, holders: Sequence[Somebody], own: Sequence[OwnDocument], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {code_of(holder): holder for holder in holders}
        self.files_of_mine = {document.code: document for document in own}
        field: Any = self.fields["pour"]
        field.choices = [(code, name_of(holder)) for code, holder in self.holders.items()]
        if len(self.holders) == 1:
            field.required = False
            field.widget = forms.HiddenInput()
        chosen: Any = self.fields["own"]
        chosen.choices = [("", "Aucun"), *((code, str(document)) for code, document in self.files_of_mine.items())]
        if kind.pdf_only:
            del self.fields["photos"]
            self.fields["chosen"].label = "Choisir un fichier"
            self.fields["chosen"].help_text = "PDF, 10 Mo au plus. Plusieurs fichiers font un seul document."

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.parts and not self.cleaned_data.get("own"):
            self.add_error("chosen", NOTHING)
        return self.cleaned_data

    @property
    def holder(self) -> Somebody:
        if len(self.holders) == 1:
            return next(iter(self.holders.values()))
        return self.holders[self.cleaned_data["pour"]]

    @property
    def what(self) -> list[Part] | OwnDocument:
        """The files that were sent, else the one of my space."""
        return self.parts or self.files_of_mine[self.cleaned_data["own"]]


def code_of(holder: Somebody) -> str:
    """How a form names a holder: the household has no other."""
    return "foyer" if isinstance(holder, Family) else holder.code


def name_of(holder: Somebody) -> str:
    return "Notre foyer" if isinstance(holder, Family) else str(holder)


def day_fault(until: dt.date | None, *, is_asked: bool) -> str:
    """What is wrong with the last day of a document that is accepted now, if anything."""
    if until is None:
        return ASK_DAY if is_asked else ""
    return PAST if until < local_day(timezone.now()) else ""


class ReviewForm(PortalForm):
    """An agent's answer to a document, on the version that they read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    valid_until = DayField(label="Valable jusqu’au", required=False)
    modele = forms.ChoiceField(label="Si vous refusez, pourquoi\u00a0?", required=False, widget=forms.RadioSelect)
    message = forms.CharField(
        label="Message à la famille",
        help_text="Dites ce qui ne va pas, et ce qu’il faut envoyer.",
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, texts: Sequence[AnswerText], has_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {text.code: text.body for text in texts}
        choice: Any = self.fields["modele"]
        choice.choices = [(text.code, text.title) for text in texts]
        if not texts:
            del self.fields["modele"]
            self.fields["message"].label = "Si vous refusez, pourquoi\u00a0?"
        if not has_end:
            del self.fields["valid_until"]

    def reread(self, version: int) -> None:
        """What was written is answered on another version from now on."""
        self.data = {**self.data.dict(), "version": str(version)}  # type: ignore[attr-defined]

    @property
    def reason(self) -> str:
        """What the family will read: the text that was chosen, then what was written."""
        chosen = self.bodies.get(self.cleaned_data.get("modele", ""), "")
        return "\n\n".join(part for part in (chosen, self.cleaned_data.get("message", "").strip()) if part)


class CounterForm(PortalForm):
    """A document that a family brought to the counter."""

    piece = forms.ChoiceField(label="Document")
    pour = forms.ChoiceField(label="Pour qui\u00a0?")
    chosen = FilesField(required=True, label="Le fichier numérisé", help_text="PDF, JPEG, PNG ou HEIC, 10 Mo au plus.")
    valid_until = DayField(
        label="Valable jusqu’au", required=False, help_text="Vide\u00a0: selon ce que la commune a réglé."
    )

    def __init__(self, *args: Any, kinds: Sequence[DocumentKind], holders: Sequence[Somebody], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        self.holders = {code_of(holder): holder for holder in holders}
        piece: Any = self.fields["piece"]
        piece.choices = [(code, kind.label) for code, kind in self.kinds.items()]
        pour: Any = self.fields["pour"]
        pour.choices = [(code, "Le foyer" if code == "foyer" else str(holder)) for code, holder in self.holders.items()]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not isinstance(self.holder, MODELS[Holder(self.kind.holder)]):
            self.add_error("pour", f"«\u00a0{self.kind.label}\u00a0» se donne pour {Holder(self.kind.holder).label}")
        if not self.errors and (fault := day_fault(given.get("valid_until"), is_asked=self.kind.asks_day)):
            self.add_error("valid_until", fault)
        if self.errors and given.get("chosen") and "chosen" not in self.errors:
            self.add_error("chosen", AGAIN)
        return given

    @property
    def kind(self) -> DocumentKind:
        return self.kinds[self.cleaned_data["piece"]]

    @property
    def holder(self) -> Somebody:
        return self.holders[self.cleaned_data["pour"]]


class TownDocumentForm(PortalForm):
    """A document that the town gives to a household."""

    title = forms.CharField(
        label="Titre",
        max_length=100,
        help_text="Ce que la famille lira, par exemple «\u00a0Certificat de scolarité\u00a0».",
    )
    town_files = FilesField(required=True, label="Le fichier", help_text="PDF, JPEG, PNG ou HEIC, 10 Mo au plus.")

    def clean(self) -> dict[str, Any]:
        if self.errors and self.cleaned_data.get("town_files"):
            self.add_error("town_files", AGAIN)
        return self.cleaned_data
