"""What the code says in French, sentence by sentence: a sign never begins a line, nor « ends one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_templates import BEFORE_A_SIGN

ROOT = Path(__file__).parents[1] / "preau"
OF_THE_HOST = (
    *("management", "simulator", "tests", "migrations", "testing.py", "invariants.py", "left_out.py", "incident.py"),
    *("health/master.py", "health/checks.py", "core/migrated.py", "activities/rules/parsing.py", "pricing/rules"),
)
"""Read in a terminal, or by nobody: a command that is copied from there must run."""


def modules() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        is_of_town_file = name.startswith("townfile/") and "demonstration" not in name
        if not is_of_town_file and not any(part in f"/{name}" for part in OF_THE_HOST):
            yield path


def sentences_of(source: str) -> Iterator[tuple[int, str]]:
    """Each text of a module with its line, docstrings apart; what is put in one stands as « } »."""
    tree = ast.parse(source)
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            told = (part.value if isinstance(part, ast.Constant) else "}" for part in node.values)
            yield node.lineno, "".join(map(str, told))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.lineno, node.value


def faults_of(source: str) -> list[tuple[int, str]]:
    return [(line, text) for line, text in sentences_of(source) if BEFORE_A_SIGN.search(text)]


def test_no_line_begins_with_the_sign_that_ends_the_one_above() -> None:
    found = {path.relative_to(ROOT).as_posix(): faults_of(path.read_text(encoding="utf-8")) for path in modules()}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) > 300


@pytest.mark.parametrize("source", ['a = "Pour qui ?"', 'f"{who} : fait"', 'f("« un mot")', 'f"« {one}\\u00a0»"'])
def test_a_plain_space_beside_a_sign_is_found(source: str) -> None:
    assert faults_of(source)


@pytest.mark.parametrize(
    "source", ['"""Pour qui ?"""', 'a = "Pour qui\\u00a0?"', 'f"{who}\\u00a0: fait"', "a = b[1 :]"]
)
def test_what_is_well_written_or_not_a_sentence_is_left_alone(source: str) -> None:
    assert faults_of(source) == []
