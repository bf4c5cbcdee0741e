"""The simulator is faithful: its contract, its page used once and soon, its notifications and their bad days."""

import datetime as dt
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import zeep
from django.conf import settings

from preau.billing.payfip.client import OutcomeStatus, open_operation, outcome_of
from preau.billing.payfip.simulator import Behaviour, Fault, Outage, Result, Simulator
from preau.billing.payfip.simulator.operations import GOOD_DAY
from preau.billing.payfip.simulator.server import serve
from preau.billing.payfip.testing import simulated
from preau.core.money import Cents

NOON = dt.datetime(2026, 2, 3, 11, 20, 45, tzinfo=dt.UTC)


class Merchant:
    """The town's side: notes when notifications arrive and when the browser comes back."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._server = serve(Simulator(), "127.0.0.1", 0)
        self._server.set_app(self._answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def _answer(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        fields = parse_qs(body or environ["QUERY_STRING"])
        self.events.append((environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"], fields["idop"][0]))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    @property
    def notices(self) -> list[str]:
        return [number for what, number in self.events if what == "POST /notification/"]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    merchant = Merchant()
    yield merchant
    merchant.close()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with simulated(Simulator(clock=lambda: NOON)) as simulator:
        yield simulator


@pytest.fixture
def number(simulator: Simulator, merchant: Merchant) -> str:
    """An operation just created."""
    return create(merchant)


def create(merchant: Merchant, *, return_query: str = "") -> str:
    return open_operation(
        numcli="090909",
        exercice=2026,
        refdet="PERI2105A1",
        amount=Cents(18432),
        email="zoe@exemple.fr",
        label="Facture <PERI2105>",
        mode="T",
        notify_url=f"{merchant.url}/notification/",
        return_url=f"{merchant.url}/retour/{return_query}",
    ).number


def page(number: str) -> requests.Response:
    return requests.get(settings.PAYFIP_PAGE_URL, params={"idop": number}, timeout=5)


def choose(number: str, choice: str) -> requests.Response:
    return requests.post(
        settings.PAYFIP_PAGE_URL, data={"idop": number, "choix": choice}, timeout=5, allow_redirects=False
    )


# The contract


def test_a_strict_client_made_from_its_own_contract_works(simulator: Simulator, merchant: Merchant) -> None:
    soap = zeep.Client(f"{settings.PAYFIP_SERVICE_URL}?wsdl")
    fields = {
        "exer": "2026",
        "mel": "zoe@exemple.fr",
        "montant": "18432",
        "numcli": "090909",
        "objet": "Facture",
        "refdet": "PERI2105",
        "saisie": "T",
        "urlnotif": f"{merchant.url}/notification/",
        "urlredirect": f"{merchant.url}/retour/",
    }
    number = soap.service.creerPaiementSecurise(fields)
    simulator.decide(number, Result.DEBIT_ACCEPTED)
    detail = soap.service.recupererDetailPaiementSecurise({"idOp": number})
    assert (detail.resultrans, detail.dattrans, detail.heurtrans, detail.exer) == ("V", "03022026", "1220", "26")
    assert (detail.numauto, detail.montant, detail.idOp) == ("112233445566-tip", "18432", number)
    assert soap.service.recupererDetailClient({"numCli": "090909"}).numcli == "090909"


def test_a_fault_is_told_as_the_true_service_does(simulator: Simulator) -> None:
    soap = zeep.Client(f"{settings.PAYFIP_SERVICE_URL}?wsdl", settings=zeep.Settings(raw_response=True))
    answer = soap.service.recupererDetailPaiementSecurise({"idOp": "x"})
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "<faultstring>fr.gouv.finances.cp.tpa.webservice.exceptions.FonctionnelleErreur</faultstring>" in answer.text
    assert "<code>P1</code>" in answer.text


def test_the_number_is_only_known_under_its_exact_name(number: str) -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:recupererDetailPaiementSecurise'
        ' xmlns:p="http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/'
        'PaiementSecuriseService"><arg0><%s>%s</%s></arg0></p:recupererDetailPaiementSecurise></e:Body></e:Envelope>'
    )
    exact = requests.post(settings.PAYFIP_SERVICE_URL, data=body % ("idOp", number, "idOp"), timeout=5)
    lower = requests.post(settings.PAYFIP_SERVICE_URL, data=body % ("idop", number, "idop"), timeout=5)
    assert "<code>P5</code>" in exact.text
    assert "<code>P1</code>" in lower.text


@pytest.mark.parametrize("body", [b"", b"<a/>", b"not xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_what_is_not_a_request_is_a_protocol_fault(simulator: Simulator, body: bytes) -> None:
    answer = requests.post(settings.PAYFIP_SERVICE_URL, data=body, timeout=5)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "TechProtocolaireErreur" in answer.text


# The page


def test_the_page_says_what_is_paid_and_that_it_is_not_real(number: str) -> None:
    shown = page(number)
    assert shown.status_code == HTTPStatus.OK
    for words in ("Simulateur – aucun paiement réel", "184,32\u00a0€", "PERI2105A1", "zoe@exemple.fr"):
        assert words in shown.text
    choices = re.findall(r"<button[^>]*>([^<]*)</button>", shown.text)
    assert choices == [
        "Payer",
        "Payer puis fermer l’onglet",
        "Carte refusée",
        "Prélèvement accepté",
        "Prélèvement refusé",
        "Abandonner",
    ]


def test_the_page_lets_its_form_lead_to_the_merchant_and_nowhere_else(number: str, merchant: Merchant) -> None:
    policy = page(number).headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {merchant.url}"
    )


def test_what_the_merchant_sends_is_shown_as_text(simulator: Simulator, merchant: Merchant) -> None:
    fields = {"numcli": "090909", "exer": "2026", "refdet": "PERI2105", "montant": "100", "saisie": "T"}
    urls = {"urlnotif": merchant.url, "urlredirect": merchant.url, "objet": "<b>x</b>", "mel": "<b>@b.fr"}
    shown = page(simulator.create(fields | urls)).text
    assert "<b>" not in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown


def test_a_link_serves_once(number: str) -> None:
    assert page(number).ok
    again = page(number)
    assert again.status_code == HTTPStatus.BAD_REQUEST
    assert "Code P3" in again.text


def test_two_browsers_at_once_open_one_page(number: str) -> None:
    with ThreadPoolExecutor(8) as browsers:
        answers = list(browsers.map(lambda _: page(number).status_code, range(8)))
    assert answers.count(HTTPStatus.OK) == 1


def test_a_link_serves_for_fifteen_minutes(simulator: Simulator, merchant: Merchant) -> None:
    on_time, late = create(merchant), create(merchant)
    simulator.advance(dt.timedelta(minutes=15))
    assert page(on_time).ok
    simulator.advance(dt.timedelta(seconds=1))
    refused = page(late)
    assert refused.status_code == HTTPStatus.GONE
    assert "Code P4" in refused.text


def test_a_link_is_unknown_after_the_night(simulator: Simulator, number: str) -> None:
    simulator.advance(dt.timedelta(days=1))
    assert "Code P1" in page(number).text


@pytest.mark.parametrize("wrong", ["", "x", "0ba3e4b9-0000-4000-8000-000000000000", "é\x00", "a" * 5000])
def test_an_unknown_link_is_refused(simulator: Simulator, wrong: str) -> None:
    assert "Code P1" in page(wrong).text
    assert "Code P1" in choose(wrong, "P").text


def test_a_page_may_be_answered_long_after_it_was_opened(simulator: Simulator, number: str) -> None:
    page(number)
    simulator.advance(dt.timedelta(hours=1))
    assert choose(number, "P").status_code == HTTPStatus.SEE_OTHER
    assert outcome_of(operation=number).status == OutcomeStatus.PAID


def test_a_page_that_was_not_opened_cannot_be_answered(number: str) -> None:
    assert choose(number, "P").status_code == HTTPStatus.BAD_REQUEST
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING


@pytest.mark.parametrize("choice", ["", "Q", "p", "PP"])
def test_a_choice_that_is_not_offered_changes_nothing(number: str, choice: str) -> None:
    page(number)
    assert choose(number, choice).status_code == HTTPStatus.BAD_REQUEST
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING


@pytest.mark.parametrize("choice", list(Result))
def test_every_choice_is_recorded_told_and_sends_back(
    simulator: Simulator, number: str, merchant: Merchant, choice: str
) -> None:
    page(number)
    answer = choose(number, choice)
    simulator.wait_for_notices()
    assert answer.headers["Location"] == f"{merchant.url}/retour/?idop={number}"
    assert simulator.detail(number)["resultrans"] == choice
    assert merchant.notices == [number]


def test_the_way_back_keeps_what_was_in_its_address(simulator: Simulator, merchant: Merchant) -> None:
    number = create(merchant, return_query="?a=1")
    page(number)
    assert choose(number, "P").headers["Location"] == f"{merchant.url}/retour/?a=1&idop={number}"


def test_a_browser_that_is_closed_does_not_come_back(simulator: Simulator, number: str, merchant: Merchant) -> None:
    page(number)
    answer = choose(number, "fermer")
    simulator.wait_for_notices()
    assert answer.status_code == HTTPStatus.OK
    assert "Vous pouvez fermer cette page." in answer.text
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    assert merchant.notices == [number]


def test_the_first_choice_stays(simulator: Simulator, number: str, merchant: Merchant) -> None:
    page(number)
    first, second = choose(number, "P"), choose(number, "A")
    simulator.wait_for_notices()
    assert second.headers["Location"] == first.headers["Location"]
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    assert merchant.notices == [number]


# Notifications


def test_a_notification_may_be_lost(simulator: Simulator, number: str, merchant: Merchant) -> None:
    simulator.behaviour = Behaviour(notices=0)
    simulator.decide(number, Result.CARD_PAID)
    simulator.wait_for_notices()
    assert merchant.notices == []


def test_a_notification_may_be_doubled(simulator: Simulator, number: str, merchant: Merchant) -> None:
    simulator.behave(number, Behaviour(notices=2))
    simulator.decide(number, Result.CARD_PAID)
    simulator.wait_for_notices()
    assert merchant.notices == [number, number]


def test_a_notification_may_speak_of_another_operation(simulator: Simulator, number: str, merchant: Merchant) -> None:
    simulator.behave(number, Behaviour(notice_number="unknown"))
    simulator.decide(number, Result.CARD_PAID)
    simulator.wait_for_notices()
    assert merchant.notices == ["unknown"]


def test_a_late_notification_keeps_nobody_waiting(simulator: Simulator, number: str, merchant: Merchant) -> None:
    simulator.behave(number, Behaviour(notice_delay=0.5))
    page(number)
    choose(number, "P")
    assert merchant.notices == []
    simulator.wait_for_notices()
    assert merchant.notices == [number]


def test_a_notification_may_come_before_the_browser(simulator: Simulator, number: str, merchant: Merchant) -> None:
    back = simulator.decide(number, Result.CARD_PAID)
    simulator.wait_for_notices()
    requests.get(back, timeout=5)
    assert merchant.events == [("POST /notification/", number), ("GET /retour/", number)]


def test_a_notification_may_come_after_the_browser(simulator: Simulator, number: str, merchant: Merchant) -> None:
    simulator.behave(number, Behaviour(notice_after_return=True, notice_delay=0.3))
    page(number)
    requests.get(choose(number, "P").headers["Location"], timeout=5)
    deadline = time.monotonic() + 5
    while len(merchant.events) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert merchant.events == [("GET /retour/", number), ("POST /notification/", number)]


def test_a_merchant_that_is_down_loses_the_notification_only(simulator: Simulator, number: str) -> None:
    simulator._database.execute("UPDATE operation SET urlnotif = 'http://127.0.0.1:9/'")
    simulator.decide(number, Result.CARD_PAID)
    simulator.wait_for_notices()
    assert outcome_of(operation=number).status == OutcomeStatus.PAID


def test_the_page_goes_on_when_the_web_service_is_down(simulator: Simulator, number: str) -> None:
    simulator.outage = Outage.CLOSED
    assert page(number).ok
    assert choose(number, "P").status_code == HTTPStatus.SEE_OTHER
    simulator.outage = None
    assert outcome_of(operation=number).status == OutcomeStatus.PAID


# Its own life


def test_operations_survive_a_restart(tmp_path: Path, merchant: Merchant) -> None:
    with simulated(Simulator(tmp_path / "payfip.sqlite3")) as simulator:
        paid, pending = create(merchant), create(merchant)
        simulator.behaviour = Behaviour(notices=0)
        simulator.decide(paid, Result.CARD_PAID)
    with simulated(Simulator(tmp_path / "payfip.sqlite3")):
        assert outcome_of(operation=paid).status == OutcomeStatus.PAID
        assert outcome_of(operation=pending).status == OutcomeStatus.PENDING
        assert page(pending).ok


def test_each_simulator_has_its_own_operations(number: str) -> None:
    with pytest.raises(Fault, match="P1"):
        Simulator().detail(number)


def test_a_good_day_is_the_rule() -> None:
    assert Simulator().behaviour_of("x") == GOOD_DAY


def test_closing_does_not_wait_for_late_notifications(merchant: Merchant) -> None:
    began = time.monotonic()
    with simulated() as simulator:
        number = create(merchant)
        simulator.behave(number, Behaviour(notice_delay=60))
        simulator.decide(number, Result.CARD_PAID)
    assert time.monotonic() - began < 5
    assert merchant.notices == []


def test_it_runs_by_itself_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "preau.billing.payfip.simulator", "--port", "0", "--state", str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = re.findall(r"http://\S+", process.stdout.readline())
        assert requests.get(address[0] + "?wsdl", timeout=5).ok
        assert "Code P1" in requests.get(address[1], timeout=5).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert (tmp_path / "s").exists()
