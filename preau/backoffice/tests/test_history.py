"""Whatever the code writes in the journal about a family has its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import preau
from preau.backoffice.queries.history import KINDS

ROOT = Path(preau.__file__).parent
RECORDERS = {"record", "record_each"}
ACTION = re.compile(r"[a-z]+\.[a-z_]*")


def recordings() -> Iterator[tuple[Path, ast.Call]]:
    """Each call that writes the journal about a family."""
    for path in sorted(ROOT.rglob("*.py")):
        if "tests" in path.parts or path.parent.name == "journal":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and name_of(node.func) in RECORDERS:
                words = {keyword.arg for keyword in node.keywords}
                if words & {"family", "about"}:
                    yield path, node


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def actions_of(call: ast.Call) -> set[str]:
    """The actions that a call may write: whole, or the beginning of those that it makes up."""
    texts = [node.value for node in ast.walk(call.args[1]) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text)}


def test_every_action_about_a_family_has_its_sentence() -> None:
    found = {action: path.relative_to(ROOT) for path, call in recordings() for action in actions_of(call)}
    assert len(found) > 10
    untold = {
        action: str(path)
        for action, path in found.items()
        if action not in KINDS and not (action.endswith((".", "_")) and any(kind.startswith(action) for kind in KINDS))
    }
    assert not untold, f"say in preau/backoffice/queries/history.py how these are told: {untold}"


def test_no_call_hides_its_action_from_this_test() -> None:
    assert [path for path, call in recordings() if not actions_of(call)] == []
