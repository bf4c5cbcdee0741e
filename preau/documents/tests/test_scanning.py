"""ClamAV is asked when the host has one; what it says, and that it says nothing, is told as it is."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from preau.core.cleaning import FileRefused, Part, Reason
from preau.documents import scanning
from preau.documents.choices import ScanState
from preau.documents.scanning import scan
from preau.documents.tests.hostile import EICAR

PARTS = [Part("1.jpg", b"x" * 200_000), Part("2.jpg", b"y")]


@contextmanager
def clamav(answer: Callable[[bytes], bytes | None], *, path: str = "") -> Iterator[str]:
    """A scanner that answers what `answer` makes of the bytes; None says nothing and keeps the line."""
    family = socket.AF_UNIX if path else socket.AF_INET
    with socket.socket(family) as listening:
        listening.bind(path or ("127.0.0.1", 0))
        listening.listen()
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, answer, stop), daemon=True)
        thread.start()
        try:
            yield path or f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listening: socket.socket, answer: Callable[[bytes], bytes | None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line, line.makefile("rb") as heard:
            assert heard.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", heard.read(4))[0]:
                content += heard.read(length)
            said = answer(content)
            if said is None:
                stop.wait(5)
            else:
                line.sendall(said)


def honest(content: bytes) -> bytes:
    return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"


def test_without_a_scanner_a_file_is_not_scanned(settings: Settings) -> None:
    settings.CLAMAV = ""
    assert scan(PARTS) == ScanState.NOT_SCANNED


def test_a_clean_file_is_said_so(settings: Settings) -> None:
    with clamav(honest) as settings.CLAMAV:
        assert scan(PARTS) == ScanState.CLEAN


def test_a_scanner_may_be_a_socket_of_the_machine(settings: Settings, tmp_path) -> None:
    with clamav(honest, path=str(tmp_path / "clamd.ctl")) as settings.CLAMAV:
        assert scan(PARTS) == ScanState.CLEAN


def test_every_byte_is_scanned(settings: Settings) -> None:
    heard: list[bytes] = []
    with clamav(lambda content: heard.append(content) or b"stream: OK\0") as settings.CLAMAV:  # type: ignore[func-returns-value]
        scan(PARTS)
    assert heard == [part.content for part in PARTS]


def test_an_infected_file_is_refused_and_named(settings: Settings) -> None:
    with clamav(honest) as settings.CLAMAV, pytest.raises(FileRefused) as refused:
        scan([PARTS[0], Part("facture.pdf", b"%PDF-" + EICAR)])
    assert (refused.value.reason, refused.value.name) == (Reason.INFECTED, "facture.pdf")


@pytest.mark.parametrize("said", [None, b"", b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"x" * 10_000])
def test_a_scanner_that_is_slow_or_says_something_else_is_no_yes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, said: bytes | None
) -> None:
    monkeypatch.setattr(scanning, "PATIENCE", 0.3)
    with clamav(lambda content: said) as settings.CLAMAV:
        settings.CLAMAV_REQUIRED = False
        assert scan(PARTS) == ScanState.NOT_SCANNED
        settings.CLAMAV_REQUIRED = True
        with pytest.raises(FileRefused) as refused:
            scan(PARTS)
    assert refused.value.reason == Reason.NOT_SCANNED


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.ctl"])
def test_a_scanner_that_is_down_refuses_unless_the_host_says_otherwise(settings: Settings, address: str) -> None:
    settings.CLAMAV = address
    settings.CLAMAV_REQUIRED = False
    assert scan(PARTS) == ScanState.NOT_SCANNED
    settings.CLAMAV_REQUIRED = True
    with pytest.raises(FileRefused):
        scan(PARTS)
