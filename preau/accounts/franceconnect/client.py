"""Asking FranceConnect who somebody is, and believing nothing that is not signed, for us, and fresh."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.core.cache import cache

TIMEOUT = 5  # seconds, for each question
KEPT = 3600  # seconds for which addresses and keys are kept; an unknown key is asked for at once
LEEWAY = 30  # seconds between two clocks
ALGORITHMS = ["ES256", "RS256"]
LEVELS = ("eidas1", "eidas2", "eidas3")
REQUIRED = ["iss", "aud", "exp", "iat", "sub"]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
BIRTH = re.compile(r"\d{4}(-\d{2}){0,2}")


class Unavailable(Exception):
    """No usable answer: nothing is known, try again later."""


class Untrusted(Exception):
    """An answer that is not FranceConnect's, not for us, or not of this sign-in."""


class CodeExpired(Exception):
    """The code was used already, or its thirty seconds have passed."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """An identity that the State has checked. `birth_date` is 1985-03-14, 1985-03 or 1985; codes are INSEE's, the place
    empty for those born abroad; `name_in_use` is empty when it is the birth name. `email` is what the person told an
    identity provider: it proves nothing here.
    """

    first_names: str
    birth_name: str
    birth_date: str
    birth_place: str
    birth_country: str
    gender: str
    name_in_use: str
    email: str

    @property
    def first_name(self) -> str:
        return self.first_names.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody has signed in. `sub` is who they are for us, and for nobody else; `id_token` will sign them out."""

    sub: str
    acr: str
    auth_time: int
    id_token: str
    pivot: Pivot


def configuration() -> Mapping[str, Any]:
    """The addresses of FranceConnect. Raises Unavailable, Untrusted."""
    url = f"{settings.FRANCECONNECT_URL}/.well-known/openid-configuration"
    told = cache.get(url)
    if told is None:
        told = _json(_ask("GET", url))
        if told.get("issuer") != settings.FRANCECONNECT_URL:
            raise Untrusted("the issuer is another")
        if not all(isinstance(told.get(name), str) for name in ENDPOINTS):
            raise Unavailable("the configuration is not complete")
        cache.set(url, told, KEPT)
    return dict(told)


def sign_in_of(*, code: str, nonce: str, redirect_uri: str) -> SignIn:
    """Who has signed in, for the code that came back. Raises Unavailable, Untrusted, CodeExpired."""
    tokens = _tokens(code, redirect_uri)
    id_token = str(tokens.get("id_token", ""))
    claims = _verified(id_token)
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Untrusted("the nonce is another")
    if claims.get("acr") not in LEVELS:
        raise Untrusted("the level of assurance is missing")
    identity = _userinfo(str(tokens.get("access_token", "")))
    if identity["sub"] != claims["sub"]:
        raise Untrusted("the identity is somebody else's")
    auth_time = claims.get("auth_time")
    return SignIn(
        sub=claims["sub"],
        acr=claims["acr"],
        auth_time=auth_time if isinstance(auth_time, int) else int(claims["iat"]),
        id_token=id_token,
        pivot=_pivot(identity),
    )


def end_session_url(*, id_token: str, state: str, back: str) -> str:
    """Where a browser goes to leave FranceConnect too. Raises Unavailable, Untrusted."""
    asked = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back}
    return f"{configuration()['end_session_endpoint']}?{urlencode(asked)}"


def _tokens(code: str, redirect_uri: str) -> Mapping[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": settings.FRANCECONNECT_CLIENT_ID,
        "client_secret": settings.FRANCECONNECT_CLIENT_SECRET,
    }
    response = _ask("POST", configuration()["token_endpoint"], data=form)
    told = _json(response)
    if told.get("error") == "invalid_grant":
        raise CodeExpired
    if response.status_code != 200:
        raise Unavailable(f"no token: {response.status_code} {told.get('error')}")
    return told


def _userinfo(access_token: str) -> Mapping[str, Any]:
    """The identity, which FranceConnect signs: a plain answer is somebody else's."""
    response = _ask("GET", configuration()["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"})
    if response.status_code != 200:
        raise Unavailable(f"no identity: {response.status_code}")
    if not response.headers.get("Content-Type", "").startswith("application/jwt"):
        raise Untrusted("the identity is not signed")
    return _verified(response.text)


def _verified(token: str) -> Mapping[str, Any]:
    """What a token says, once its signature, issuer, audience and dates are checked. Raises Untrusted, Unavailable."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Untrusted(f"signed by {header.get('alg')}")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(str(header.get("kid", ""))),
            algorithms=ALGORITHMS,
            audience=settings.FRANCECONNECT_CLIENT_ID,
            issuer=settings.FRANCECONNECT_URL,
            leeway=LEEWAY,
            options={"require": REQUIRED, "strict_aud": True},
        )
    except jwt.PyJWTError as fault:
        raise Untrusted(f"{type(fault).__name__}: {fault}") from fault
    return claims


def _key(kid: str) -> jwt.PyJWK:
    """The public key of this name; one that is not known is asked for again, once. Raises Untrusted, Unavailable."""
    url = configuration()["jwks_uri"]
    for keys in (cache.get(url), None):
        told = _fetched_keys(url) if keys is None else keys
        for key in told:
            if kid and key.get("kid") == kid and key.get("alg") in ALGORITHMS:
                return jwt.PyJWK(key)
    raise Untrusted("signed by an unknown key")


def _fetched_keys(url: str) -> list[dict[str, Any]]:
    keys = _json(_ask("GET", url)).get("keys")
    if not isinstance(keys, list):
        raise Unavailable("no keys")
    known = [key for key in keys if isinstance(key, dict)]
    cache.set(url, known, KEPT)
    return known


def _pivot(claims: Mapping[str, Any]) -> Pivot:
    def text(name: str) -> str:
        value = claims.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    birth_date = text("birthdate").removesuffix("-00").removesuffix("-00")
    return Pivot(
        first_names=text("given_name"),
        birth_name=text("family_name"),
        birth_date=birth_date if BIRTH.fullmatch(birth_date) else "",
        birth_place=text("birthplace"),
        birth_country=text("birthcountry"),
        gender=text("gender"),
        name_in_use=text("preferred_username"),
        email=text("email"),
    )


def _ask(method: str, url: str, **what: Any) -> requests.Response:
    try:
        response = requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **what)
    except requests.RequestException as fault:
        raise Unavailable(type(fault).__name__) from fault
    if response.status_code >= 500:
        raise Unavailable(f"{response.status_code} from {url}")
    return response


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except (json.JSONDecodeError, requests.JSONDecodeError) as fault:
        raise Unavailable("not JSON") from fault
    if not isinstance(told, dict):
        raise Unavailable("not an object")
    return told
