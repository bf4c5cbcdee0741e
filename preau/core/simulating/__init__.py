"""What the simulators of our partners share: answers, the frame of their pages, and a small server.

Each simulator stands beside the client that it stands in for, and is a function from a request to an `Answer`. For the
demonstration and the tests.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.template import Context, Engine

FRAME = Path(__file__).parent
HERE = "127.0.0.1"
LONGEST_BODY = 64_000
HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `when_sent` is called once the browser has it."""

    status: HTTPStatus
    body: bytes = b""
    content_type: str = HTML
    location: str = ""
    may_go_to: str = ""  # an origin that the page's form leads to
    when_sent: Callable[[], None] | None = None


Respond = Callable[[WSGIEnvironment], Answer]


def body_of(environ: WSGIEnvironment) -> bytes:
    """What was sent, up to a length that no page of ours reaches."""
    body: bytes = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST_BODY))
    return body


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Pages:
    """The pages of a simulator: the templates of `folder`, which extend `frame.html`, and its sheet after the frame's.

    `css_path` is where the sheet is; `name`, `purpose` and `warning` stand at the head of each page.
    """

    def __init__(self, folder: Path, *, css_path: str, name: str, purpose: str, warning: str) -> None:
        self.folder = folder
        self.css_path = css_path
        self.head = {"css_path": css_path, "name": name, "purpose": purpose, "warning": warning}
        self._engine = cache(lambda: Engine(dirs=[str(folder / "templates"), str(FRAME / "templates")]))

    def render(self, template: str, **values: Any) -> bytes:
        return self._engine().get_template(template).render(Context(self.head | values)).encode()

    def common(self, path: str) -> Answer | None:
        """What every simulator answers at `path`: its sheet, and no icon."""
        if path == self.css_path:
            sheets = [(folder / "simulator.css").read_bytes() for folder in (FRAME, self.folder)]
            return Answer(HTTPStatus.OK, b"\n".join(sheets), CSS)
        return Answer(HTTPStatus.NO_CONTENT) if path == "/favicon.ico" else None


def application(respond: Respond) -> WSGIApplication:
    def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = respond(environ)
        start_response(f"{answer.status.value} {answer.status.phrase}", _headers(answer))
        return _Sent(answer)

    return wsgi


class _Sent:
    """The body of an answer; the server calls `close` once it is on its way."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield self._answer.body

    def close(self) -> None:
        if self._answer.when_sent:
            self._answer.when_sent()


def _headers(answer: Answer) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        # The form answers by a redirection to the portal, that browsers count as a place the form goes to.
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {answer.may_go_to}".rstrip(),
        ),
    ]
    return headers + ([("Location", answer.location)] if answer.location else [])


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who gave up waiting is no fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(WSGIRequestHandler):
    timeout = 10  # browsers open connections that they never use

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def bind(respond: Respond, host: str, port: int) -> WSGIServer:
    """A server bound to the address; `serve_forever` starts it. Port 0 takes a free one."""
    return make_server(host, port, application(respond), server_class=_Server, handler_class=_Handler)


@contextmanager
def serving(server: WSGIServer, *, stop: Callable[[], None]) -> Iterator[str]:
    """Serve a server bound HERE in a thread; at the end `stop` lets go of those who wait. Yields `http://HERE:PORT`."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{HERE}:{server.server_port}"
    finally:
        stop()
        server.shutdown()
        thread.join()
        server.server_close()


def serve_until_stopped(server: WSGIServer, words: str) -> None:
    """Serve by itself until Ctrl-C or a stop; `words` tell where."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
