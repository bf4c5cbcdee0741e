"""Files that somebody means harm with, or that nobody meant at all. Each one is made here, and bears CANARY."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from pikepdf import Dictionary, String
from PIL import Image

from preau.core.testing import picture
from preau.documents.tests.hostile_pdf import (
    CANARY,
    CATALOG,
    CYCLE,
    NO_PAGES,
    SCRIPT,
    TWO,
    action,
    additional_actions,
    associated_file,
    attached_file,
    attached_to_a_page,
    bomb_in_a_bomb,
    bomb_in_a_font,
    by_hand,
    chained_actions,
    deep_arrays,
    deep_references,
    dynamic_xfa,
    encrypted,
    external_stream,
    flate_bomb,
    hidden_text,
    huge_image,
    huge_page,
    link_to,
    loop_of_forms,
    metadata,
    named_scripts,
    object_stream_bomb,
    open_action,
    outlines,
    page_actions,
    page_without_size,
    pdf,
    piece_info,
    portfolio,
    postscript,
    rich_media,
    run_length_bomb,
    script_in_a_stream,
    widget_scripts,
    with_form_xobject,
    xfa,
    zeros,
)


def exif(**tags: Any) -> bytes:
    values = Image.Exif()
    values[0x010E] = CANARY.decode()
    values.get_ifd(0x8825)[1], values.get_ifd(0x8825)[2] = "N", (48.0, 47.0, 30.0)
    return picture(exif=values.tobytes(), **tags)


def png(width: int, height: int, data: bytes, *chunks: bytes, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def many_scans() -> bytes:
    """A progressive JPEG whose last scan is said again and again."""
    whole = picture((2000, 2000), progressive=True)
    start = whole.rindex(b"\xff\xda")
    scan = whole[start:-2]
    return whole[:-2] + scan * (8_000_000 // len(scan)) + whole[-2:]


def sized(width: int, height: int) -> bytes:
    """A JPEG that says another size than its own."""
    whole = bytearray(picture((64, 64)))
    start = whole.index(b"\xff\xc0")
    whole[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


@cache
def heic(size: tuple[int, int] = (64, 64)) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(size))).save(out, "HEIF", quality=40, exif=Image.open(io.BytesIO(exif())).getexif())
    return out.getvalue()


def heic_sized(width: int, height: int) -> bytes:
    """A HEIC that says another size than its own."""
    whole = bytearray(heic())
    start = 0
    while (start := whole.find(b"ispe", start)) >= 0:
        whole[start + 8 : start + 16] = struct.pack(">II", width, height)
        start += 16
    return bytes(whole)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", CANARY)
    return out.getvalue()


def animated(format: str) -> bytes:
    out, frames = io.BytesIO(), [Image.new("RGB", (40, 40), (n * 10, 0, 0)) for n in range(20)]
    frames[0].save(out, format, save_all=True, append_images=frames[1:])
    return out.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>' + SCRIPT.encode() + b"</script></svg>"
HTML = b"<!doctype html><script>" + SCRIPT.encode() + b"</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing at all": ("vide.pdf", lambda: b""),
    "more than ten megabytes": ("lourd.pdf", lambda: pdf() + bytes(10_000_000)),
    "a program": ("virus.exe", lambda: b"MZ" + CANARY),
    "a program called PDF": ("virus.pdf", lambda: b"MZ" + CANARY),
    "two extensions": ("virus.pdf.exe", lambda: pdf()),
    "no extension": ("document", lambda: pdf()),
    "an extension after a zero byte": ("a.exe\0.pdf", lambda: b"MZ" + CANARY),
    "a drawing with a script": ("dessin.svg", lambda: SVG),
    "a drawing called PNG": ("dessin.png", lambda: SVG),
    "a page of the web called JPEG": ("page.jpg", lambda: HTML),
    "a page of the web called PDF": ("page.pdf", lambda: HTML),
    "an archive called PDF": ("archive.pdf", lambda: zipped()),
    "a text document": ("lettre.docm", lambda: zipped()),
    "a PDF called JPEG": ("photo.jpg", lambda: pdf()),
    "a JPEG called PDF": ("photo.pdf", lambda: picture()),
    "a JPEG called PNG": ("photo.png", lambda: picture()),
    "a WebP called JPEG": ("photo.jpg", lambda: picture(format="WEBP")),
    "a GIF called PNG": ("photo.png", lambda: animated("GIF")),
    "the antivirus test called PDF": ("eicar.pdf", lambda: EICAR),
    "a PDF after a page of the web": ("page.pdf", lambda: HTML + pdf()),
    "a PDF cut short": ("coupe.pdf", lambda: pdf(pages=3)[:60]),
    "a PDF that is only a head": ("tete.pdf", lambda: b"%PDF-1.7\n"),
    "a PDF of noise": ("bruit.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400),
    "a PDF with a password": ("secret.pdf", lambda: encrypted("passe")),
    "a form that only one reader shows": ("xfa.pdf", lambda: pdf(dynamic_xfa)),
    "a PDF of 41 pages": ("long.pdf", lambda: pdf(pages=41)),
    "a PDF of 5000 pages": ("tres-long.pdf", lambda: pdf(pages=5000)),
    "a PDF without a page": ("aucune.pdf", lambda: by_hand(CATALOG, NO_PAGES)),
    "pages that are their own parents": ("cycle.pdf", lambda: by_hand(CATALOG, CYCLE)),
    "pages without an end": (
        "cycles.pdf",
        lambda: by_hand(CATALOG, TWO, b"<</Type/Pages/Kids[4 0 R]/Count 1>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"),
    ),
    "cross references that go round": (
        "tours.pdf",
        lambda: by_hand(CATALOG, NO_PAGES, trailer=b"/Root 1 0 R /Prev 118"),
    ),
    "cross references that are absent": ("sans.pdf", lambda: by_hand(CATALOG, NO_PAGES, xref=b"")),
    "cross references by the thousand million": (
        "milliards.pdf",
        lambda: by_hand(CATALOG, NO_PAGES, xref=b"xref\n0 4000000000\n"),
    ),
    "objects in a stream without an end": ("objets.pdf", object_stream_bomb),
    "a page of 600 megabytes": ("bombe.pdf", lambda: pdf(flate_bomb)),
    "a font of 600 megabytes": ("police.pdf", lambda: pdf(bomb_in_a_font)),
    "a bomb in a bomb": ("bombes.pdf", lambda: pdf(bomb_in_a_bomb)),
    "the same byte again and again": ("octet.pdf", lambda: pdf(run_length_bomb)),
    "a picture of ten thousand million points in a PDF": ("immense.pdf", lambda: pdf(huge_image)),
    "a page of a hundred kilometres": ("affiche.pdf", lambda: pdf(huge_page)),
    "a page without a size": ("point.pdf", lambda: pdf(page_without_size)),
    "arrays in arrays": ("tableaux.pdf", lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000),
    "a PNG of 60,000 by 60,000": ("immense.png", lambda: png(60_000, 60_000, zlib.compress(bytes(1000)))),
    "a PNG without a point": ("rien.png", lambda: png(0, 0, b"")),
    "a PNG that inflates without an end": ("gonfle.png", lambda: png(4000, 4000, zeros(600)[:500])),
    "a PNG whose text inflates without an end": (
        "texte.png",
        lambda: png(1, 1, zlib.compress(bytes(4)), chunk(b"zTXt", b"a\0\0" + zeros(600))),
    ),
    "a PNG cut short": ("coupe.png", lambda: picture(format="PNG")[:200]),
    "a JPEG cut short": ("coupe.jpg", lambda: picture()[:300]),
    "a JPEG that says 60,000 by 60,000": ("immense.jpg", lambda: sized(60_000, 60_000)),
    "a JPEG without a point": ("rien.jpg", lambda: sized(0, 0)),
    "a JPEG of thousands of scans": ("passes.jpg", many_scans),
    "a JPEG of noise": ("bruit.jpg", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 400),
    "a HEIC that says 60,000 by 60,000": ("immense.heic", lambda: heic_sized(60_000, 60_000)),
    "a HEIC cut short": ("coupe.heic", lambda: heic()[:400]),
    "a HEIC of noise": ("bruit.heic", lambda: heic()[:32] + bytes(range(256)) * 400),
    "a film called HEIC": ("film.heic", lambda: b"\0\0\0\x18ftypmp42" + bytes(2000)),
}
"""What is not kept: a name, and what makes the bytes."""

HARMLESS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a script when it opens": ("a.pdf", lambda: pdf(open_action)),
    "scripts when it closes or prints": ("a.pdf", lambda: pdf(additional_actions)),
    "scripts of a page": ("a.pdf", lambda: pdf(page_actions)),
    "scripts by name": ("a.pdf", lambda: pdf(named_scripts)),
    "a script in a stream": ("a.pdf", lambda: pdf(script_in_a_stream)),
    "a script after another action": ("a.pdf", lambda: pdf(chained_actions)),
    "a link that starts a program": ("a.pdf", lambda: pdf(link_to("Launch", F=String("cmd.exe " + CANARY.decode())))),
    "a link to the web": ("a.pdf", lambda: pdf(link_to("URI", URI=String("http://x/" + CANARY.decode())))),
    "a link that sends the form": ("a.pdf", lambda: pdf(link_to("SubmitForm", F=String(CANARY)))),
    "a link that reads a file": ("a.pdf", lambda: pdf(link_to("ImportData", F=String(CANARY)))),
    "a link to another document": ("a.pdf", lambda: pdf(link_to("GoToR", F=String(CANARY)))),
    "a link to an attached document": ("a.pdf", lambda: pdf(link_to("GoToE", F=String(CANARY)))),
    "a film with a script": ("a.pdf", lambda: pdf(link_to("Rendition", JS=String(SCRIPT)))),
    "scripts of a field": ("a.pdf", lambda: pdf(widget_scripts)),
    "a film": ("a.pdf", lambda: pdf(rich_media)),
    "an attached program": ("a.pdf", lambda: pdf(attached_file)),
    "a program attached to a page": ("a.pdf", lambda: pdf(attached_to_a_page)),
    "a program associated with a page": ("a.pdf", lambda: pdf(associated_file)),
    "a portfolio": ("a.pdf", lambda: pdf(portfolio)),
    "a form in XML": ("a.pdf", lambda: pdf(xfa)),
    "who wrote it, and where": ("a.pdf", lambda: pdf(metadata)),
    "what an editor hid in a page": ("a.pdf", lambda: pdf(piece_info)),
    "a table of contents with scripts": ("a.pdf", lambda: pdf(outlines)),
    "a drawing taken from another file": ("a.pdf", lambda: pdf(with_form_xobject(Ref=Dictionary(F=String(CANARY))))),
    "a drawing with metadata": (
        "a.pdf",
        lambda: pdf(with_form_xobject(PieceInfo=String(CANARY), Metadata=String(CANARY))),
    ),
    "a drawing with a script, which nothing runs": ("a.pdf", lambda: pdf(with_form_xobject(AA=Dictionary(O=action())))),
    "a program for printers": ("a.pdf", lambda: pdf(postscript)),
    "a page read from another file": ("a.pdf", lambda: pdf(external_stream)),
    "drawings that draw each other": ("a.pdf", lambda: pdf(loop_of_forms)),
    "a note that hides": ("a.pdf", lambda: pdf(hidden_text)),
    "arrays in arrays in arrays": ("a.pdf", lambda: pdf(deep_arrays)),
    "references to references": ("a.pdf", lambda: pdf(deep_references)),
    "rights of the author, without a password": ("a.pdf", lambda: encrypted("")),
    "a page of the web after a PDF": ("a.pdf", lambda: pdf() + HTML),
    "an archive after a PDF": ("a.pdf", lambda: pdf() + zipped()),
    "a PDF changed after it was signed": ("a.pdf", lambda: pdf(open_action) + pdf(outlines)),
    "a place and a date in a photo": ("a.jpg", exif),
    "a photo held upright": ("a.jpg", lambda: exif(size=(80, 40))),
    "a comment in a JPEG": ("a.jpg", lambda: picture(comment=CANARY)),
    "an archive after a JPEG": ("a.jpeg", lambda: picture() + zipped()),
    "a page of the web after a PNG": ("a.png", lambda: picture(format="PNG") + HTML),
    "words in a PNG": ("a.png", lambda: png(1, 1, zlib.compress(bytes(4)), chunk(b"tEXt", b"a\0" + CANARY))),
    "a moving PNG": ("a.png", lambda: animated("PNG")),
    "a place and a date in a HEIC": ("a.heic", heic),
    "an extension in capitals": ("A.PDF", lambda: pdf(open_action)),
    "a path for a name": ("../../etc/passwd.pdf", lambda: pdf(open_action)),
    "a name that turns round": ("photo\u202efdp.jpg", lambda: exif()),
    "a name on two lines": ("a\r\nSet-Cookie: x=1\r\n.pdf", lambda: pdf(open_action)),
    "a name of faces": ("😀🎉.jpg", lambda: exif()),
    "a name of 250 signs": ("é" * 246 + ".pdf", lambda: pdf(open_action)),
    "a name that is a command": ("$(reboot);`ls`|.pdf", lambda: pdf(open_action)),
}
"""What is kept once nothing in it does harm."""
