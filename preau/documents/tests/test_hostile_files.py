"""Whatever is sent is refused or made harmless, within its time and its memory."""

import io
import resource
import time
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from PIL import Image

from preau.core.cleaning import Cleaned, FileRefused, Part, clean, draw
from preau.core.cleaning.limits import LONGEST_SIDE, MEMORY
from preau.documents.tests.hostile import HARMLESS, REFUSED
from preau.documents.tests.hostile_pdf import CANARY

LONGEST = 10.0  # seconds, beside other tests
FORBIDDEN = {
    *(
        "/JS",
        "/JavaScript",
        "/OpenAction",
        "/AA",
        "/Launch",
        "/URI",
        "/EmbeddedFiles",
        "/EF",
        "/AF",
        "/XFA",
        "/AcroForm",
    ),
    *("/Annots", "/RichMediaContent", "/Metadata", "/Names", "/Outlines", "/PieceInfo", "/Ref", "/OPI", "/Author"),
}


@pytest.fixture(autouse=True)
def _within_memory() -> Iterator[None]:
    """The largest child so far; when that grows, it was this one. A child counts as large as we are when it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after == before or after * 1024 < MEMORY or after <= ours


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) + len(HARMLESS) >= 60


@pytest.mark.parametrize(("name", "make"), REFUSED.values(), ids=list(REFUSED))
def test_refused(name: str, make: Callable[[], bytes]) -> None:
    content, started = make(), time.monotonic()
    with pytest.raises(FileRefused) as refused:
        clean([Part(name, content)])
    assert str(refused.value)
    assert time.monotonic() - started < LONGEST


@pytest.mark.parametrize(("name", "make"), HARMLESS.values(), ids=list(HARMLESS))
def test_made_harmless(name: str, make: Callable[[], bytes]) -> None:
    content, started = make(), time.monotonic()
    cleaned = clean([Part(name, content)])
    assert time.monotonic() - started < LONGEST
    assert CANARY not in cleaned.content
    (harmless_pdf if cleaned.type == "pdf" else harmless_jpeg)(cleaned)


def harmless_pdf(cleaned: Cleaned) -> None:
    with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
        assert not pdf.is_encrypted
        assert len(pdf.pages) == cleaned.pages
        assert set(pdf.Root.keys()) <= {"/Type", "/Pages"}
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                is_map = "/Type" not in thing and all(getattr(value, "is_indirect", False) for value in thing.values())
                assert is_map or not FORBIDDEN & set(thing.keys()), thing
            if isinstance(thing, pikepdf.Stream):
                assert CANARY not in thing.read_raw_bytes()
                assert CANARY not in bytes(thing.unparse(resolved=True))
    assert draw(cleaned.content, 1).startswith(b"\x89PNG")


def harmless_jpeg(cleaned: Cleaned) -> None:
    assert cleaned.content.endswith(b"\xff\xd9")
    with Image.open(io.BytesIO(cleaned.content), formats=("JPEG",)) as image:
        image.load()
        assert max(image.size) <= LONGEST_SIDE
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
