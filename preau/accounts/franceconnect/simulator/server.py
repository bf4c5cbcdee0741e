"""The simulator on the network: a WSGI application, and a small server for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import WSGIServer
from wsgiref.types import WSGIEnvironment

from preau.accounts.franceconnect.simulator.people import PEOPLE
from preau.accounts.franceconnect.simulator.sessions import SCOPES, Asked, Fault, Outage, Refused, Simulator
from preau.core.simulating import HERE, Answer, Pages, bind, body_of, origin_of, serving

BASE_PATH = "/api/v2"
PAGES = Pages(
    Path(__file__).parent,
    css_path=f"{BASE_PATH}/simulateur.css",
    name="FranceConnect",
    purpose="Se connecter avec une identité déjà vérifiée",
    warning="aucune identité réelle",
)
ASKED = ("client_id", "redirect_uri", "state", "nonce", "scope", "response_type", "acr_values", "prompt")
CANCEL, ERROR = "annuler", "erreur"
STATUSES = {"invalid_client": HTTPStatus.UNAUTHORIZED, "invalid_token": HTTPStatus.UNAUTHORIZED}

JSON = "application/json; charset=utf-8"
JWT = "application/jwt; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Question:
    """A request, as the answers need it. `issuer` is our own address, as the caller wrote it."""

    query: Mapping[str, str]
    form: Mapping[str, str]
    authorization: str
    issuer: str


def _route(simulator: Simulator, environ: WSGIEnvironment) -> Answer:
    while simulator.outage is Outage.SLOW and not simulator.stopping.wait(0.05):
        pass
    if simulator.outage is Outage.DOWN or simulator.stopping.is_set():
        return _page(HTTPStatus.SERVICE_UNAVAILABLE, "error.html", words="FranceConnect est indisponible", code="")
    if simulator.outage is Outage.NONSENSE:
        return Answer(HTTPStatus.OK, b"<html><p>Maintenance<br></html>")
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if common := PAGES.common(path):
        return common
    respond = _ROUTES.get((method, path.removeprefix(BASE_PATH))) if path.startswith(BASE_PATH) else None
    if respond is None:
        return _page(HTTPStatus.NOT_FOUND, "error.html", words="Cette page n’existe pas", code="")
    return respond(simulator, _question(environ))


def _question(environ: WSGIEnvironment) -> Question:
    return Question(
        query=_once(environ.get("QUERY_STRING", "")),
        form=_once(body_of(environ).decode("utf-8", "replace")),
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        issuer=f"http://{environ['HTTP_HOST']}{BASE_PATH}",
    )


def _once(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}


# What services ask


def _configuration(simulator: Simulator, question: Question) -> Answer:
    issuer = question.issuer
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/session/end",
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "acr_values_supported": ["eidas1"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "userinfo_signing_alg_values_supported": ["ES256", "RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }
    return _json(HTTPStatus.OK, told)


def _keys(simulator: Simulator, question: Question) -> Answer:
    return _json(HTTPStatus.OK, simulator.jwks())


def _token(simulator: Simulator, question: Question) -> Answer:
    try:
        if question.authorization:
            raise Refused("invalid_client", "client authentication failed")  # client_secret_post, and no other way
        token = simulator.exchange(question.form)
        return _json(HTTPStatus.OK, token | {"id_token": simulator.id_token(token["access_token"], question.issuer)})
    except Refused as refused:
        return _refusal(refused)


def _userinfo(simulator: Simulator, question: Question) -> Answer:
    try:
        identity = simulator.userinfo(question.authorization.removeprefix("Bearer "), question.issuer)
    except Refused as refused:
        return _refusal(refused)
    return Answer(HTTPStatus.OK, identity.encode(), JSON if identity.startswith("{") else JWT)


def _json(status: HTTPStatus, told: Mapping[str, Any]) -> Answer:
    return Answer(status, json.dumps(told).encode(), JSON)


def _refusal(refused: Refused) -> Answer:
    status = STATUSES.get(refused.code, HTTPStatus.BAD_REQUEST)
    return _json(status, {"error": refused.code, "error_description": refused.words})


# What people see


def _choice(simulator: Simulator, question: Question) -> Answer:
    try:
        asked = simulator.asked(question.query)
    except Refused as refused:
        return _page(HTTPStatus.BAD_REQUEST, "error.html", words=refused.words, code=refused.code)
    return _page(
        HTTPStatus.OK,
        "choice.html",
        may_go_to=origin_of(asked.redirect_uri),
        client=simulator.client(asked).name,
        people=list(PEOPLE.values()),
        faults=list(Fault),
        asked=[(name, question.query[name]) for name in ASKED if name in question.query],
        cancel=CANCEL,
        error=ERROR,
    )


def _decision(simulator: Simulator, question: Question) -> Answer:
    choice = question.form.get("choix", "")
    try:
        asked = simulator.asked(question.form)
        if choice == CANCEL:
            return _back(asked, error="access_denied", error_description="User auth aborted")
        if choice == ERROR:
            return _back(
                asked, error="server_error", error_description="authentication aborted due to a technical error"
            )
        if choice not in PEOPLE:
            raise Refused("invalid_request", "Cette personne n’existe pas")
        fault = question.form.get("panne", "")
        code = simulator.grant(asked, PEOPLE[choice], Fault(fault) if fault in set(Fault) else None)
    except Refused as refused:
        return _page(HTTPStatus.BAD_REQUEST, "error.html", words=refused.words, code=refused.code)
    return _back(asked, code=code)


def _back(asked: Asked, **told: str) -> Answer:
    parameters = told | {"state": asked.state}
    mark = "&" if urlsplit(asked.redirect_uri).query else "?"
    return Answer(HTTPStatus.SEE_OTHER, location=f"{asked.redirect_uri}{mark}{urlencode(parameters)}")


def _end(simulator: Simulator, question: Question) -> Answer:
    try:
        back = simulator.end_session(question.query)
    except Refused as refused:
        return _page(HTTPStatus.BAD_REQUEST, "error.html", words=refused.words, code=refused.code)
    if not back:
        return _page(HTTPStatus.OK, "signed_out.html")
    state = question.query.get("state", "")
    return Answer(HTTPStatus.SEE_OTHER, location=f"{back}?{urlencode({'state': state})}" if state else back)


_ROUTES: Mapping[tuple[str, str], Callable[[Simulator, Question], Answer]] = {
    ("GET", "/.well-known/openid-configuration"): _configuration,
    ("GET", "/jwks"): _keys,
    ("GET", "/authorize"): _choice,
    ("POST", "/authorize"): _decision,
    ("POST", "/token"): _token,
    ("GET", "/userinfo"): _userinfo,
    ("GET", "/session/end"): _end,
}


def _page(status: HTTPStatus, template: str, *, may_go_to: str = "", **values: Any) -> Answer:
    return Answer(status, PAGES.render(template, **values), may_go_to=may_go_to)


def serve(simulator: Simulator, host: str, port: int) -> WSGIServer:
    """A server bound to the address; `serve_forever` starts it. Port 0 takes a free one."""
    return bind(lambda environ: _route(simulator, environ), host, port)


@contextmanager
def running(simulator: Simulator) -> Iterator[str]:
    """Serve `simulator` on a free port of this machine, and close it at the end. Yields its address, path included."""
    with serving(serve(simulator, HERE, 0), stop=simulator.stopping.set) as address:
        yield address + BASE_PATH
