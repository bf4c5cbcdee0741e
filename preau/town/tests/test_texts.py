"""What a text of the town is made of."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from preau.town.models import Text
from preau.town.rules import blocks
from preau.town.testing import make_text

TEXT = """## Éditeur
Commune de Villejuif,
esplanade Pierre-Yves-Cosnier.

Téléphone : 01 45 59 20 00.
## Vos droits

- consulter vos données,
  toutes ;
- les corriger.
"""


def test_a_text_has_titles_paragraphs_and_lists():
    assert [(block.kind, block.lines) for block in blocks(TEXT)] == [
        ("title", ("Éditeur",)),
        ("paragraph", ("Commune de Villejuif,", "esplanade Pierre-Yves-Cosnier.")),
        ("paragraph", ("Téléphone\u00a0: 01 45 59 20 00.",)),
        ("title", ("Vos droits",)),
        ("list", ("consulter vos données, toutes\u00a0;", "les corriger.")),
    ]


def test_a_list_may_follow_its_sentence_without_a_blank_line():
    assert [(block.kind, block.lines) for block in blocks("Vous pouvez :\n- lire ;\n- écrire.\n\nMerci.")] == [
        ("paragraph", ("Vous pouvez\u00a0:",)),
        ("list", ("lire\u00a0;", "écrire.")),
        ("paragraph", ("Merci.",)),
    ]


def test_the_spaces_that_french_asks_for_do_not_break():
    assert blocks("« Oui », dit-elle : 12 € !")[0].lines == ("«\u00a0Oui\u00a0», dit-elle\u00a0: 12\u00a0€\u00a0!",)


def test_an_empty_text_has_no_block():
    assert blocks(" \n\n ") == []


@given(st.text(st.sampled_from("ab #-\n\r\t")))
def test_no_word_of_a_text_is_lost(body):
    shown = " ".join(line for block in blocks(body) for line in block.lines)
    assert [sign for sign in shown if sign in "ab"] == [sign for sign in body if sign in "ab"]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["title", "body", "changes", "sha256", "published_by"])
def test_the_database_refuses_that_a_published_text_changes(field):
    text = make_text("terms")
    with pytest.raises(IntegrityError, match="a published text never changes"), transaction.atomic():
        Text.objects.filter(pk=text.pk).update(**{field: "autre"})
    text.refresh_from_db()
    assert getattr(text, field) != "autre"
