"""Pictures decoded and written anew: upright, no longer than a side, points alone on a white page."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from preau.core.cleaning.limits import LONGEST_SIDE, MOST_PIXELS, FileRefused, Reason

MOST_SCANS = 100
"""Of a progressive JPEG, which has about ten: each one is a whole pass over the picture, for a few bytes."""
START_OF_SCAN = b"\xff\xda"
QUALITY = 85
STRIP = 256  # lines
ORIENTATION = 0x0112
Turn = Image.Transpose
TURNS = {
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_270,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_90,
}
"""What puts a picture upright, by what a camera wrote of how it was held."""
DECODERS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF", "webp": "WEBP"}
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def jpeg_of(path: Path, format: str, *, longest: int = LONGEST_SIDE) -> tuple[bytes, int, int]:
    """The JPEG of a picture, no side above `longest`, its width and its height. Raises FileRefused, or what the
    decoder does."""
    if format == "heic":
        import pillow_heif  # a quarter of the memory that we may take

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    if format == "jpeg" and path.read_bytes().count(START_OF_SCAN) > MOST_SCANS:
        raise FileRefused(Reason.UNREADABLE)
    try:
        with Image.open(path, formats=(DECODERS[format],)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FileRefused(Reason.TOO_LARGE)
            return _written(_shrunk(image, longest))
    except BOMBS:
        raise FileRefused(Reason.TOO_LARGE) from None


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """On white, small enough, upright; a picture of 24 million points is held twice, never three times."""
    if image.mode in ("RGB", "L", "CMYK", "YCbCr", "LAB"):
        image.thumbnail((longest, longest))  # a JPEG is then decoded at half its size, or less
    turned = image.getexif().get(ORIENTATION)
    if image.mode.startswith("I"):  # 16 bits a point, which no conversion shrinks to 8
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = _on_white(image if image.mode == "RGBA" else image.convert("RGBA"))
    image = image if image.mode == "RGB" else image.convert("RGB")
    image.thumbnail((longest, longest))
    return image.transpose(TURNS[turned]) if turned in TURNS else image


def _on_white(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", image.size, "white")
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        page.paste(strip, (0, top), mask=strip.getchannel("A"))
    return page


def _written(image: Image.Image) -> tuple[bytes, int, int]:
    """Comments, places and thumbnails stay behind."""
    page, written = Image.new("RGB", image.size), BytesIO()
    page.paste(image)
    page.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue(), image.width, image.height
