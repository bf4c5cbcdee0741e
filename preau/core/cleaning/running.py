"""The process that cleans, from the outside: started for one document, given a folder, killed if it lasts."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from preau.core.cleaning.limits import (
    BIGGEST_ANSWER,
    MOST_BYTES,
    MOST_PARTS,
    PATIENCE,
    FileRefused,
    Reason,
)
from preau.core.cleaning.sniffing import format_of, sniffed

AT_ONCE = 2
"""Processes that clean, started by one of ours."""
_room = threading.BoundedSemaphore(AT_ONCE)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a document, as it was sent; its name is only a name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document made harmless: `type` is pdf, or jpeg for one picture."""

    content: bytes
    type: str
    pages: int


def clean(parts: Sequence[Part]) -> Cleaned:
    """The document made of these files, in order: written anew. Raises FileRefused, of which `name` says which one."""
    formats = formats_of(parts)
    try:
        answer, result = _run({"job": "clean", "formats": formats}, [part.content for part in parts])
    except FileRefused as refused:
        place = int(refused.name) if refused.name.isdigit() else 0
        raise FileRefused(refused.reason, parts[place].name) from None
    if len(result) > MOST_BYTES:
        raise FileRefused(Reason.TOO_HEAVY, parts[0].name)
    return Cleaned(result, answer["type"], answer["pages"])


def formats_of(parts: Sequence[Part]) -> list[str]:
    """The format of each, if they may be read at all. Raises FileRefused."""
    if not parts:
        raise FileRefused(Reason.EMPTY)
    if len(parts) > MOST_PARTS:
        raise FileRefused(Reason.TOO_MANY_FILES)
    for part in parts:
        if len(part.content) > MOST_BYTES:
            raise FileRefused(Reason.TOO_HEAVY, part.name)
    return [format_of(part.name, part.content[:32]) for part in parts]


def draw(pdf: bytes, page: int) -> bytes:
    """The PNG of a page, from 1, of a PDF that `clean` wrote. Raises FileRefused when it cannot be drawn."""
    return _run({"job": "draw", "page": page}, [pdf])[1]


def photo(content: bytes) -> bytes:
    """The small JPEG of a photo, whatever its name. Raises FileRefused."""
    format = sniffed(content[:32])
    if format is None or format == "pdf":
        raise FileRefused(Reason.UNREADABLE)
    return _run({"job": "photo", "format": format}, [content])[1]


def _run(order: dict[str, Any], files: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    if not _room.acquire(timeout=PATIENCE):
        raise FileRefused(Reason.BUSY)
    try:
        with TemporaryDirectory(prefix="preau-", ignore_cleanup_errors=True) as folder:
            here = Path(folder)
            (here / "order").write_text(json.dumps(order))
            for place, content in enumerate(files):
                (here / str(place)).write_bytes(content)
            _start_and_wait(here)
            return _answer(here)
    finally:
        _room.release()


def _start_and_wait(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "preau.core.cleaning.child"],
        cwd=folder,
        env={},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code != 0:
        logger.info("a file was not read: the process that cleans ended with %s", code)


def _answer(folder: Path) -> tuple[dict[str, Any], bytes]:
    """What the process said, which is not to be trusted either; one that died read nothing."""
    answer, result = folder / "answer", folder / "result"
    if not answer.is_file():
        raise FileRefused(Reason.UNREADABLE)
    said = json.loads(answer.read_text())
    if "refused" in said:
        raise FileRefused(Reason(said["refused"]), said.get("part", ""))
    if result.is_symlink() or not 0 < result.stat().st_size <= BIGGEST_ANSWER:
        raise FileRefused(Reason.UNREADABLE)
    return said, result.read_bytes()
