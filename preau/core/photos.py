"""A photo that somebody hands in: read, turned upright, shrunk and written anew. Of the bytes sent, none is kept.

Not for: documents, whose every detail counts.
"""

import struct
from io import BytesIO
from typing import Any

from django import forms
from PIL import Image, ImageOps

from preau.core.forms import PortalForm

MOST_BYTES = 5_000_000
MOST_PIXELS = 24_000_000
MOST_SCANS = 100
"""Of a progressive JPEG, which has about ten: each one is a whole pass over the picture, for a few bytes."""
LONGEST_SIDE = 640
QUALITY = 82
START_OF_SCAN = b"\xff\xda"
FORMATS = ("JPEG", "PNG", "WEBP")
MIME = "image/jpeg,image/png,image/webp"

TOO_HEAVY = "Choisissez une photo de 5 Mo au plus"
TOO_LARGE = "Cette image est trop grande : choisissez une photo de 24 millions de points au plus"
UNREADABLE = "Cette photo ne peut pas être lue : choisissez une photo JPEG, PNG ou WebP"
AGAIN = "Choisissez à nouveau la photo : elle n’est pas gardée quand une autre réponse est à corriger"
LOST = "La photo n’est pas gardée quand la session se termine : choisissez-la à nouveau, ou continuez sans elle"

# What the decoders raise on bytes that are not what they say; of a bomb, Pillow warns or refuses by itself.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, ArithmeticError, TypeError, struct.error)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PhotoRefused(Exception):
    """The bytes are no photo that we keep; the message says what to do."""


def photo_of(sent: bytes) -> bytes:
    """The JPEG of a photo, upright, at most LONGEST_SIDE a side, without any metadata. Raises PhotoRefused."""
    if len(sent) > MOST_BYTES:
        raise PhotoRefused(TOO_HEAVY)
    try:
        return _written(_shrunk(sent))
    except BOMBS:
        raise PhotoRefused(TOO_LARGE) from None
    except BROKEN:
        raise PhotoRefused(UNREADABLE) from None


def _shrunk(sent: bytes) -> Image.Image:
    """Its size is known before a single point is read."""
    image: Image.Image = Image.open(BytesIO(sent), formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise PhotoRefused(TOO_LARGE)
    if sent.count(START_OF_SCAN) > MOST_SCANS:
        raise PhotoRefused(UNREADABLE)
    if image.mode != "RGB":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(image)


def _written(image: Image.Image) -> bytes:
    """Points alone, on a new white page: comments, places and thumbnails stay behind."""
    page, written = Image.new("RGB", image.size, "white"), BytesIO()
    page.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    page.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


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
            self["photo"].help_text += " Une photo est déjà choisie : laissez vide pour la garder."
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
