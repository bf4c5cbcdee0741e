"""The colour of a town: legible everywhere, or refused with the reason and a darker one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.core import colours

colour_codes = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("accent", ["#0b6a5a", "#1d4f91", "#8a2b5b", "#7c3a12", "#5b3a9e", "#5e4b00", "#3d3d3d"])
def test_the_colours_of_the_design_pass(accent):
    assert colours.faults(accent) == []


@pytest.mark.parametrize("accent", ["#ffffff", "#ffcf4a", "#8fcf9f", "#4aa3ff", "#999999"])
def test_a_light_colour_is_refused_with_its_contrast(accent):
    assert any("Le blanc des boutons sur la couleur\u00a0: contraste" in fault for fault in colours.faults(accent))


def test_a_contrast_just_under_the_limit_does_not_read_as_the_limit():
    assert colours.figure(4.49) == "4,4"


@pytest.mark.parametrize("accent", ["#b3162c", "#a8121f"])
def test_a_red_that_reads_as_an_error_is_refused(accent):
    assert colours.faults(accent) == [
        "Couleur trop proche du rouge des erreurs\u00a0: choisissez plus violet, plus brun ou plus sombre."
    ]


@pytest.mark.parametrize("text", ["rouge", "", "#12345", "#12345g", "#1234567", "var(--x)"])
def test_what_is_no_colour_is_refused(text):
    assert colours.faults(text) == ["Écrivez la couleur avec un dièse et six signes, par exemple #1d4f91."]
    with pytest.raises(ValueError):
        colours.derived(text)


@given(colour_codes)
def test_there_is_always_a_darker_colour_that_passes(accent):
    proposal = colours.darker(accent)
    assert colours.faults(proposal) == []
    assert colours.luminance(colours.rgb(proposal)) <= colours.luminance(colours.rgb(accent)) + 0.005


def test_a_red_town_is_offered_a_colour_next_to_its_red_rather_than_black():
    lightness, a, b = colours.oklab(colours.rgb(colours.darker("#e2001a")))
    assert lightness > 0.5
    assert abs(a) + abs(b) > 0.15


@given(colour_codes)
def test_a_colour_that_passes_is_kept(accent):
    if not colours.faults(accent):
        assert colours.darker(accent) == accent


@given(colour_codes)
def test_the_darker_colour_has_the_contrasts_of_the_law(accent):
    proposal, tokens = colours.rgb(colours.darker(accent)), colours.tokens()
    for back in ("papier", "gris-fond", "soleil-doux", "hachures"):
        assert colours.contrast(proposal, tokens[back]) >= 4.5


@given(colour_codes)
def test_derived_shades_are_colours_and_the_text_reads_on_them(accent):
    shades = colours.derived(accent)
    ink = colours.tokens()["encre"]
    assert colours.contrast(ink, colours.rgb(shades.accent_doux)) >= colours.TEXT
    assert colours.contrast(ink, colours.rgb(shades.voile)) >= colours.TEXT


@given(colour_codes)
def test_oklab_and_back_is_the_same_colour(accent):
    assert colours.hexadecimal(colours.from_oklab(*colours.oklab(colours.rgb(accent)))) == accent


def test_black_on_white_is_twenty_one():
    assert colours.contrast(colours.BLACK, colours.WHITE) == pytest.approx(21)


STATES = ("vert", "ambre", "rouge", "bleu", "lilas", "gris")


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *(("encre", back, 4.5) for back in ("papier", "gris-fond", "soleil", "soleil-doux", "bleu-fond", "ambre-fond")),
        *(("encre-2", back, 4.5) for back in ("papier", "gris-fond", "soleil-doux", "hachures")),
        *((state, f"{state}-fond", 4.5) for state in STATES),
        *((state, "papier", 4.5) for state in STATES),
        ("trait-champ", "papier", 3),
        ("soleil", "encre", 3),
    ],
)
def test_the_colours_that_no_town_changes_are_legible(front, back, least):
    tokens = colours.tokens()
    assert colours.contrast(tokens[front], tokens[back]) >= least
