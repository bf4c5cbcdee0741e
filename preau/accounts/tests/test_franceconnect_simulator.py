"""The simulator refuses what FranceConnect refuses, and keeps its delays."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from preau.accounts.franceconnect.simulator import PEOPLE, Client, Outage, Simulator, running

BACK, GOODBYE = "https://portail.example.org/retour/", "https://portail.example.org/sortie/"
ASKED = {
    "client_id": "portail",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid identite_pivot email",
    "acr_values": "eidas1",
    "state": "un-etat",
    "nonce": "n" * 22,
}


@pytest.fixture
def simulator() -> Simulator:
    return Simulator({"portail": Client("secret", "Portail", frozenset({BACK}), frozenset({GOODBYE}))})


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with running(simulator) as url:
        yield url


def exchange(url: str, code: str, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return requests.post(f"{url}/token", {**form, "client_id": "portail", "client_secret": "secret", **changes})


def code_for(url: str, who: str = "zoe-pinceau") -> str:
    answer = requests.post(f"{url}/authorize", {**ASKED, "choix": who}, allow_redirects=False)
    assert answer.status_code == 303
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert told["state"] == ["un-etat"]
    return told["code"][0]


def test_the_page_offers_everybody(url: str) -> None:
    page = requests.get(f"{url}/authorize", ASKED)
    assert page.status_code == 200
    assert all(person.family_name in page.text for person in PEOPLE.values())
    assert f"form-action 'self' {BACK.removesuffix('/retour/')}" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": ""},
        {"nonce": "n" * 21},
        {"acr_values": ""},
        {"acr_values": "eidas0"},
        {"state": ""},
        {"redirect_uri": "https://ailleurs.example.org/"},
        {"client_id": "inconnu"},
        {"response_type": "token"},
        {"scope": "identite_pivot"},
        {"scope": "openid address"},
        {"prompt": "none"},
    ],
    ids=str,
)
def test_what_is_wrongly_asked_stays_on_its_page(url: str, changes: dict[str, str]) -> None:
    for answer in (
        requests.get(f"{url}/authorize", ASKED | changes),
        requests.post(f"{url}/authorize", ASKED | changes | {"choix": "zoe-pinceau"}, allow_redirects=False),
    ):
        assert answer.status_code == 400


@pytest.mark.parametrize(("choice", "error"), [("annuler", "access_denied"), ("erreur", "server_error")])
def test_cancelling_and_failing_go_back_with_a_word(url: str, choice: str, error: str) -> None:
    answer = requests.post(f"{url}/authorize", {**ASKED, "choix": choice}, allow_redirects=False)
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == [error]


def test_a_code_is_used_once_within_thirty_seconds(url: str, simulator: Simulator) -> None:
    code = code_for(url)
    assert exchange(url, code).status_code == 200
    assert exchange(url, code).json()["error"] == "invalid_grant"
    late = code_for(url)
    simulator.advance(30)
    assert exchange(url, late).json()["error"] == "invalid_grant"


def test_the_secret_goes_in_the_form_and_nowhere_else(url: str) -> None:
    form = {"grant_type": "authorization_code", "code": code_for(url), "redirect_uri": BACK}
    assert requests.post(f"{url}/token", form, auth=("portail", "secret")).status_code == 401
    assert exchange(url, code_for(url), client_secret="autre").status_code == 401
    assert exchange(url, code_for(url), redirect_uri=GOODBYE).json()["error"] == "invalid_grant"


def keys_of(url: str) -> jwt.PyJWKSet:
    return jwt.PyJWKSet.from_dict(requests.get(f"{url}/jwks").json())


def test_tokens_and_identity_are_signed_and_last_a_minute(url: str, simulator: Simulator) -> None:
    tokens = exchange(url, code_for(url, "boubacar-diallo")).json()
    keys = {key.key_id: key for key in keys_of(url).keys}
    assert len(keys) == 2
    kid = jwt.get_unverified_header(tokens["id_token"])["kid"]
    claims = jwt.decode(tokens["id_token"], keys[kid], algorithms=["ES256"], audience="portail", issuer=url)
    assert (claims["nonce"], claims["acr"], claims["exp"] - claims["iat"]) == ("n" * 22, "eidas1", 60)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = requests.get(f"{url}/userinfo", headers=headers)
    assert answer.headers["Content-Type"].startswith("application/jwt")
    told = jwt.decode(answer.text, keys[kid], algorithms=["ES256"], audience="portail", issuer=url)
    assert (told["sub"], told["birthdate"], told["birthplace"]) == (claims["sub"], "1979-07", "")
    simulator.advance(60)
    assert requests.get(f"{url}/userinfo", headers=headers).status_code == 401


def test_somebody_is_the_same_for_a_service_at_each_start_and_another_for_another(simulator: Simulator) -> None:
    zoe = PEOPLE["zoe-pinceau"]
    assert simulator.sub(zoe, "portail") == Simulator({}).sub(zoe, "portail") != simulator.sub(zoe, "autre")


def test_keys_turn(url: str, simulator: Simulator) -> None:
    before = [key.key_id for key in keys_of(url).keys]
    simulator.rotate()
    after = [key.key_id for key in keys_of(url).keys]
    assert after[0] == before[1]
    assert after[1] not in before


def test_one_leaves_with_a_token_of_ours_only(url: str, simulator: Simulator) -> None:
    id_token = exchange(url, code_for(url)).json()["id_token"]
    simulator.advance(3600)
    simulator.rotate()

    def end(**query: str) -> requests.Response:
        return requests.get(f"{url}/session/end", query, allow_redirects=False)

    back = {"post_logout_redirect_uri": GOODBYE, "state": "au-revoir"}
    assert end(id_token_hint=id_token, **back).headers["Location"] == f"{GOODBYE}?state=au-revoir"
    assert end(id_token_hint=id_token).status_code == 200
    assert end(**back).status_code == 400
    assert end(id_token_hint=f"{id_token[:-4]}AAAA", **back).status_code == 400
    assert end(id_token_hint=id_token, post_logout_redirect_uri=BACK).status_code == 400


def test_it_may_be_down(url: str, simulator: Simulator) -> None:
    simulator.outage = Outage.DOWN
    assert requests.get(f"{url}/.well-known/openid-configuration").status_code == 503
