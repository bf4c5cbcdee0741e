"""Passkeys, as far as goes without a browser: what nobody's key would send is met with a page (see the journey)."""

import json

import pytest
from django.core.cache import cache
from fido2.cose import CoseKey
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.accounts import factors
from preau.accounts.testing import PASSWORD, make_agent, make_app, make_user, sign_in
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

KEY, ADD, CODE = "/connexion/cle-acces/", "/mon-compte/protection/cle-acces/", "/connexion/code/"
NO_KEY = "Votre navigateur n’a pas envoyé de clé d’accès."
ODD = (
    "",
    "null",
    "1",
    "[]",
    "{}",
    "{",
    "[" * 10_000,
    '{"rawId": "AA", "id": "AA", "response": {}}',
    '{"response": null}',
    '{"rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "AA", "userHandle": "AA"}}',
    '{"rawId": "é", "response": {"clientDataJSON": 3, "userHandle": "MQ"}}',
    '{"rawId": "AA", "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "userHandle": "MQ"}}',
    "x" * 30_000,
)


@pytest.fixture(autouse=True)
def town():
    make_town()
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("sent", ODD, ids=range(len(ODD)))
def test_what_is_no_passkey_signs_nobody_in(client, sent):
    client.get(KEY)
    response = client.post(KEY, {"credential": sent})
    assert response.status_code == 200
    assert NO_KEY in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("sent", ODD, ids=range(len(ODD)))
def test_what_is_no_passkey_is_not_added(client, sent):
    zoe = make_user()
    sign_in(client, zoe)
    client.get(ADD)
    response = client.post(ADD, {"credential": sent, "name": "Mon téléphone"})
    assert NO_KEY in response.content.decode()
    assert not factors.has_factor(zoe)


@pytest.mark.parametrize("sent", ODD, ids=range(len(ODD)))
def test_what_is_no_passkey_is_no_second_factor(client, sent):
    agent = make_agent()
    make_app(agent)
    client.post("/connexion/", {"login": agent.username, "password": PASSWORD})
    client.get(CODE)
    assert client.post(CODE, {"credential": sent}).status_code == 200
    assert "_auth_user_id" not in client.session


WORDS = ["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData", "signature"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["AA", "e30", "MQ"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*WORDS, "userHandle"]), inner),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_whatever_is_sent_is_met_with_a_page(client, tree):
    cache.clear()
    client.get(KEY)
    assert client.post(KEY, {"credential": json.dumps(tree)}).status_code == 200


def test_a_question_is_answered_once(client):
    """The state of a ceremony is forgotten with its answer, right or wrong."""
    client.get(KEY)
    before = client.session["mfa.webauthn.state"]
    client.post(KEY, {"credential": "{}"})
    assert client.session["mfa.webauthn.state"] != before


def test_the_question_asks_that_the_owner_unlocks_the_key_which_keeps_the_account(client):
    sign_in(client, make_user("Z-pinceau"))
    asked = client.get(ADD).context["options"]["publicKey"]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["rp"] == {"id": "localhost", "name": "Espace familles Villejuif"}
    assert asked["user"]["name"] == "Z-pinceau"


def test_a_flood_of_questions_from_one_network_is_paused(client, settings):
    settings.MFA_RATE_LIMITS = {"webauthn_login": "3/m/ip"}
    assert [client.get(KEY).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_sign_in_page_leads_to_passkeys_and_keeps_where_one_was_going(client):
    page = client.get("/connexion/?next=/factures/%3Fa%3D1%26b%3D2").content.decode()
    assert 'href="/connexion/cle-acces/?next=/factures/%3Fa%3D1%26b%3D2"' in page
    page = client.get("/connexion/cle-acces/?next=/factures/").content.decode()
    assert 'name="next" value="/factures/"' in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "\x00"])
def test_a_passkey_never_leads_elsewhere(client, elsewhere):
    assert "evil" not in client.get(KEY, {"next": elsewhere}).content.decode()


UNKNOWN_KIND = CoseKey.parse({1: 99, 3: -999})  # no such type, no such algorithm
KEY_ID = b"a key of ours"
OWNER_UNLOCKED_IT = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


def answer(kind: str, question: str, **parts: bytes) -> str:
    """What a browser sends for a key: `question` is the challenge of the page, as it was asked."""
    told = {"type": kind, "challenge": question, "origin": "http://localhost"}
    sent = {"clientDataJSON": json.dumps(told).encode(), **parts}
    return json.dumps(
        {
            "id": websafe_encode(KEY_ID),
            "rawId": websafe_encode(KEY_ID),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: websafe_encode(part) for name, part in sent.items()},
        }
    )


def test_a_key_of_an_unknown_kind_signs_nobody_in(client, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    zoe = make_user()
    sign_in(client, zoe)
    here = {"HTTP_HOST": "localhost"}
    question = client.get(ADD, **here).context["options"]["publicKey"]["challenge"]
    site = sha256(b"localhost")
    key = AttestedCredentialData.create(Aaguid.NONE, KEY_ID, UNKNOWN_KIND)
    made = AuthenticatorData.create(site, OWNER_UNLOCKED_IT | AuthenticatorData.FLAG.AT, 0, bytes(key))
    new = answer("webauthn.create", question, attestationObject=bytes(AttestationObject.create("none", made, {})))
    client.post(ADD, {"credential": new, "name": "Mon téléphone"}, **here)
    assert factors.has_factor(zoe)
    client.logout()
    question = client.get(KEY, **here).context["options"]["publicKey"]["challenge"]
    shown = answer(
        "webauthn.get",
        question,
        authenticatorData=bytes(AuthenticatorData.create(site, OWNER_UNLOCKED_IT, 1)),
        signature=b"signed",
        userHandle=str(zoe.pk).encode(),
    )
    assert NO_KEY in client.post(KEY, {"credential": shown}, **here).content.decode()
    assert "_auth_user_id" not in client.session
