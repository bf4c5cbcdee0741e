"""What families send, once it is clean: legible, upright, in order."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from preau.core.cleaning import FileRefused, Part, Reason, clean, draw, running
from preau.core.cleaning.limits import LONGEST_SIDE, MOST_BYTES
from preau.core.testing import picture
from preau.documents.testing import paper
from preau.documents.tests.hostile import heic

LARGEST = (6000, 4000)  # 24 million points
RED, BLUE = (220, 30, 30), (30, 30, 220)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def looks(image: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    point = image.convert("RGB").getpixel((int(at[0] * image.width), int(at[1] * image.height)))
    return all(abs(a - b) < 25 for a, b in zip(point, colour, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.jpg", lambda: picture(LARGEST)),
        ("a.jpg", lambda: picture(LARGEST, progressive=True)),
        ("a.jpg", lambda: picture(LARGEST, mode="CMYK")),
        ("a.jpg", lambda: picture(LARGEST, mode="L")),
        ("a.png", lambda: picture(LARGEST, format="PNG")),
        ("a.png", lambda: picture(LARGEST, format="PNG", mode="RGBA")),
        ("a.png", lambda: picture(LARGEST, format="PNG", mode="P")),
        ("a.heic", lambda: heic((3000, 2000))),
    ],
    ids=["jpeg", "progressive", "printer", "grey", "png", "transparent", "palette", "heic"],
)
def test_the_largest_pictures_are_read_and_shrunk(name: str, make: Callable[[], bytes]) -> None:
    cleaned = clean([Part(name, make())])
    image = opened(cleaned.content)
    assert (cleaned.type, cleaned.pages, image.format) == ("jpeg", 1, "JPEG")
    assert max(image.size) == LONGEST_SIDE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_is_read(mode: str) -> None:
    out = io.BytesIO()
    made = Image.new("I;16", (40, 30), 60_000) if mode == "I;16" else Image.new("RGB", (40, 30), "white").convert(mode)
    made.save(out, "PNG")
    assert opened(clean([Part("a.png", out.getvalue())]).content).size == (40, 30)


def test_what_is_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert looks(opened(clean([Part("a.png", out.getvalue())]).content), (0.5, 0.5), (255, 255, 255))


def test_a_photo_is_turned_as_it_was_held() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    image = opened(clean([Part("a.jpg", picture((80, 60), exif=turned.tobytes()))]).content)
    assert image.size == (60, 80)
    assert looks(image, (0.5, 0.2), RED)
    assert looks(image, (0.5, 0.8), BLUE)


def test_a_heic_photo_becomes_a_jpeg() -> None:
    image = opened(clean([Part("IMG_0042.HEIC", heic((120, 80)))]).content)
    assert (image.format, image.size) == ("JPEG", (120, 80))


def test_several_files_become_one_document_in_order() -> None:
    parts = [Part("1.jpg", picture((60, 80))), Part("2.pdf", paper(2)), Part("3.png", picture((80, 60), format="PNG"))]
    cleaned = clean(parts)
    assert (cleaned.type, cleaned.pages) == ("pdf", 4)
    with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
        boxes = [[int(side) for side in page.mediabox] for page in pdf.pages]
    assert boxes == [[0, 0, 595, 842], [0, 0, 612, 792], [0, 0, 612, 792], [0, 0, 842, 595]]


def test_a_picture_put_on_a_page_shows_there() -> None:
    cleaned = clean([Part("1.jpg", picture((80, 60))), Part("2.pdf", paper())])
    page = opened(draw(cleaned.content, 1))
    assert looks(page, (0.2, 0.5), RED)
    assert looks(page, (0.8, 0.5), BLUE)


def form_filled_in() -> bytes:
    """A form whose only field draws a blue square."""
    with Pdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        look = Stream(made, b"0 0 1 rg 0 0 100 100 re f")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
        widget = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("nom"), V=String("Zoé"), F=4,
            Rect=Array([50, 50, 150, 150]), AP=Dictionary(N=made.make_indirect(look)),
        )  # fmt: skip
        made.pages[0].obj.Annots = Array([made.make_indirect(widget)])
        made.Root.AcroForm = Dictionary(Fields=made.pages[0].obj.Annots)
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def test_what_was_filled_in_a_form_stays_on_the_page() -> None:
    cleaned = clean([Part("cerfa.pdf", form_filled_in())])
    assert looks(opened(draw(cleaned.content, 1)), (0.5, 0.5), (0, 0, 255))
    assert b"/Widget" not in cleaned.content


def test_a_scanned_page_keeps_its_picture_as_it_is() -> None:
    scanned = clean([Part("1.jpg", picture()), Part("2.jpg", picture())]).content
    again = clean([Part("scan.pdf", scanned)]).content
    with pikepdf.open(io.BytesIO(scanned)) as before, pikepdf.open(io.BytesIO(again)) as after:
        first, second = (pdf.pages[0].Resources.XObject.P.read_raw_bytes() for pdf in (before, after))
    assert first == second


def test_the_file_that_is_refused_is_named() -> None:
    with pytest.raises(FileRefused) as refused:
        clean([Part("1.jpg", picture()), Part("2.pdf", b"%PDF-1.7\nrien")])
    assert (refused.value.name, refused.value.reason) == ("2.pdf", Reason.UNREADABLE)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], Reason.EMPTY),
        ([Part("1.jpg", b"\xff\xd8\xff")] * 11, Reason.TOO_MANY_FILES),
        ([Part("1.pdf", b"%PDF-" + bytes(MOST_BYTES))], Reason.TOO_HEAVY),
        ([Part("1.pdf", paper(20)), Part("2.pdf", paper(21))], Reason.TOO_MANY_PAGES),
    ],
)
def test_a_document_has_bounds(parts: list[Part], reason: Reason) -> None:
    with pytest.raises(FileRefused) as refused:
        clean(parts)
    assert refused.value.reason == reason


# The process


def test_a_process_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.01)
    started: list[Any] = []
    popen = subprocess.Popen

    def start(*args: Any, **kwargs: Any) -> Any:
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(FileRefused):
        clean([Part("1.jpg", picture(LARGEST))])
    assert started[0].returncode == -9


def test_whoever_waits_too_long_for_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.01)
    for _ in range(running.AT_ONCE):
        running._room.acquire()
    try:
        with pytest.raises(FileRefused) as refused:
            clean([Part("1.jpg", picture())])
    finally:
        running._room.release(running.AT_ONCE)
    assert refused.value.reason == Reason.BUSY


INSIDE = """
import json, os, resource, socket
from preau.core.cleaning.child import confine
confine()
def tried(what):
    try:
        what()
    except (OSError, MemoryError) as fault:
        return type(fault).__name__
    return "done"
def reach():
    with socket.socket() as one:
        one.settimeout(2)
        one.connect(("127.0.0.1", PORT))
print(json.dumps({
    "memory": tried(lambda: bytearray(300 * 1024 * 1024)),
    "reach": tried(reach),
    "files": tried(lambda: [open("/dev/null") for _ in range(80)]),
    "environment": sorted(set(os.environ) - {"LC_CTYPE"}),
    "cpu": resource.getrlimit(resource.RLIMIT_CPU),
    "django": "django" in __import__("sys").modules,
}))
"""


def test_the_process_has_no_memory_to_spare_no_network_and_no_environment() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        inside = INSIDE.replace("PORT", str(listening.getsockname()[1]))
        said = subprocess.run([sys.executable, "-I", "-c", inside], env={}, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    assert found["memory"] == "MemoryError"
    assert found["reach"] != "done" or not may_leave_the_network()
    assert found["files"] == "OSError"
    assert found["environment"] == []
    assert found["cpu"] == [6, 6]
    assert found["django"] is False


def may_leave_the_network() -> bool:
    """Whether this system lets a user without rights leave the network."""
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
