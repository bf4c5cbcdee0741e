"""Our client against the simulator, over real sockets: every outcome, every refusal, every bad day."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.payfip import client, soap
from preau.billing.payfip.client import (
    Means,
    Operation,
    Outcome,
    OutcomeStatus,
    PayFiPRefused,
    PayFiPUnavailable,
    accepts_mail,
    open_operation,
    outcome_of,
)
from preau.billing.payfip.simulator import Behaviour, Outage, Result, Simulator
from preau.billing.payfip.simulator.operations import Client
from preau.billing.payfip.simulator.server import serve
from preau.billing.payfip.testing import simulated
from preau.core.money import Cents

NOON = dt.datetime(2026, 2, 3, 11, 20, 45, tzinfo=dt.UTC)  # 12:20 in Paris
REQUEST: dict[str, Any] = {
    "numcli": "090909",
    "exercice": 2026,
    "refdet": "PERI2105A1",
    "amount": Cents(18432),
    "email": "zoe@exemple.fr",
    "label": "Facture PERI2105",
    "mode": "T",
    "notify_url": "http://127.0.0.1:9/notification/",
    "return_url": "http://127.0.0.1:9/retour/",
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with simulated(Simulator(clock=lambda: NOON)) as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator


def opened(**changes: Any) -> Operation:
    return open_operation(**REQUEST | changes)


# Opening


def test_an_operation_has_a_number_and_a_page(simulator: Simulator) -> None:
    operation = opened()
    assert len(operation.number) == 36
    assert operation.page_url.endswith(f"/tpa/paiementws.web?idop={operation.number}")


def test_payfip_is_told_what_was_asked(simulator: Simulator) -> None:
    number = opened(label="Facture n° 12 – Œuf, cœur d'artichaut & goûter de l’été").number
    row = simulator.open_page(number)
    assert {name: row[name] for name in ("numcli", "exer", "refdet", "montant", "mel", "objet", "saisie")} == {
        "numcli": "090909",
        "exer": "2026",
        "refdet": "PERI2105A1",
        "montant": "18432",
        "mel": "zoe@exemple.fr",
        "objet": "Facture n 12 OEuf coeur d artichaut gouter de l ete",
        "saisie": "T",
    }
    assert row["urlnotif"] == REQUEST["notify_url"]
    assert row["urlredirect"] == REQUEST["return_url"]


@given(st.text())
def test_any_label_becomes_one_that_payfip_prints(label: str) -> None:
    clean = client._clean_label(label)
    assert len(clean) <= 100
    assert clean == clean.strip()
    assert all(letter.isascii() and (letter.isalnum() or letter == " ") for letter in clean)


@pytest.mark.parametrize("amount", [100, 101, 9_999_999])
def test_amounts_arrive_to_the_cent(simulator: Simulator, amount: int) -> None:
    number = opened(amount=Cents(amount)).number
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).amount == amount


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 99},
        {"amount": 0},
        {"amount": -18432},
        {"amount": 10_000_000},
        {"amount": 184.32},
        {"amount": "18432"[:2]},
        {"amount": True},
        {"refdet": "PERI1"},
        {"refdet": "2026-00001"},
        {"refdet": "A" * 31},
        {"refdet": "PÉRI2105"},
        {"refdet": "PERI2105\n"},
        {"label": ""},
        {"label": " – "},
        {"email": ""},
        {"email": "a@b"},
        {"email": "zoe"},
        {"email": "z" * 64 + "@" + "exemple." * 3 + "fr"},
        {"email": "zoé@exemple.fr"},
        {"numcli": "12345"},
        {"numcli": "1234567"},
        {"numcli": "12345a"},
        {"numcli": "１２３４５６"},
        {"mode": "A"},
        {"mode": "t"},
        {"mode": ""},
        {"exercice": 26},
        {"exercice": 20260},
        {"notify_url": "/notification/"},
        {"notify_url": "ftp://exemple.fr/"},
        {"notify_url": "https://exemple.fr/" + "a" * 232},
        {"return_url": ""},
        {"return_url": "https://exemple.fr/retour\r\nX: y"},
        {"return_url": "https://exemple.fr/ retour"},
    ],
)
def test_what_payfip_would_refuse_or_repair_is_never_sent(simulator: Simulator, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="PayFiP would not take this"):
        opened(**wrong)
    assert simulator._database.execute("SELECT count(*) FROM operation").fetchone()[0] == 0


def test_an_address_of_250_signs_is_taken(simulator: Simulator) -> None:
    assert opened(return_url="https://exemple.fr/" + "a" * 231)


@pytest.mark.parametrize(
    ("email", "is_accepted"),
    [("zoe@exemple.fr", True), ("a@b.fr", True), ("a@b", False), ("é@exemple.fr", False), ("zoe@exemple", False)],
)
def test_a_form_can_ask_whether_payfip_takes_an_address(email: str, is_accepted: bool) -> None:
    assert accepts_mail(email) is is_accepted


@pytest.mark.parametrize(("numcli", "code"), [("000001", "T2"), ("000002", "T4")])
def test_a_refusal_bears_the_code_of_payfip(numcli: str, code: str) -> None:
    clients = {"000002": Client("Régie", has_secure_access=False)}
    with simulated(Simulator(clients=clients)), pytest.raises(PayFiPRefused) as refused:
        opened(numcli=numcli)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("numcli", "12", "T1"),
        ("saisie", "A", "S1"),
        ("montant", "1,50", "M1"),
        ("montant", "99", "M3"),
        ("montant", "10000000", "M5"),
        ("mel", "", "A1"),
        ("mel", "zoe", "A2"),
        ("urlnotif", "", "N1"),
        ("urlredirect", "retour", "D1"),
        ("refdet", "2026-001", "R3"),
    ],
)
def test_every_fault_of_the_service_is_understood(simulator: Simulator, field: str, value: str, code: str) -> None:
    # Under our own checks, straight to the wire.
    fields = {
        "numcli": "090909",
        "exer": "2026",
        "refdet": "PERI2105",
        "montant": "18432",
        "mel": "zoe@exemple.fr",
        "objet": "Facture",
        "saisie": "T",
        "urlnotif": "http://127.0.0.1/",
        "urlredirect": "http://127.0.0.1/",
    }
    with pytest.raises(soap.FunctionalFault) as fault:
        soap.create(fields | {field: value}, timeout=5)
    assert fault.value.code == code


# Outcomes


@pytest.mark.parametrize(
    ("result", "status", "means"),
    [
        (Result.CARD_PAID, OutcomeStatus.PAID, Means.CARD),
        (Result.DEBIT_ACCEPTED, OutcomeStatus.PAID, Means.DEBIT),
        (Result.CARD_REFUSED, OutcomeStatus.REFUSED, Means.CARD),
        (Result.DEBIT_REFUSED, OutcomeStatus.REFUSED, Means.DEBIT),
        (Result.ABANDONED, OutcomeStatus.ABANDONED, None),
    ],
)
def test_a_result_is_seen_at_once(
    simulator: Simulator, result: Result, status: OutcomeStatus, means: Means | None
) -> None:
    number = opened().number
    simulator.decide(number, result)
    outcome = outcome_of(operation=number)
    assert (outcome.status, outcome.means) == (status, means)


def test_a_payment_comes_back_with_all_that_must_be_compared(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    outcome = outcome_of(operation=number)
    assert (outcome.refdet, outcome.amount, outcome.numcli, outcome.mode) == ("PERI2105A1", 18432, "090909", "T")
    assert len(outcome.authorisation) == 6


def test_a_payment_bears_its_minute_in_paris(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    paid_at = outcome_of(operation=number).paid_at
    assert paid_at == NOON.replace(second=0)
    assert paid_at.isoformat() == "2026-02-03T12:20:00+01:00"


@pytest.mark.parametrize(
    ("day", "hour", "read"),
    [
        ("28032026", "2330", "2026-03-28T23:30:00+01:00"),
        ("29032026", "0330", "2026-03-29T03:30:00+02:00"),
        ("25102026", "0330", "2026-10-25T03:30:00+01:00"),
    ],
)
def test_the_minute_is_right_on_both_clock_changes(day: str, hour: str, read: str) -> None:
    paid_at = client._instant(day, hour)
    assert paid_at is not None
    assert paid_at.isoformat() == read


@pytest.mark.parametrize(("day", "hour"), [("", ""), ("28032026", ""), ("31022026", "1200"), ("2803202", "61200")])
def test_a_senseless_date_is_no_date(day: str, hour: str) -> None:
    assert client._instant(day, hour) is None


def test_nothing_is_known_before_the_page_is_used(simulator: Simulator) -> None:
    number = opened().number
    assert outcome_of(operation=number) == Outcome(OutcomeStatus.PENDING)
    simulator.open_page(number)
    assert outcome_of(operation=number) == Outcome(OutcomeStatus.PENDING)


def test_an_operation_whose_page_was_never_shown_is_forgotten_in_the_night(simulator: Simulator) -> None:
    number = opened().number
    simulator.advance(dt.timedelta(hours=14, minutes=39))  # 2:59
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING
    simulator.advance(dt.timedelta(minutes=1))
    assert outcome_of(operation=number).status == OutcomeStatus.EXPIRED


def test_an_unknown_operation_is_expired(simulator: Simulator) -> None:
    assert outcome_of(operation="0ba3e4b9-0000-4000-8000-000000000000").status == OutcomeStatus.EXPIRED


@pytest.mark.parametrize("days", [1, 6, 364])
def test_an_operation_whose_page_was_shown_may_be_paid_days_later(simulator: Simulator, days: int) -> None:
    number = opened().number
    simulator.open_page(number)
    simulator.advance(dt.timedelta(days=days))
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).status == OutcomeStatus.PAID


def test_a_result_stays_readable_for_a_year(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    simulator.advance(dt.timedelta(days=364))
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    simulator.advance(dt.timedelta(days=2))
    assert outcome_of(operation=number).status == OutcomeStatus.EXPIRED


def test_a_tampered_amount_is_handed_to_the_caller(simulator: Simulator) -> None:
    number = opened().number
    simulator.behave(number, Behaviour(amount=100, notices=0))
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).amount == 100


@pytest.mark.parametrize("is_short", [True, False])
def test_the_year_may_come_back_short(simulator: Simulator, is_short: bool) -> None:
    number = opened().number
    simulator.behave(number, Behaviour(short_year=is_short, notices=0))
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    assert simulator.detail(number)["exer"] == ("26" if is_short else "2026")


# Bad days


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
