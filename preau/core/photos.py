"""A photo that somebody hands in: read in the process that cleans, upright, shrunk. Of the bytes sent, none is kept.

Not for: documents, whose every detail counts.
"""

from typing import Any

from django import forms

from preau.core.cleaning import FileRefused, Reason, photo
from preau.core.cleaning.limits import TEXTS
from preau.core.forms import PortalForm

MOST_BYTES = 5_000_000
MIME = "image/jpeg,image/png,image/webp,image/heic,image/heif"

TOO_HEAVY = "Choisissez une photo de 5 Mo au plus"
UNREADABLE = "Cette photo ne peut pas être lue\u00a0: choisissez une photo JPEG, PNG, HEIC ou WebP"
AGAIN = "Choisissez à nouveau la photo\u00a0: elle n’est pas gardée quand une autre réponse est à corriger"
LOST = "La photo n’est pas gardée quand la session se termine\u00a0: choisissez-la à nouveau, ou continuez sans elle"
REFUSALS = {reason: TEXTS[reason] for reason in (Reason.TOO_LARGE, Reason.BUSY)}


class PhotoRefused(Exception):
    """The bytes are no photo that we keep; the message says what to do."""


def photo_of(sent: bytes) -> bytes:
    """The JPEG of a photo, upright, at most cleaning.limits.PHOTO_SIDE a side, without any metadata. Raises
    PhotoRefused."""
    if len(sent) > MOST_BYTES:
        raise PhotoRefused(TOO_HEAVY)
    try:
        return photo(sent)
    except FileRefused as refused:
        raise PhotoRefused(REFUSALS.get(refused.reason, UNREADABLE)) from None


class PhotoField(forms.FileField):
    """A photo, cleaned into the JPEG that may be kept; b"" when none is chosen."""

    widget = forms.FileInput
    default_error_messages = {
        "invalid": UNREADABLE,
        "missing": UNREADABLE,
        "empty": UNREADABLE,
        "max_length": UNREADABLE,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.FileInput(attrs={"accept": MIME}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> bytes:
        file = super().clean(data, initial)
        if not file:
            return b""
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_HEAVY)
        try:
            return photo_of(file.read())
        except PhotoRefused as refused:
            raise forms.ValidationError(str(refused)) from None


class PhotoForm(PortalForm):
    """A form with a photo, which no browser fills in a second time. `has_photo` when one was chosen before: it stays
    unless another comes, or the box is ticked. `is_photo_lost` when one was sent by a session that had ended."""

    photo = PhotoField(label="Photo")
    photo_removed = forms.BooleanField(label="Retirer la photo déjà choisie", required=False)

    def __init__(self, *args: Any, has_photo: bool, is_photo_lost: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_photo_lost = is_photo_lost
        if has_photo:
            self["photo"].help_text += " Une photo est déjà choisie\u00a0: laissez vide pour la garder."
        else:
            del self.fields["photo_removed"]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors and self.cleaned_data.get("photo"):
            self.add_error("photo", AGAIN)
        elif self.is_photo_lost:
            self.add_error("photo", LOST)

    @property
    def new_photo(self) -> bytes | None:
        """The photo from now on: b"" for none, None when the one that was chosen stays."""
        chosen: bytes = self.cleaned_data["photo"]
        return chosen or (b"" if self.cleaned_data.get("photo_removed") else None)
