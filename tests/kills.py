"""A web server that is killed at any moment, and whoever keeps asking it."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from preau.accounts.models import User
from preau.accounts.testing import sign_in
from tests.kills_server import PROCESSES

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds
CSRF = "0123456789abcdefghijklmnopqrstuv"


@dataclass(slots=True)
class Server:
    """The server, from the outside. `cut` counts the kills that left someone without an answer."""

    port: int
    process: subprocess.Popen[str]
    alive: set[int] = field(default_factory=set)
    cut: int = 0

    def wait(self) -> None:
        """Until all its processes are there."""
        assert self.process.stdout is not None
        while len(self.alive) < PROCESSES:
            self.alive.add(int(self.process.stdout.readline()))

    def kill(self) -> None:
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        self.alive.clear()


@contextmanager
def running(*options: str) -> Iterator[Server]:
    """A server on the test's own database."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills_server", str(listening.fileno()), *options],
            cwd=ROOT,
            env=os.environ | environment(),
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        server = Server(listening.getsockname()[1], process)
        try:
            server.wait()
            yield server
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def environment() -> dict[str, str]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = urlencode({"host": database["HOST"]}) if database["HOST"] else ""
        who = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        url = f"postgresql://{who}@:{database['PORT']}/{database['NAME']}?{host}".replace("@:/", "@/")
    return {
        "PREAU_DATABASE_URL": url,
        "PREAU_PAYFIP_SERVICE_URL": settings.PAYFIP_SERVICE_URL,
        "PREAU_LOG_LEVEL": "CRITICAL",
    }


@dataclass(frozen=True, slots=True)
class Browser:
    """Someone signed in."""

    session: str

    @classmethod
    def of(cls, user: User) -> "Browser":
        client = Client()
        sign_in(client, user)
        return cls(client.cookies[settings.SESSION_COOKIE_NAME].value)

    def get(self, path: str) -> bytes:
        return self._head("GET", path) + b"\r\n"

    def post(self, path: str, values: Mapping[str, str]) -> bytes:
        body = urlencode({"csrfmiddlewaretoken": CSRF, **values}).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._head("POST", path) + kind.encode() + body

    def _head(self, method: str, path: str) -> bytes:
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        return f"{method} {path} HTTP/1.0\r\nHost: localhost\r\nCookie: {cookies}\r\n".encode()


def ask(server: Server, *requests: bytes, kill_after: float | None = None) -> list[str]:
    """Send requests at once; the status of each answer, "" when there is none.

    The server is killed `kill_after` seconds after the last one was sent.
    """
    asked = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in requests]
    for one, request in zip(asked, requests, strict=True):
        one.sendall(request)
    if kill_after is not None:
        time.sleep(kill_after)
        server.kill()
    statuses = [_status(one) for one in asked]
    if kill_after is not None:
        server.cut += "" in statuses
        server.wait()
    return statuses


def _status(answering: socket.socket) -> str:
    """The status of an answer received whole: the server of HTTP/1.0 hangs up at its end."""
    pieces = []
    with answering:
        try:
            while piece := answering.recv(65536):
                pieces.append(piece)
        except ConnectionResetError:
            return ""
    head, blank, body = b"".join(pieces).partition(b"\r\n\r\n")
    if not blank:
        return ""
    lengths = [int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")]
    return head.split()[1].decode() if not lengths or len(body) == lengths[0] else ""


def insist(server: Server, request: bytes, wanted: str, *, chance: random.Random, longest: float) -> None:
    """Ask until the answer comes; the server dies at a random moment of the first one or two times."""
    for _ in range(chance.choice([1, 1, 2])):
        if ask(server, request, kill_after=chance.uniform(0.0005, longest)) == [wanted]:
            return
    assert ask(server, request) == [wanted]


def usual_time(server: Server, request: bytes, wanted: str) -> float:
    """How long an answer takes, in seconds."""
    started = time.perf_counter()
    assert ask(server, request) == [wanted]
    return time.perf_counter() - started
