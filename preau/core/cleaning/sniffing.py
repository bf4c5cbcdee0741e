"""What a file says it is: by its name, and by its first bytes."""

from pathlib import PurePosixPath

from preau.core.cleaning.limits import FORMATS, FileRefused, Reason

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def format_of(name: str, start: bytes) -> str:
    """The format on which the name and the first 32 bytes agree. Raises FileRefused."""
    if not start:
        raise FileRefused(Reason.EMPTY, name)
    named = FORMATS.get(PurePosixPath(name).suffix.lower().removeprefix("."))
    if named is None:
        raise FileRefused(Reason.EXTENSION, name)
    if sniffed(start) != named:
        raise FileRefused(Reason.LYING, name)
    return named


def sniffed(start: bytes) -> str | None:
    """The format of these first bytes, None for any other than ours."""
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return "heic"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    return None
