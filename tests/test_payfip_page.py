"""The payment page of the simulator in a real browser."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Browser, expect

from preau.billing.payfip.client import OutcomeStatus, open_operation, outcome_of
from preau.billing.payfip.simulator import Behaviour, Simulator
from preau.billing.payfip.testing import simulated
from preau.core.money import Cents
from tests import browser as browsers
from tests.browser import Visitor

pytestmark = pytest.mark.journey


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def merchant() -> Iterator[str]:
    """The address of somebody else's site, that says « De retour » to all."""

    def answer(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b"<!doctype html><html lang=fr><title>Portail</title><h1>De retour</h1>"]

    server = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with simulated() as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator


@pytest.fixture(params=[390, 1280])
def payer(request: pytest.FixtureRequest, browser: Browser, simulator: Simulator, merchant: str) -> Iterator[Visitor]:
    """Someone on a payment page, on a phone, then on a computer. Their `address` is the page's."""
    operation = open_operation(
        numcli="090909",
        exercice=2026,
        refdet="PERI2105A1",
        amount=Cents(18432),
        email="zoe@exemple.fr",
        label="Facture PERI2105",
        mode="T",
        notify_url=f"{merchant}/notification/",
        return_url=f"{merchant}/retour/",
    )
    with browsers.visit(browser, operation.page_url, request.param) as payer:
        payer.goto("")
        yield payer


def status_of(payer: Visitor) -> OutcomeStatus:
    return outcome_of(operation=payer.address.rpartition("=")[2]).status


def test_the_page_suits_everyone(payer: Visitor) -> None:
    payer.look("payfip-simulateur")


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ("Payer", OutcomeStatus.PAID),
        ("Carte refusée", OutcomeStatus.REFUSED),
        ("Prélèvement accepté", OutcomeStatus.PAID),
        ("Prélèvement refusé", OutcomeStatus.REFUSED),
        ("Abandonner", OutcomeStatus.ABANDONED),
    ],
)
def test_every_button_brings_back_to_the_portal(payer: Visitor, merchant: str, button: str, status: str) -> None:
    payer.page.get_by_role("button", name=button, exact=True).click()
    expect(payer.page.get_by_role("heading", name="De retour")).to_be_visible()
    assert payer.page.url.startswith(f"{merchant}/retour/?idop=")
    assert status_of(payer) == status


def test_a_payer_may_close_the_tab(payer: Visitor) -> None:
    payer.page.get_by_role("button", name="Payer puis fermer l’onglet").click()
    expect(payer.page.get_by_text("Vous pouvez fermer cette page.")).to_be_visible()
    payer.look("payfip-simulateur-ferme")
    assert status_of(payer) == OutcomeStatus.PAID


def test_a_link_used_twice_says_so(payer: Visitor) -> None:
    payer.goto("", status=400)
    expect(payer.page.get_by_role("heading")).to_contain_text("déjà utilisé")
    payer.look("payfip-simulateur-deja-utilise")
