"""PDFs rebuilt from their pages alone, and pictures put on pages.

Nothing of the catalogue is copied (scripts, actions, attached files, forms, layers, outlines). Of a page: its size,
what it draws and with what. Filled fields and stamps are drawn into the page first; links and the rest of what lies
over it are dropped.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from preau.core.cleaning.limits import (
    MOST_INFLATED,
    MOST_PAGES,
    MOST_SCANNED_PIXELS,
    FileRefused,
    Reason,
)

# Names of resources, in these, are the author's own: « JS » may name a font.
MAPS = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/CharProcs", "/Colorants"})
RESOURCES = MAPS - {"/CharProcs", "/Colorants"} | {"/ProcSet"}
DROPPED = frozenset(
    {
        *("/A", "/AA", "/AcroForm", "/AF", "/Alternates", "/Annots", "/Dest", "/Dests", "/EF", "/EmbeddedFiles", "/F"),
        *("/FDecodeParms", "/FFilter", "/JavaScript", "/JS", "/LastModified", "/Lang", "/Launch", "/Measure"),
        *("/Metadata", "/Names", "/OC", "/OCProperties", "/OPI", "/OpenAction", "/Outlines", "/P", "/Parent"),
        *("/PieceInfo", "/Properties", "/PtData", "/Ref", "/RF", "/RichMediaContent", "/RichMediaSettings"),
        *("/StructParent", "/StructParents", "/StructTreeRoot", "/UF", "/URI", "/XFA"),
    }
)
A4 = (595, 842)
SMALLEST_PAGE, LARGEST_PAGE = 3, 14_400  # points
CHUNK = 65_536


def add_pdf(path: Path, into: Pdf) -> None:
    """Append the pages of a PDF. Raises FileRefused, or what qpdf does."""
    try:
        source = pikepdf.open(path)
    except pikepdf.PasswordError:
        raise FileRefused(Reason.LOCKED) from None
    with source:
        if source.Root.get("/NeedsRendering", False):
            raise FileRefused(Reason.DYNAMIC_FORM)
        if len(into.pages) + len(source.pages) > MOST_PAGES:
            raise FileRefused(Reason.TOO_MANY_PAGES)
        if len(source.pages) == 0:
            raise FileRefused(Reason.UNREADABLE)
        _draw_what_lies_over(source)
        weigher = _Weigher()
        for page in source.pages:
            bare = _bare(page)
            _scrub(bare.Resources, bare.get("/Contents", Array()), weigher)
            into.pages.append(pikepdf.Page(source.make_indirect(bare)))


def _draw_what_lies_over(source: Pdf) -> None:
    form = source.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        for key in ("/XFA", "/CO"):
            if key in form:
                del form[key]
        if form.get("/NeedAppearances", False):
            source.generate_appearance_streams()
    source.flatten_annotations("all")


def _bare(page: pikepdf.Page) -> Dictionary:
    """The page with nothing but what it draws."""
    resources = page.obj.get("/Resources") or page.resources
    kept = {key: value for key, value in resources.items() if key in RESOURCES}
    bare = Dictionary(Type=Name.Page, MediaBox=_box(page.mediabox), Resources=Dictionary(kept))
    bare.CropBox = _box(page.cropbox)
    if "/Contents" in page.obj:
        bare.Contents = Array(list(_contents(page.obj.Contents)))
    turned = int(page.obj.get("/Rotate", 0)) % 360
    if turned in (90, 180, 270):
        bare.Rotate = turned
    return bare


def _box(box: Any) -> Array:
    left, bottom, right, top = (float(side) for side in box)
    for side in (abs(right - left), abs(top - bottom)):
        if not SMALLEST_PAGE <= side <= LARGEST_PAGE:
            raise FileRefused(Reason.UNREADABLE)
    return Array([left, bottom, right, top])


def _contents(contents: Any) -> Iterator[Stream]:
    if isinstance(contents, Stream):
        yield contents
    elif isinstance(contents, Array):
        yield from (each for each in contents if isinstance(each, Stream))


def _scrub(resources: Any, contents: Any, weigher: "_Weigher") -> None:
    """Take out of what a page draws, and draws with, however deep, what no drawing needs."""
    seen: set[tuple[int, int]] = set()
    left: list[tuple[Any, bool]] = [(resources, False), (contents, False)]
    while left:
        thing, is_map = left.pop()
        if getattr(thing, "is_indirect", False):
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if isinstance(thing, Array):
            left += [(each, False) for each in thing]
        elif isinstance(thing, Dictionary | Stream):
            _drop(thing, is_map)
            if isinstance(thing, Stream):
                weigher.add(thing)
            left += [(value, not is_map and key in MAPS) for key, value in thing.items()]


def _drop(thing: Any, is_map: bool) -> None:
    for key, value in list(thing.items()):
        is_program = isinstance(value, Stream) and value.get("/Subtype") == Name.PS
        if is_program or (not is_map and key in DROPPED):
            del thing[key]


class _Weigher:
    """What the streams of a document come to once inflated: a few bytes may hide a thousand times as many."""

    def __init__(self) -> None:
        self._left = MOST_INFLATED
        self._seen: set[tuple[int, int]] = set()

    def add(self, stream: Stream) -> None:
        """Count a stream, once. Raises FileRefused when it is too much."""
        if stream.objgen in self._seen:
            return
        self._seen.add(stream.objgen)
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if stream.get("/Subtype") == Name.Image and pixels > MOST_SCANNED_PIXELS:
            raise FileRefused(Reason.TOO_LARGE)
        self._left -= self._inflated(stream)
        if self._left < 0:
            raise FileRefused(Reason.TOO_LARGE)

    def _inflated(self, stream: Stream) -> int:
        filters = stream.get("/Filter", Array())
        names = [str(each) for each in (filters if isinstance(filters, Array) else [filters])]
        raw = stream.read_raw_bytes()
        if names == ["/FlateDecode"]:
            return self._measured(raw)
        if names and names[-1] in ("/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"):
            return len(raw)
        return len(stream.read_bytes()) if names else len(raw)

    def _measured(self, raw: bytes) -> int:
        """Never more than a piece of it in memory."""
        inflater, total = zlib.decompressobj(), 0
        while raw and not inflater.eof and total <= self._left:
            try:
                total += len(inflater.decompress(raw, CHUNK))
            except zlib.error:
                break
            raw = inflater.unconsumed_tail
        return total


def add_picture(jpeg: bytes, width: int, height: int, *, into: Pdf) -> None:
    """Append an A4 page with a picture, lying when the picture does."""
    if len(into.pages) >= MOST_PAGES:
        raise FileRefused(Reason.TOO_MANY_PAGES)
    page_width, page_height = A4 if height >= width else A4[::-1]
    scale = min(page_width / width, page_height / height)
    wide, high = width * scale, height * scale
    image = Stream(into, jpeg)
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = width, height, Name.DeviceRGB, 8
    left, bottom = (page_width - wide) / 2, (page_height - high) / 2
    drawing = f"q {wide:.2f} 0 0 {high:.2f} {left:.2f} {bottom:.2f} cm /P Do Q".encode()
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, page_width, page_height]),
        Resources=Dictionary(XObject=Dictionary(P=into.make_indirect(image))),
        Contents=Stream(into, drawing),
    )
    into.pages.append(pikepdf.Page(into.make_indirect(page)))


def written(pdf: Pdf) -> bytes:
    """The file, the same for the same pages."""
    for page in pdf.pages:
        for key in set(page.obj.keys()) - {
            "/Type", "/Parent", "/MediaBox", "/CropBox", "/Resources", "/Contents", "/Rotate",
        }:  # fmt: skip
            del page.obj[key]
    out = BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
