"""The line of each key, whatever the shape of the text."""

import tomllib
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from preau.townfile.lines import Path, line_index

KEYS = st.one_of(
    st.from_regex(r"[a-z0-9_-]{1,6}", fullmatch=True),
    st.text(alphabet="aé .\"'\\#=[]{}", min_size=1, max_size=5),
)
TEXTS = st.text(alphabet="aé \"'\\#=[]{},\n", max_size=12)
SCALARS = st.one_of(TEXTS, st.integers(-9, 9), st.booleans(), st.dates(), st.times())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)
TREES = st.dictionaries(KEYS, VALUES, max_size=5)


def paths(tree: Any, path: Path = ()) -> list[Path]:
    found = []
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        found += [(*path, key), *paths(value, (*path, key))]
    return found


@given(tree=TREES, multiline=st.booleans())
def test_every_table_key_and_item_has_a_line(tree: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(tree, multiline_strings=multiline)
    assert set(paths(tomllib.loads(text))) <= set(line_index(text))


@given(trees=st.lists(TREES, min_size=2, max_size=4))
def test_a_key_is_on_the_line_where_it_is_written(trees: list[dict[str, Any]]) -> None:
    """Each tree is a table between two marks; the marks tell the lines between which its keys must be."""
    text, bounds = "", {}
    for place, tree in enumerate(trees):
        start = text.count("\n") + 1
        text += tomli_w.dumps({f"table{place}": {"mark": 0, **tree}})
        bounds[f"table{place}"] = (start, text.count("\n") + 1)
    for path, line in line_index(text).items():
        first, last = bounds[str(path[0])]
        assert first <= line <= last


def test_each_kind_of_writing_gives_the_line_of_its_key() -> None:
    text = (
        "# a comment\r\n"
        "first = 1\r\n"
        "\r\n"
        '[services."vie scolaire"]\r\n'
        "a.b = [ # not [ here\r\n"
        '  "x]y",\r\n'
        "  { deep = 1 },\r\n"
        "]\r\n"
        'text = """\r\n'
        "[not.a.table]\r\n"
        'key = 1"""""\r\n'
        "after = '# no'\r\n"
        "[[list]]\r\n"
        "[list.inner]\r\n"
        "[[list]]\r\n"
        "last = 07:30:00\r\n"
    )
    index = line_index(text)
    assert index["first",] == 2
    assert index["services", "vie scolaire"] == 4
    assert index["services", "vie scolaire", "a", "b"] == 5
    assert index["services", "vie scolaire", "a", "b", 0] == 6
    assert index["services", "vie scolaire", "a", "b", 1, "deep"] == 7
    assert index["services", "vie scolaire", "text"] == 9
    assert index["services", "vie scolaire", "after"] == 12
    assert index["list", 0, "inner"] == 14
    assert index["list", 1, "last"] == 16
    assert ("not",) not in index
