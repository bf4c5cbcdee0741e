"""The simulator on the network: a WSGI application, and a small server for it."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.template import Context, Engine

from preau.billing.payfip.simulator import soap
from preau.billing.payfip.simulator.operations import Fault, Outage, Result, Simulator
from preau.core.money import euros

SERVICE_PATH = "/tpa/services/securite"
PAGE_PATH = "/tpa/paiementws.web"
CSS_PATH = "/tpa/simulateur.css"
LONGEST_BODY = 64_000
HERE = Path(__file__).parent
TRUE_ADDRESS = b"https://www.payfip.gouv.fr/tpa/services/securite"
PAY_AND_CLOSE = "fermer"

XML = "text/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `when_sent` is called once the browser has it."""

    status: HTTPStatus
    body: bytes = b""
    content_type: str = HTML
    location: str = ""
    may_go_to: str = ""  # an origin that the page's form leads to
    when_sent: Callable[[], None] | None = None


def application(simulator: Simulator) -> WSGIApplication:
    """The WSGI application of `simulator`."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = _route(simulator, environ)
        start_response(f"{answer.status.value} {answer.status.phrase}", _headers(answer))
        return _Sent(answer)

    return respond


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
        # The form answers by a redirection to the merchant, that browsers count as a place the form goes to.
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {answer.may_go_to}".rstrip(),
        ),
    ]
    return headers + ([("Location", answer.location)] if answer.location else [])


def _route(simulator: Simulator, environ: WSGIEnvironment) -> Answer:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    name = path.rpartition("/")[2]
    if path == SERVICE_PATH and method == "POST":
        return _service(simulator, _body(environ))
    if path == SERVICE_PATH and "wsdl" in query:
        own_address = f"http://{environ['HTTP_HOST']}{SERVICE_PATH}".encode()
        wsdl = _contract("PaiementSecuriseService.wsdl").replace(TRUE_ADDRESS, own_address)
        return Answer(HTTPStatus.OK, wsdl, XML)
    if path == f"/tpa/services/{name}" and name in _SCHEMAS:
        return Answer(HTTPStatus.OK, _contract(name), XML)
    if path == PAGE_PATH and method == "POST":
        return _decision(simulator, parse_qs(_body(environ).decode("ascii", "replace")))
    if path == PAGE_PATH:
        return _page(simulator, query.get("idop", [""])[0])
    if path == CSS_PATH:
        return Answer(HTTPStatus.OK, (HERE / "simulator.css").read_bytes(), "text/css; charset=utf-8")
    if path == "/favicon.ico":
        return Answer(HTTPStatus.NO_CONTENT)
    return _error(HTTPStatus.NOT_FOUND, "Cette page n’existe pas", "")


def _body(environ: WSGIEnvironment) -> bytes:
    body: bytes = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST_BODY))
    return body


# The web service

_SCHEMAS = frozenset(f"PaiementSecuriseService_schema{number}.xsd" for number in (1, 2, 3))


@cache
def _contract(name: str) -> bytes:
    return files("eopayment").joinpath("resource", name).read_bytes()


def _service(simulator: Simulator, body: bytes) -> Answer:
    while simulator.outage is Outage.SILENT and not simulator.stopping.wait(0.05):
        pass
    if simulator.outage is Outage.CLOSED or simulator.stopping.is_set():
        return _error(HTTPStatus.SERVICE_UNAVAILABLE, "Service indisponible", "")
    if simulator.outage is Outage.NONSENSE:
        return Answer(HTTPStatus.OK, b"<html><p>Maintenance<br></html>")
    if simulator.outage is Outage.TECHNICAL_FAULT:
        return _fault("TechIndisponibiliteErreur", "D5", "Service indisponible")
    try:
        operation, fields = soap.read(body)
        return Answer(HTTPStatus.OK, soap.answer(operation, _ask(simulator, operation, fields)), XML)
    except Fault as fault:
        return _fault("FonctionnelleErreur", fault.code, fault.words)
    except soap.Unreadable as error:
        return _fault("TechProtocolaireErreur", "X1", str(error))


def _ask(simulator: Simulator, operation: str, fields: dict[str, str]) -> dict[str, str]:
    if operation == "creerPaiementSecurise":
        return {"idOp": simulator.create(fields)}
    if operation == "recupererDetailPaiementSecurise":
        return simulator.detail(fields.get("idOp", ""))
    if operation == "recupererDetailClient":
        client = simulator.client(fields.get("numCli", ""))
        return {"libelleN1": client.name, "numcli": fields["numCli"]}
    raise soap.Unreadable(f"no such operation: {operation}")


def _fault(kind: str, code: str, words: str) -> Answer:
    return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, soap.fault(kind, code, words), XML)


# The payment page


def _page(simulator: Simulator, number: str) -> Answer:
    try:
        operation = simulator.open_page(number)
    except Fault as fault:
        return _page_fault(fault)
    facts = {name: operation[name] for name in ("number", "refdet", "objet", "mel", "saisie")}
    page = _render(
        "payment.html",
        operation=facts,
        amount=euros(int(operation["montant"])),
        creditor=simulator.client(operation["numcli"]).name,
    )
    return Answer(HTTPStatus.OK, page, may_go_to=_origin(operation["urlredirect"]))


def _decision(simulator: Simulator, form: dict[str, list[str]]) -> Answer:
    choice = form.get("choix", [""])[0]
    closes = choice == PAY_AND_CLOSE
    if not closes and choice not in set(Result):
        return _error(HTTPStatus.BAD_REQUEST, "Ce choix n’existe pas", "")
    try:
        operation = simulator.opened(form.get("idop", [""])[0])
    except Fault as fault:
        return _page_fault(fault)
    number: str = operation["number"]
    is_new = simulator.record(number, Result.CARD_PAID if closes else Result(choice))
    notify_late = is_new and simulator.behaviour_of(number).notice_after_return
    if is_new and not notify_late:
        simulator.notify(number)
    when_sent = (lambda: simulator.notify(number)) if notify_late else None
    if closes:
        return Answer(HTTPStatus.OK, _render("closed.html"), when_sent=when_sent)
    return Answer(HTTPStatus.SEE_OTHER, location=simulator.return_url(operation), when_sent=when_sent)


def _page_fault(fault: Fault) -> Answer:
    return _error(HTTPStatus.GONE if fault.code == "P4" else HTTPStatus.BAD_REQUEST, fault.words, fault.code)


def _error(status: HTTPStatus, words: str, code: str) -> Answer:
    return Answer(status, _render("error.html", words=words, code=code))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _render(template: str, **values: Any) -> bytes:
    return _engine().get_template(template).render(Context(values)).encode()


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")])


# The server


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


def serve(simulator: Simulator, host: str, port: int) -> WSGIServer:
    """A server bound to the address; `serve_forever` starts it. Port 0 takes a free one."""
    return make_server(host, port, application(simulator), server_class=_Server, handler_class=_Handler)


@contextmanager
def running(simulator: Simulator) -> Iterator[str]:
    """Serve `simulator` on a free port of this machine, and close it at the end. Yields `http://127.0.0.1:PORT`."""
    server = serve(simulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        simulator.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
        simulator.close()
