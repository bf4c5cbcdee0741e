"""PDF files that somebody means harm with. Each one is made here, and bears CANARY."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

CANARY = b"PREAU-CANARI-7731"
SCRIPT = f"app.alert('{CANARY.decode()}')"


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
