"""Asking ClamAV, by its INSTREAM command: our own client, the usual one being without a keeper."""

import socket
import struct
import time
from collections.abc import Iterable

from django.conf import settings

from preau.core.cleaning import FileRefused, Part, Reason
from preau.documents.choices import ScanState

PATIENCE = 10.0  # seconds, for a file
CHUNK = 65_536
LONGEST_ANSWER = 4096


class ScannerSilent(Exception):
    """ClamAV did not say whether a file is clean."""


def scan(parts: Iterable[Part]) -> ScanState:
    """What ClamAV says of these files, as they were sent. Raises FileRefused when one is infected and, if the host
    wants every file scanned, when it does not answer."""
    if not settings.CLAMAV:
        return ScanState.NOT_SCANNED
    for part in parts:
        try:
            found = infection_in(part.content, settings.CLAMAV)
        except (OSError, ScannerSilent):
            if settings.CLAMAV_REQUIRED:
                raise FileRefused(Reason.NOT_SCANNED, part.name) from None
            return ScanState.NOT_SCANNED
        if found:
            raise FileRefused(Reason.INFECTED, part.name)
    return ScanState.CLEAN


def infection_in(content: bytes, address: str) -> str:
    """The name of what ClamAV found, "" for nothing; `address` is `host:port` or the path of a socket. Raises OSError
    or ScannerSilent."""
    deadline = time.monotonic() + PATIENCE
    with _connected(address) as asking:
        asking.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            asking.settimeout(_left(deadline))
            asking.sendall(struct.pack(">I", len(piece)) + piece)
        asking.sendall(struct.pack(">I", 0))
        answer = _answer(asking, deadline)
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer != "stream: OK":
        raise ScannerSilent(answer)
    return ""


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        local = socket.socket(socket.AF_UNIX)
        local.settimeout(PATIENCE)
        local.connect(address)
        return local
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def _answer(asking: socket.socket, deadline: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        asking.settimeout(_left(deadline))
        piece = asking.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode(errors="replace").strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ScannerSilent("too slow")
    return left
