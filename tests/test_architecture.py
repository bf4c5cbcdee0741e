"""The shape of the code, where the linters do not look: what an area says of itself, what an action promises."""

import ast
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AREAS = sorted(path.parent for path in (ROOT / "preau").glob("*/__init__.py"))
CODE = [
    path
    for path in (ROOT / "preau").rglob("*.py")
    if not {"migrations", "tests", "__pycache__"}.intersection(path.parts)
]


def modules(area: Path, name: str) -> list[Path]:
    """`name.py`, or the modules of the package of that name."""
    return [path for path in (area / f"{name}.py", *sorted((area / name).glob("*.py"))) if path.exists()]


def test_every_area_has_its_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "Areas only look down")
    placed = {area.strip("() ") for layer in layers for area in layer.split("|")}
    assert {area.name for area in AREAS} <= placed


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_says_what_it_is_for_and_what_it_is_not(area: Path) -> None:
    told = ast.get_docstring(ast.parse((area / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(told.splitlines()) >= 3, "a line for what it is for, then its words, then what it is not for"


def actions_of(path: Path) -> Iterator[ast.FunctionDef]:
    """The public functions of a module that act at an instant, or for somebody."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and {"by", "now"} & arguments(node):
            yield node


def arguments(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}


def test_actions_say_what_they_do_and_take_the_instant_by_name() -> None:
    wrong = []
    for path in chain.from_iterable(modules(area, "actions") for area in AREAS):
        for action in actions_of(path):
            if not ast.get_docstring(action):
                wrong.append(f"{path.relative_to(ROOT)}: {action.name} says nothing")
            if "now" in {argument.arg for argument in action.args.args}:
                wrong.append(f"{path.relative_to(ROOT)}: {action.name} takes « now » by its place")
    assert wrong == []


def test_rules_know_neither_the_clock_nor_the_database() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in chain.from_iterable(modules(area, "rules") for area in AREAS)
        for word in ("timezone.now", "datetime.now", "date.today", ".objects", "import settings")
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in CODE
        for word in ("TODO", "FIXME", "XXX", "NotImplementedError", "breakpoint(")
        if word in path.read_text(encoding="utf-8")
    ]
    assert left == []


def test_only_tests_build_with_the_builders() -> None:
    named = (ast.ImportFrom, ast.Import)
    wrong = []
    for path in CODE:
        if path.name == "testing.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, named):
                module = getattr(node, "module", "") or ""
                if module.startswith("preau.") and module.endswith(".testing"):
                    wrong.append(f"{path.relative_to(ROOT)}: {module}")
    assert wrong == []
