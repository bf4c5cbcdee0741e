"""The simulator on the network: a WSGI application, and a small server for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIServer
from wsgiref.types import WSGIEnvironment

from preau.billing.payfip.simulator import soap
from preau.billing.payfip.simulator.operations import Fault, Outage, Result, Simulator
from preau.core.money import euros
from preau.core.simulating import HERE, Answer, Pages, bind, body_of, origin_of, serving

SERVICE_PATH = "/tpa/services/securite"
PAGE_PATH = "/tpa/paiementws.web"
PAGES = Pages(
    Path(__file__).parent,
    css_path="/tpa/simulateur.css",
    name="PayFiP",
    purpose="Paiement en ligne des services publics locaux",
    warning="aucun paiement réel",
)
TRUE_ADDRESS = b"https://www.payfip.gouv.fr/tpa/services/securite"
PAY_AND_CLOSE = "fermer"

XML = "text/xml; charset=utf-8"


def _route(simulator: Simulator, environ: WSGIEnvironment) -> Answer:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    name = path.rpartition("/")[2]
    if path == SERVICE_PATH and method == "POST":
        return _service(simulator, body_of(environ))
    if path == SERVICE_PATH and "wsdl" in query:
        own_address = f"http://{environ['HTTP_HOST']}{SERVICE_PATH}".encode()
        wsdl = _contract("PaiementSecuriseService.wsdl").replace(TRUE_ADDRESS, own_address)
        return Answer(HTTPStatus.OK, wsdl, XML)
    if path == f"/tpa/services/{name}" and name in _SCHEMAS:
        return Answer(HTTPStatus.OK, _contract(name), XML)
    if path == PAGE_PATH and method == "POST":
        return _decision(simulator, parse_qs(body_of(environ).decode("ascii", "replace")))
    if path == PAGE_PATH:
        return _page(simulator, query.get("idop", [""])[0])
    return PAGES.common(path) or _error(HTTPStatus.NOT_FOUND, "Cette page n’existe pas", "")


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
    page = PAGES.render(
        "payment.html",
        operation=facts,
        amount=euros(int(operation["montant"])),
        creditor=simulator.client(operation["numcli"]).name,
    )
    return Answer(HTTPStatus.OK, page, may_go_to=origin_of(operation["urlredirect"]))


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
        return Answer(HTTPStatus.OK, PAGES.render("closed.html"), when_sent=when_sent)
    return Answer(HTTPStatus.SEE_OTHER, location=simulator.return_url(operation), when_sent=when_sent)


def _page_fault(fault: Fault) -> Answer:
    return _error(HTTPStatus.GONE if fault.code == "P4" else HTTPStatus.BAD_REQUEST, fault.words, fault.code)


def _error(status: HTTPStatus, words: str, code: str) -> Answer:
    return Answer(status, PAGES.render("error.html", words=words, code=code))


def serve(simulator: Simulator, host: str, port: int) -> WSGIServer:
    """A server bound to the address; `serve_forever` starts it. Port 0 takes a free one."""
    return bind(lambda environ: _route(simulator, environ), host, port)


@contextmanager
def running(simulator: Simulator) -> Iterator[str]:
    """Serve `simulator` on a free port of this machine, and close it at the end. Yields `http://127.0.0.1:PORT`."""
    try:
        with serving(serve(simulator, HERE, 0), stop=simulator.stopping.set) as address:
            yield address
    finally:
        simulator.close()
