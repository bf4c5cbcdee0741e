"""Our client against the simulator, over real sockets: every bad day."""

import threading
import time
from typing import Any

import pytest
from django.test import override_settings

from preau.billing.payfip import soap
from preau.billing.payfip.client import Outcome, OutcomeStatus, PayFiPUnavailable, open_operation, outcome_of
from preau.billing.payfip.simulator import Outage, Simulator
from preau.billing.payfip.simulator.server import serve
from preau.billing.tests.payfip_client.given import REQUEST, opened


@pytest.mark.parametrize("outage", [Outage.CLOSED, Outage.TECHNICAL_FAULT, Outage.NONSENSE])
def test_an_outage_is_told_as_such(simulator: Simulator, outage: Outage) -> None:
    number = opened().number
    simulator.outage = outage
    with pytest.raises(PayFiPUnavailable):
        opened()
    with pytest.raises(PayFiPUnavailable):
        outcome_of(operation=number)
    simulator.outage = None
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING


def test_a_silent_service_is_given_up_in_time(simulator: Simulator) -> None:
    simulator.outage = Outage.SILENT
    began = time.monotonic()
    with pytest.raises(PayFiPUnavailable, match="HTTP error"):
        open_operation(**REQUEST, timeout=0.3)
    assert time.monotonic() - began < 3


def test_a_call_keeps_its_time_limit_when_another_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = soap._payfip().client.transport
    limits: list[float] = []
    monkeypatch.setattr(transport.session, "post", lambda *_, **options: limits.append(options["timeout"]))
    has_begun, other_has_begun = threading.Event(), threading.Event()

    def call() -> None:
        with transport.settings(timeout=5):
            has_begun.set()
            other_has_begun.wait(5)
            transport.post("", b"", {})

    thread = threading.Thread(target=call)
    thread.start()
    has_begun.wait(5)
    with transport.settings(timeout=60):
        other_has_begun.set()
        thread.join()
    assert limits == [5]


def test_a_closed_port_is_an_outage() -> None:
    with override_settings(PAYFIP_SERVICE_URL="http://127.0.0.1:9/"), pytest.raises(PayFiPUnavailable):
        opened()


def answering(fields: str) -> bytes:
    return (
        '<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        '<n:recupererDetailPaiementSecuriseResponse xmlns:n="http://securite.service.tpa.cp.finances.gouv.fr/services/'
        f'mas_securite/contrat_paiement_securise/PaiementSecuriseService">{fields}'
        "</n:recupererDetailPaiementSecuriseResponse></S:Body></S:Envelope>"
    ).encode()


def outcome_when_answered(body: bytes) -> Outcome:
    """What we make of an answer that the simulator would never give."""
    server = serve(Simulator(), "127.0.0.1", 0)

    def canned(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    server.set_app(canned)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with override_settings(PAYFIP_SERVICE_URL=f"http://127.0.0.1:{server.server_port}/"):
            return outcome_of(operation="x")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "<return/>",
        "<return><montant>18432</montant><resultrans>Q</resultrans></return>",
        "<return><montant>184,32</montant><resultrans>P</resultrans></return>",
        "<return><resultrans>P</resultrans></return>",
    ],
)
def test_an_unreadable_result_is_never_a_payment(fields: str) -> None:
    with pytest.raises(PayFiPUnavailable):
        outcome_when_answered(answering(fields))


@pytest.mark.parametrize(
    "fields",
    [
        "<return><nouveau>1</nouveau><montant>18432</montant><resultrans>P</resultrans></return>",
        "<return><montant>18432</montant><nouveau><a/></nouveau><resultrans>P</resultrans></return>",
        "<return><resultrans>P</resultrans><montant>18432</montant></return>",
    ],
)
def test_a_field_that_payfip_adds_or_moves_does_not_stop_payments(fields: str) -> None:
    outcome = outcome_when_answered(answering(fields))
    assert (outcome.status, outcome.amount, outcome.paid_at) == (OutcomeStatus.PAID, 18432, None)


def test_the_soap_client_is_built_once_and_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was used"))
    soap._payfip.cache_clear()
    assert soap._payfip().client.wsdl
    assert soap._payfip() is soap._payfip()
