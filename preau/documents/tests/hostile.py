"""Files that somebody means harm with, or that nobody meant at all. Each one is made here, and bears CANARY."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from preau.core.testing import picture

CANARY = b"PREAU-CANARI-7731"
SCRIPT = f"app.alert('{CANARY.decode()}')"


# PDF


def pdf(change: Callable[[Pdf], None] = lambda pdf: None, pages: int = 1, **saved: Any) -> bytes:
    with Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        change(made)
        out = io.BytesIO()
        made.save(out, **(saved or {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}))
    return out.getvalue()


def action(kind: str = "JavaScript", **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(f"/{kind}"), **(more or {"JS": String(SCRIPT)}))


def open_action(made: Pdf) -> None:
    made.Root.OpenAction = action()


def additional_actions(made: Pdf) -> None:
    made.Root.AA = Dictionary(WC=action(), WS=action(), DP=action())


def page_actions(made: Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=action(), C=action())


def named_scripts(made: Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action()])))


def script_in_a_stream(made: Pdf) -> None:
    made.Root.OpenAction = action(JS=made.make_indirect(Stream(made, SCRIPT.encode())))


def chained_actions(made: Pdf) -> None:
    made.Root.OpenAction = action("GoTo", D=Array([made.pages[0].obj, Name.Fit]), Next=Array([action()]))


def annotation(made: Pdf, **values: Any) -> None:
    values = {"Type": Name.Annot, "Rect": Array([0, 0, 99, 99]), **values}
    made.pages[0].obj.Annots = Array([made.make_indirect(Dictionary(values_named(values)))])


def values_named(values: dict[str, Any]) -> dict[str, Any]:
    return {f"/{name}": value for name, value in values.items()}


def link_to(kind: str, **more: Any) -> Callable[[Pdf], None]:
    return lambda made: annotation(made, Subtype=Name.Link, A=action(kind, **more))


def widget_scripts(made: Pdf) -> None:
    field = {"Subtype": Name.Widget, "FT": Name.Tx, "T": String("a"), "V": String("x"), "AA": Dictionary(K=action())}
    annotation(made, **field)
    made.Root.AcroForm = Dictionary(Fields=made.pages[0].obj.Annots, CO=made.pages[0].obj.Annots)


def rich_media(made: Pdf) -> None:
    annotation(made, Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=String(CANARY)))


def attached_file(made: Pdf) -> None:
    made.attachments["virus.exe"] = pikepdf.AttachedFileSpec(made, b"MZ" + CANARY, filename="virus.exe")


def attached_to_a_page(made: Pdf) -> None:
    attached_file(made)
    annotation(made, Subtype=Name.FileAttachment, FS=made.attachments["virus.exe"].obj)


def associated_file(made: Pdf) -> None:
    attached_file(made)
    made.pages[0].obj.AF = Array([made.attachments["virus.exe"].obj])


def portfolio(made: Pdf) -> None:
    attached_file(made)
    made.Root.Collection = Dictionary(Type=Name.Collection, View=Name.T)


def xfa(made: Pdf) -> None:
    form = f"<xdp:xdp><script>{SCRIPT}</script></xdp:xdp>".encode()
    made.Root.AcroForm = Dictionary(Fields=Array(), XFA=made.make_indirect(Stream(made, form)))


def dynamic_xfa(made: Pdf) -> None:
    xfa(made)
    made.Root.NeedsRendering = True


def metadata(made: Pdf) -> None:
    made.Root.Metadata = made.make_indirect(Stream(made, b"<x>" + CANARY + b"</x>"))
    made.docinfo["/Author"] = CANARY.decode()


def piece_info(made: Pdf) -> None:
    made.pages[0].obj.PieceInfo = Dictionary(Hidden=Dictionary(Private=String(CANARY)))


def outlines(made: Pdf) -> None:
    item = made.make_indirect(Dictionary(Title=String("x"), A=action()))
    made.Root.Outlines = Dictionary(First=item, Last=item, Count=1)


def with_form_xobject(**values: Any) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        form = Stream(made, b"q Q")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
        for name, value in values.items():
            form[f"/{name}"] = value
        made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(JS=made.make_indirect(form)))
        made.pages[0].obj.Contents = Stream(made, b"/JS Do")

    return change


def postscript(made: Pdf) -> None:
    program = Stream(made, CANARY)
    program.Type, program.Subtype = Name.XObject, Name.PS
    made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=made.make_indirect(program)))


def external_stream(made: Pdf) -> None:
    outside = Stream(made, b"")
    outside.F = Dictionary(Type=Name.Filespec, F=String("/etc/passwd" + CANARY.decode()))
    made.pages[0].obj.Contents = outside


def loop_of_forms(made: Pdf) -> None:
    form = Stream(made, b"/X Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
    form = made.make_indirect(form)
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=form))
    made.pages[0].obj.Contents = Stream(made, b"/X Do")


def hidden_text(made: Pdf) -> None:
    annotation(made, Subtype=Name.Text, Contents=String(CANARY))


def huge_page(made: Pdf) -> None:
    made.pages[0].obj.MediaBox = Array([0, 0, 10**7, 10**7])


def page_without_size(made: Pdf) -> None:
    made.pages[0].obj.MediaBox = Array([0, 0, 0, 0])


def deep_arrays(made: Pdf) -> None:
    nested = Array()
    for _ in range(400):
        nested = Array([nested])
    made.pages[0].obj.Resources = Dictionary(ColorSpace=Dictionary(C=nested))


def deep_references(made: Pdf) -> None:
    nested = made.make_indirect(Array())
    for _ in range(20_000):
        nested = made.make_indirect(Array([nested]))
    made.pages[0].obj.Resources = Dictionary(ColorSpace=Dictionary(C=nested))


@cache
def zeros(megabytes: int) -> bytes:
    packer, piece = zlib.compressobj(9), bytes(1_000_000)
    return b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()


def flate_bomb(made: Pdf) -> None:
    bomb = Stream(made, zeros(600))
    bomb.Filter = Name.FlateDecode
    made.pages[0].obj.Contents = bomb


def bomb_in_a_font(made: Pdf) -> None:
    bomb = Stream(made, zeros(600))
    bomb.Filter = Name.FlateDecode
    font = Dictionary(Type=Name.Font, FontDescriptor=Dictionary(FontFile2=made.make_indirect(bomb)))
    made.pages[0].obj.Resources = Dictionary(Font=Dictionary(F=font))


def bomb_in_a_bomb(made: Pdf) -> None:
    bomb = Stream(made, zlib.compress(zeros(600), 9))
    bomb.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    made.pages[0].obj.Contents = bomb


def run_length_bomb(made: Pdf) -> None:
    bomb = Stream(made, b"\x81\x00" * 4_000_000)
    bomb.Filter = Name.RunLengthDecode
    made.pages[0].obj.Contents = bomb


def huge_image(made: Pdf) -> None:
    image = Stream(made, b"x")
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 10**5, 10**5, Name.DeviceRGB, 8
    made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=made.make_indirect(image)))


def encrypted(user: str) -> bytes:
    return pdf(open_action, encryption=pikepdf.Encryption(owner="secret", user=user))


def by_hand(*objects: bytes, trailer: bytes = b"/Root 1 0 R", xref: bytes | None = None) -> bytes:
    """A PDF whose cross references say what `xref` says."""
    body = b"%PDF-1.7\n"
    offsets = []
    for number, one in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    start = len(body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    whole = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    end = b"trailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)
    return body + (whole if xref is None else xref) + end


CATALOG, NO_PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"
CYCLE = b"<</Type/Pages/Kids[2 0 R]/Count 1>>"
TWO = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def object_stream_bomb() -> bytes:
    """All the objects are said to be in a stream that never ends."""
    head = b"%PDF-1.7\n"
    packed = zeros(600)
    body = b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed
    body += b"\nendstream\nendobj\n"
    rows = [(0, 0, 65535), (2, 5, 0), (1, len(head), 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    start = len(head) + len(body)
    dictionary = b"<</Type/XRef/Size 6/W[1 4 2]/Index[0 2 5 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % len(table)
    xref = b"6 0 obj\n" + dictionary + b"stream\n" + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % start
    return head + body + xref


# Pictures


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
