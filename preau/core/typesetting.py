"""Tagged PDF (PDF/UA-1) from plain values, by typst, with the fonts of the screens.

Data reach a template as JSON, in `sys.inputs.data`, and are printed as text: no name can become markup. The same data
give the same bytes.
"""

import datetime as dt
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "typst" / "fonts"

# Latin, Greek, Cyrillic, common signs: what the fonts shipped here draw, and after them those inside typst. The
# compiler refuses a PDF/UA with a letter that no font draws, so all others are printed as the replacement character.
UNDRAWABLE = re.compile(
    r"[^\x20-\x7e\xa0-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff\u1e00-\u1eff"
    r"\u2010-\u2027\u2030-\u2040\u20a0-\u20c0\u2122\u2190-\u2214]"
)
UNBROKEN = re.compile(r"(\S{30})(?=\S{10})")


def typeset(template: Path, data: Mapping[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `template` with `data`, dated `at`. Raises typst.TypstError when it cannot be made (a logo that is
    not SVG, for instance)."""
    inputs = {"data": json.dumps(data)}
    with _ONE_AT_A_TIME:
        pdf = compiler_of(template).compile(
            sys_inputs=inputs, format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp())
        )
    assert isinstance(pdf, bytes)
    return pdf


_ONE_AT_A_TIME = threading.Lock()  # a compiler refuses a second thread


@cache
def compiler_of(template: Path) -> typst.Compiler:
    """The compiler of a template, kept: reading the fonts takes longer than a page."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
    return typst.Compiler(str(template), root=str(template.parent), font_paths=fonts)


def drawable(value: Any) -> Any:
    """`value`, with the letters that no font draws replaced, and places to break words too long for a line."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", " ".join(re.split("[\t\n\r]+", value)))
        return UNBROKEN.sub("\\1\u200b", UNDRAWABLE.sub("\ufffd", text))
    if isinstance(value, dict):
        return {key: drawable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(each) for each in value]
    return value
