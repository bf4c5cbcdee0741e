"""The settings of an instance: each is documented, and a town that follows the guide runs a sound one."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from preau.health.master import ensure_file

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs/installer.md"
PRODUCTION = {
    "PREAU_SECRET_KEY": "aB3" * 20 + "dEf-ghi_jkl",
    "PREAU_PUBLIC_URL": "https://familles.exemple.fr",
    "PREAU_ALLOWED_HOSTS": "familles.exemple.fr",
    "PREAU_BEHIND_PROXY": "oui",
}


def variables_read(source: str) -> Iterator[str]:
    """The variables that a module reads: by the helper, or straight from the environment."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("environment"), attr="text" | "flag" | "words"),
                args=[ast.Constant(str(name)), *_],
            ):
                yield f"PREAU_{name}"
            case ast.Constant(str(name)) if re.fullmatch(r"PREAU_[A-Z0-9_]+", name):
                yield name


def deployment_check(**changes: str) -> subprocess.CompletedProcess[str]:
    """`preau check --deploy` as an administrator would run it; the key of health data is in the folder of the data."""
    key_file = Path(changes["PREAU_VAR"]) / "sante.cle"
    ensure_file(key_file)
    changes = {"PREAU_HEALTH_KEY_FILE": str(key_file)} | changes
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PREAU_", "PYTEST_"))
    }
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from preau.config.cli import main; main()",
            "check",
            "--deploy",
            "--fail-level=WARNING",
        ],
        cwd=ROOT,
        env=inherited | PRODUCTION | changes,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_read_is_in_the_guide_and_every_variable_of_the_guide_is_read() -> None:
    sources = (path for path in (ROOT / "preau").rglob("*.py") if "tests" not in path.parts)
    read = {name for path in sources for name in variables_read(path.read_text())}
    assert sorted(read) == sorted(re.findall(r"^\| `(PREAU_\w+)` \|", GUIDE.read_text(), re.MULTILINE))


def test_the_guide_installs_the_command_that_it_uses_before_its_first_use() -> None:
    guide = GUIDE.read_text()
    first_use = re.search(r"^preau ", guide, re.MULTILINE)
    assert first_use
    assert "cat > /usr/local/bin/preau" in guide[: first_use.start()]
    assert "/opt/preau/ma-commune" not in guide


def test_production_settings_have_nothing_to_reproach(tmp_path: Path) -> None:
    done = deployment_check(PREAU_VAR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "System check identified no issues" in done.stdout


def test_a_weak_secret_is_noticed(tmp_path: Path) -> None:
    assert "security.W009" in deployment_check(PREAU_VAR=str(tmp_path), PREAU_SECRET_KEY="secret").stderr


def test_an_address_without_https_is_noticed(tmp_path: Path) -> None:
    assert "security.W004" in deployment_check(PREAU_VAR=str(tmp_path), PREAU_PUBLIC_URL="http://exemple.fr").stderr


def test_no_secret_no_start(tmp_path: Path) -> None:
    done = deployment_check(PREAU_VAR=str(tmp_path), PREAU_SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_no_key_of_health_data_is_noticed(tmp_path: Path) -> None:
    done = deployment_check(PREAU_VAR=str(tmp_path), PREAU_HEALTH_KEY_FILE="")
    assert done.returncode != 0
    assert "health new-key" in done.stderr


def test_a_key_that_others_may_read_is_noticed(tmp_path: Path) -> None:
    ensure_file(tmp_path / "open.cle")
    (tmp_path / "open.cle").chmod(0o444)
    done = deployment_check(PREAU_VAR=str(tmp_path), PREAU_HEALTH_KEY_FILE=str(tmp_path / "open.cle"))
    assert "chmod 400" in done.stderr
