"""The fingerprint of an invoice."""

import json

from hypothesis import given
from hypothesis import strategies as st

from preau.billing.rules.seals import SEALED, canonical, explanation, explanation_text, issued_seal, lines_seal
from preau.pricing.rules import Step

steps = st.lists(st.builds(Step, st.text(max_size=20), st.text(max_size=20)), max_size=5)
days = st.lists(st.dates().map(str), min_size=1, max_size=5)
share = st.sampled_from(["", "1/2", "2/3"])


@given(days, steps, share)
def test_the_fast_text_of_an_explanation_is_its_canonical_text(days: list[str], steps: list[Step], share: str) -> None:
    text = explanation_text(days, steps, share)
    assert text == canonical(explanation(days, steps, share))
    assert canonical(json.loads(text)) == text


def test_any_change_in_a_line_breaks_the_seal() -> None:
    line = ["k3v9", "Accueil du soir", 12, 455, 5460, 5460, 0, "{}"]
    seals = {lines_seal([line])} | {
        lines_seal([[*line[:place], "x", *line[place + 1 :]]]) for place in range(len(line))
    }
    assert len(seals) == len(line) + 1


def test_any_change_in_the_invoice_breaks_the_seal() -> None:
    invoice = {name: f"value of {name}" for name in SEALED}
    seals = {issued_seal(invoice)} | {issued_seal(invoice | {name: "x"}) for name in SEALED}
    assert len(seals) == len(SEALED) + 1
