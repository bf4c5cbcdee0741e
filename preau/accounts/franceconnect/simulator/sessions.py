"""What FranceConnect decides: who may ask what, codes used once, tokens signed, and the bad days of all these."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from preau.accounts.franceconnect.simulator.people import PEOPLE, Person

CODE_LIVES = 30  # seconds
TOKEN_LIVES = 60
SHORTEST_NONCE = 22
ACR = "eidas1"
PROMPTS = {"", "login", "consent", "login consent", "consent login"}
HINT = "id_token_hint"


class Fault(StrEnum):
    """What goes wrong with the tokens of one sign-in; the value is what the page says."""

    WRONG_AUDIENCE = "jeton destiné à un autre service"
    WRONG_ISSUER = "jeton d’un autre émetteur"
    WRONG_NONCE = "jeton d’une autre connexion"
    WRONG_ACR = "niveau de garantie absent"
    EXPIRED = "jeton périmé"
    WRONG_SIGNATURE = "signature fausse"
    UNSIGNED = "jeton sans signature"
    ALG_NONE = "algorithme « none »"
    SYMMETRIC = "signé par la clé publique, en HS256"
    UNKNOWN_KID = "clé inconnue"
    OTHER_PERSON = "identité d’une autre personne"
    PLAIN_JSON = "identité non signée"


class Outage(Enum):
    """A bad day of the whole service."""

    DOWN = auto()  # 503
    SLOW = auto()  # no answer, until the outage ends
    NONSENSE = auto()  # 200, and not what was asked


class Refused(Exception):
    """A request that FranceConnect does not take; `code` is that of OpenID Connect."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Client:
    """A service declared to FranceConnect, with the addresses where people may be sent back."""

    secret: str
    name: str
    redirect_uris: frozenset[str]
    post_logout_redirect_uris: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A sign-in that a service asks for."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str


@dataclass(slots=True)
class _Grant:
    asked: Asked
    person: Person
    fault: Fault | None
    expires_at: float
    auth_time: int


@dataclass(slots=True)
class _Key:
    kid: str = field(default_factory=lambda: secrets.token_hex(8))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def public(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.private.public_key()))
        return told | {"kid": self.kid, "use": "sig", "alg": "ES256"}


class Simulator:
    """Thread-safe, in memory. `fault`, `spoils`, `outage` and the clock may be changed at any time.

    `fault` strikes the tokens named by `spoils`; somebody may choose another on the page. `sub` is the same at each
    start, for the same person and the same client.
    """

    def __init__(self, clients: Mapping[str, Client], *, clock: Callable[[], float] = time.time) -> None:
        self.fault: Fault | None = None
        self.spoils = frozenset({"id_token", "userinfo"})
        self.outage: Outage | None = None
        self.stopping = threading.Event()
        self.key_requests = 0
        self._clients = dict(clients)
        self._clock = clock
        self._shift = 0.0
        self._lock = threading.RLock()
        self._keys = [_Key(), _Key()]  # the last two are published: the one that signs, then the next
        self._codes: dict[str, _Grant] = {}
        self._tokens: dict[str, _Grant] = {}

    # The clock and the keys

    def now(self) -> float:
        return self._clock() + self._shift

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._shift += seconds

    def rotate(self) -> None:
        """The next key signs from now on, a new one is announced, and the old one is no longer published."""
        with self._lock:
            self._keys.append(_Key())

    def jwks(self) -> dict[str, Any]:
        """The keys published."""
        with self._lock:
            self.key_requests += 1
            return {"keys": [key.public() for key in self._keys[-2:]]}

    # Signing in

    def asked(self, query: Mapping[str, str]) -> Asked:
        """`/authorize`: what is asked. Raises Refused, and the browser stays on FranceConnect."""
        client = self._clients.get(query.get("client_id", ""))
        if client is None:
            raise Refused("invalid_client", "Ce service n’est pas déclaré à FranceConnect")
        if query.get("redirect_uri", "") not in client.redirect_uris:
            raise Refused("invalid_redirect_uri", "L’adresse de retour n’est pas déclarée")
        nonce, scopes = query.get("nonce", ""), query.get("scope", "").split()
        wrong = {
            "response_type doit valoir code": query.get("response_type") != "code",
            "scope doit contenir openid": "openid" not in scopes,
            "scope est inconnu": not set(scopes) <= SCOPES,
            "acr_values doit valoir eidas1": query.get("acr_values") != ACR,
            "state est obligatoire": not query.get("state"),
            "nonce est obligatoire": not nonce,
            f"nonce doit avoir {SHORTEST_NONCE} signes ou plus": 0 < len(nonce) < SHORTEST_NONCE,
            "prompt est inconnu": query.get("prompt", "") not in PROMPTS,
        }
        if words := next((words for words, is_wrong in wrong.items() if is_wrong), None):
            raise Refused("invalid_request", words)
        return Asked(query["client_id"], query["redirect_uri"], query["state"], nonce)

    def client(self, asked: Asked) -> Client:
        return self._clients[asked.client_id]

    def grant(self, asked: Asked, person: Person, fault: Fault | None = None) -> str:
        """Somebody has said who they are: the code that goes back to the service."""
        code = secrets.token_urlsafe(32)
        now = self.now()
        with self._lock:
            self._codes[code] = _Grant(asked, person, fault or self.fault, now + CODE_LIVES, int(now))
        return code

    def exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        """`/token`. Raises Refused."""
        client = self._clients.get(form.get("client_id", ""))
        if client is None or not secrets.compare_digest(client.secret.encode(), form.get("client_secret", "").encode()):
            raise Refused("invalid_client", "client authentication failed")
        if form.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type", "unsupported grant_type requested")
        with self._lock:
            grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.expires_at <= self.now():
            raise Refused("invalid_grant", "grant request is invalid")
        if (grant.asked.client_id, grant.asked.redirect_uri) != (form["client_id"], form.get("redirect_uri")):
            raise Refused("invalid_grant", "grant request is invalid")
        token = secrets.token_urlsafe(32)
        grant.expires_at = self.now() + TOKEN_LIVES
        with self._lock:
            self._tokens[token] = grant
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIVES}

    def id_token(self, access_token: str, issuer: str) -> str:
        grant = self._grant(access_token)
        claims = self._claims(grant, issuer) | {
            "nonce": grant.asked.nonce,
            "acr": ACR,
            "auth_time": grant.auth_time,
            "amr": ["pwd"],
        }
        return self._signed(claims, grant.fault if "id_token" in self.spoils else None)

    def userinfo(self, access_token: str, issuer: str) -> str:
        """The identity, signed. Raises Refused."""
        grant = self._grant(access_token)
        fault = grant.fault if "userinfo" in self.spoils else None
        claims = self._claims(grant, issuer) | grant.person.claims()
        if fault is Fault.OTHER_PERSON:
            other = next(person for person in PEOPLE.values() if person != grant.person)
            claims |= {"sub": self.sub(other, grant.asked.client_id)} | other.claims()
        if fault is Fault.PLAIN_JSON:
            return json.dumps(claims)
        return self._signed(claims, fault)

    def sub(self, person: Person, client_id: str) -> str:
        """Who this person is for this client, and for no other."""
        return hashlib.sha256(f"{client_id}|{person.key}".encode()).hexdigest() + "v1"

    # Signing out

    def end_session(self, query: Mapping[str, str]) -> str:
        """`/session/end`: where to send the browser back, or nothing. Raises Refused."""
        if not query.get(HINT):
            raise Refused("invalid_request", "id_token_hint est obligatoire")
        client = self._clients.get(self._audience_of(query[HINT]))
        if client is None:
            raise Refused("invalid_request", "id_token_hint n’est pas un jeton de FranceConnect")
        back = query.get("post_logout_redirect_uri", "")
        if back and back not in client.post_logout_redirect_uris:
            raise Refused("invalid_request", "post_logout_redirect_uri n’est pas déclarée")
        return back

    def _audience_of(self, hint: str) -> str:
        """For whom one of our tokens was made, even one whose minute has passed; empty for what we never signed."""
        for key in self._keys:
            try:
                claims = jwt.decode(
                    hint,
                    key.private.public_key(),
                    algorithms=["ES256"],
                    options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
                )
            except jwt.PyJWTError:
                continue
            return str(claims.get("aud", ""))
        return ""

    # Inside

    def _grant(self, access_token: str) -> _Grant:
        with self._lock:
            grant = self._tokens.get(access_token)
        if grant is None or grant.expires_at <= self.now():
            raise Refused("invalid_token", "invalid token provided")
        return grant

    def _claims(self, grant: _Grant, issuer: str) -> dict[str, Any]:
        now = int(self.now())
        return {
            "iss": issuer,
            "sub": self.sub(grant.person, grant.asked.client_id),
            "aud": grant.asked.client_id,
            "iat": now,
            "exp": now + TOKEN_LIVES,
        }

    def _signed(self, claims: dict[str, Any], fault: Fault | None) -> str:
        wrong: dict[Fault | None, dict[str, Any]] = {
            Fault.WRONG_AUDIENCE: {"aud": "somebody-else"},
            Fault.WRONG_ISSUER: {"iss": "https://ailleurs.example.org"},
            Fault.WRONG_NONCE: {"nonce": secrets.token_urlsafe(32)},
            Fault.WRONG_ACR: {"acr": ""},
            Fault.EXPIRED: {"iat": claims["iat"] - 3600, "exp": claims["exp"] - 3600},
        }
        claims = claims | wrong.get(fault, {})
        with self._lock:
            key = self._keys[-2]
        kid = "unknown" if fault is Fault.UNKNOWN_KID else key.kid
        if fault is Fault.ALG_NONE:
            return jwt.encode(claims, "", algorithm="none", headers={"kid": kid})
        if fault is Fault.SYMMETRIC:
            return _by_hand({"alg": "HS256", "typ": "JWT", "kid": kid}, claims, json.dumps(key.public()).encode())
        token = jwt.encode(claims, key.private, algorithm="ES256", headers={"kid": kid})
        if fault is Fault.WRONG_SIGNATURE:
            token = jwt.encode(claims, _Key().private, algorithm="ES256", headers={"kid": kid})
        if fault is Fault.UNSIGNED:
            token = token.rpartition(".")[0] + "."
        return token


SCOPES = {
    "openid",
    "identite_pivot",
    "email",
    "preferred_username",
    "profile",
    "birth",
    "given_name",
    "family_name",
    "birthdate",
    "gender",
    "birthplace",
    "birthcountry",
    "idp_birthdate",
    "cnaf_quotient_familial",
    "cnaf_allocataires",
    "cnaf_enfants",
    "cnaf_adresse",
}


def _by_hand(header: dict[str, str], claims: dict[str, Any], secret: bytes) -> str:
    """A token signed with a public key taken for a secret, which the library itself refuses to make."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    body = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{body}.{part(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"
