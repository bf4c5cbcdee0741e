"""Pieces of page that are rendered once for all who ask."""

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

BRAND = '{% kept "core/ui/_brand.html" town=name portal="Espace familles" url="/" %}'


def brand(name):
    return Template(BRAND).render(Context({"name": name}))


def test_a_kept_piece_follows_its_values():
    assert "<b>Villejuif</b>" in brand("Villejuif")
    assert "<b>Vigneux</b>" in brand("Vigneux")


def test_a_text_that_was_safe_once_is_still_escaped_when_it_is_not():
    assert "<b><i>Ville</i></b>" in brand(SafeString("<i>Ville</i>"))
    assert "&lt;i&gt;" in brand("<i>Ville</i>")


def test_a_value_that_may_change_under_the_page_is_refused():
    with pytest.raises(TypeError):
        brand(["Villejuif"])
