"""The process that reads what people send: `python -I -m preau.core.cleaning.child`, in a folder of its own.

The folder holds `order` (JSON: what to do with which files), the files, and at the end `answer` (JSON) and `result`. It
starts by giving up what it does not need: memory, time, files, the network, and the right to gain any.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

from preau.core.cleaning.limits import BIGGEST_ANSWER, CPU_SECONDS, MEMORY, PHOTO_SIDE, FileRefused, Reason

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("document.pdf", page: int(sys.inputs.page))'
DRAWN_SIDE = 1600  # points of a page drawn as a picture
# What the decoders raise on bytes that are not what they say. What else they do, the process does not survive.
BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, ArithmeticError, TypeError, AttributeError),
    *(RuntimeError, MemoryError, RecursionError, struct.error),
)


def confine() -> None:
    """Give up what reading a file does not need. The network goes where the system lets anyone leave it."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: BIGGEST_ANSWER,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC)


def main() -> None:
    confine()
    order = json.loads(Path("order").read_text())
    try:
        answer = JOBS[order["job"]](order)
    except FileRefused as refused:
        answer = {"refused": refused.reason, "part": refused.name}
    Path("answer").write_text(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # nothing that a decoder left behind runs


def clean(order: dict[str, Any]) -> dict[str, Any]:
    """All parts, in order, as one document: a picture alone stays one, all else is a PDF."""
    from preau.core.cleaning import pictures  # each only once it is needed, and after the limits

    formats: list[str] = order["formats"]
    if len(formats) == 1 and formats[0] != "pdf":
        jpeg, _, _ = _read("0", lambda: pictures.jpeg_of(Path("0"), formats[0]))
        Path("result").write_bytes(jpeg)
        return {"type": "jpeg", "pages": 1}
    from pikepdf import Pdf

    from preau.core.cleaning import pdfs

    with Pdf.new() as whole:
        for place, format in enumerate(formats):
            path = Path(str(place))
            if format == "pdf":
                _read(path.name, lambda path=path: pdfs.add_pdf(path, whole))
            else:
                jpeg, width, height = _read(path.name, lambda path=path, format=format: pictures.jpeg_of(path, format))
                pdfs.add_picture(jpeg, width, height, into=whole)
        Path("result").write_bytes(_read("0", lambda: pdfs.written(whole)))
        return {"type": "pdf", "pages": len(whole.pages)}


def _read(part: str, reading: Any) -> Any:
    try:
        return reading()
    except FileRefused as refused:
        raise FileRefused(refused.reason, part) from None
    except BROKEN:
        raise FileRefused(Reason.UNREADABLE, part) from None
    except Exception as fault:  # qpdf has faults of its own, known only once it is there
        if type(fault).__module__.startswith("pikepdf"):
            raise FileRefused(Reason.UNREADABLE, part) from None
        raise


def photo(order: dict[str, Any]) -> dict[str, Any]:
    """The picture `0` as the photo of somebody."""
    from preau.core.cleaning import pictures

    jpeg, _, _ = _read("0", lambda: pictures.jpeg_of(Path("0"), order["format"], longest=PHOTO_SIDE))
    Path("result").write_bytes(jpeg)
    return {"type": "jpeg", "pages": 1}


def draw(order: dict[str, Any]) -> dict[str, Any]:
    """A page of the PDF `0` as a picture."""
    import pikepdf
    import typst

    with pikepdf.open("0") as pdf:
        left, bottom, right, top = (float(side) for side in pdf.pages[order["page"] - 1].cropbox)
    longest = max(abs(right - left), abs(top - bottom))
    Path("0").rename("document.pdf")
    Path("page.typ").write_text(PAGE)
    drawn = typst.compile(
        Path("page.typ"),
        root=Path(),
        format="png",
        ppi=72 * DRAWN_SIDE / longest,
        sys_inputs={"page": str(order["page"])},
        ignore_system_fonts=True,
    )
    Path("result").write_bytes(drawn)
    return {"type": "png", "pages": 1}


JOBS = {"clean": clean, "draw": draw, "photo": photo}

if __name__ == "__main__":
    main()
