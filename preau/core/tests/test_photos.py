"""A photo is kept as we write it: upright, small, and without a byte of what was sent."""

import random
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pillow_heif
import pytest
from django import forms
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from preau.core import photos
from preau.core.cleaning.limits import PHOTO_SIDE
from preau.core.cleaning.pictures import START_OF_SCAN
from preau.core.photos import AGAIN, PhotoForm, PhotoRefused, photo_of
from preau.core.testing import picture, sent

ORIENTATION, ARTIST, GPS = 0x0112, 0x013B, 0x8825
BLUE, RED = (30, 30, 220), (220, 30, 30)


def read(jpeg: bytes) -> Image.Image:
    image = Image.open(BytesIO(jpeg))
    assert image.format == "JPEG"
    return image


def is_near(point: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(point, tuple)
    return all(abs(mine - theirs) < 25 for mine, theirs in zip(point, colour, strict=True))


def located() -> bytes:
    """The metadata of a telephone: on its side, where it was taken, by whom."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = 6, "Quirinelle"
    exif[GPS] = {1: "N", 2: (IFDRational(48), IFDRational(47), IFDRational(30)), 3: "E", 4: (IFDRational(2),) * 3}
    return exif.tobytes()


@pytest.mark.parametrize(("format", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P")])
def test_every_kind_of_picture_becomes_a_small_jpeg(format: str, mode: str) -> None:
    image = read(photo_of(picture((1600, 1200), format=format, mode=mode)))
    assert (image.size, image.mode) == ((640, 480), "RGB")


def test_a_webp_is_read_too() -> None:
    assert read(photo_of(picture((700, 1400), format="WEBP"))).size == (320, PHOTO_SIDE)


def test_the_photo_of_a_telephone_is_read_too() -> None:
    heic = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (1400, 700), BLUE)).save(heic)
    assert read(photo_of(heic.getvalue())).size == (PHOTO_SIDE, 320)


def test_a_photo_is_decoded_in_the_process_that_cleans() -> None:
    code = "import sys, preau.core.photos; print([name for name in sys.modules if name.split('.')[0] == 'PIL'])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_small_photo_is_not_made_larger() -> None:
    assert read(photo_of(picture((40, 30)))).size == (40, 30)


def test_what_is_transparent_is_white() -> None:
    empty = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(empty, "PNG")
    assert is_near(read(photo_of(empty.getvalue())).getpixel((10, 10)), (255, 255, 255))


def test_a_photo_taken_on_its_side_is_turned_upright() -> None:
    image = read(photo_of(picture((800, 600), exif=located())))
    assert image.size == (480, 640)
    assert is_near(image.getpixel((240, 10)), RED)
    assert is_near(image.getpixel((240, 630)), BLUE)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_tells_where_when_or_by_whom_it_was_taken(format: str) -> None:
    comment = {"comment": b"Quirinelle"} if format == "JPEG" else {}
    given = picture(format=format, exif=located(), **comment)  # type: ignore[arg-type]
    assert b"Quirinelle" in given
    kept = photo_of(given)
    image = read(kept)
    assert dict(image.getexif()) == {}
    assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(image.info)
    assert b"Quirinelle" not in kept
    assert b"Exif" not in kept


def test_what_hides_behind_the_picture_is_left_there() -> None:
    assert b"<script>" not in photo_of(picture() + b"<script>alert(1)</script>")


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is `side` points wide and high."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_000, 10_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_read(side: int) -> None:
    with pytest.raises(PhotoRefused, match="trop grande"):
        photo_of(bomb(side))


def test_a_jpeg_of_a_thousand_passes_is_refused() -> None:
    once = picture(progressive=True)
    scan = once[once.rfind(START_OF_SCAN) : -2]
    with pytest.raises(PhotoRefused, match="ne peut pas être lue"):
        photo_of(once[:-2] + scan * 1_000 + once[-2:])


def test_what_weighs_too_much_is_refused() -> None:
    with pytest.raises(PhotoRefused, match="5 Mo au plus"):
        photo_of(picture() + b"\0" * photos.MOST_BYTES)


@pytest.mark.parametrize(
    "given",
    [b"x", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(format="GIF"), picture(format="TIFF")],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(given: bytes) -> None:
    with pytest.raises(PhotoRefused, match="JPEG, PNG, HEIC ou WebP"):
        photo_of(given)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of Pillow, about metadata cut short
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_spoilt_photo_is_read_or_refused_and_never_a_fault(format: str) -> None:
    whole, rng = picture((64, 48), format=format, exif=located()), random.Random(1)
    for _ in range(4):
        spoilt = bytearray(whole[: rng.randrange(1, len(whole) + 1)])
        for _ in range(rng.randrange(1, 6)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        try:
            read(photo_of(bytes(spoilt)))
        except PhotoRefused:
            continue


class Form(PhotoForm):
    name = forms.BooleanField(label="Nom")


def test_the_form_gives_the_photo_as_it_is_kept() -> None:
    form = Form({"name": "on"}, {"photo": sent(picture((1600, 1200)))}, has_photo=False)
    assert form.is_valid()
    assert form.new_photo
    assert read(form.new_photo).size == (640, 480)


def test_when_another_answer_is_wrong_the_photo_is_asked_for_again() -> None:
    form = Form({}, {"photo": sent(picture())}, has_photo=False)
    assert form.errors["photo"] == [AGAIN]
    assert "photo" not in Form({}, {}, has_photo=False).errors


def test_a_photo_chosen_before_stays_unless_the_box_is_ticked_or_another_comes() -> None:
    def new(files: dict[str, object] | None = None, **typed: str) -> bytes | None:
        form = Form({"name": "on", **typed}, files or {}, has_photo=True)
        assert form.is_valid()
        return form.new_photo

    assert new() is None
    assert new(photo_removed="on") == b""
    assert new({"photo": sent(picture())}, photo_removed="on")


@pytest.mark.parametrize("content", [b"", b"x"])
def test_a_file_that_cannot_be_read_is_said_beside_its_field(content: bytes) -> None:
    form = Form({"name": "on"}, {"photo": sent(content)}, has_photo=False)
    assert form.errors["photo"] == [photos.UNREADABLE]
