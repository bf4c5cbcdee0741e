"""Our client against the simulator, over real sockets: every request, every refusal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.payfip import client, soap
from preau.billing.payfip.client import PayFiPRefused, accepts_mail, outcome_of
from preau.billing.payfip.simulator import Result, Simulator
from preau.billing.payfip.simulator.operations import Client
from preau.billing.payfip.testing import simulated
from preau.billing.tests.payfip_client.given import REQUEST, opened
from preau.core.money import Cents


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
