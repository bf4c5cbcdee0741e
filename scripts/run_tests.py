"""What `make test` runs: the checks, then pytest on SQLite and on a private PostgreSQL. The last line counts all."""

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BUILD = Path("build")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "3", "--dist=worksteal", "--tb=short"]
PRIVATE_POSTGRES = [sys.executable, "scripts/private_postgres.py", "--forgetful", "--"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tests passed and failed; a broken run counts as one failure, so that it is never taken for a success."""

    passed: int
    failed: int

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def run(title: str, command: Sequence[str]) -> int:
    """Run a command under its title; returns its exit code."""
    print(f"\n── {title} ──", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    print(f"── {title} : {time.monotonic() - started:.0f} s ──", flush=True)
    return code


def read(report: Path, code: int) -> Tally:
    """The tally of pytest's report, and of the exit code that came with it."""
    if not report.exists():
        return Tally(0, 1)
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total = sum(int(suite.get("tests", 0)) for suite in suites)
    skipped = sum(int(suite.get("skipped", 0)) for suite in suites)
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    return Tally(total - skipped - failed, max(failed, int(code != 0)))


def pytest(title: str, name: str, *, before: Sequence[str] = (), options: Sequence[str] = ()) -> Tally:
    """Run pytest, `before` in front of it, and count from its report `build/<name>.xml`."""
    report = BUILD / f"{name}.xml"
    report.unlink(missing_ok=True)
    return read(report, run(title, [*before, *PYTEST, f"--junitxml={report}", *options]))


def main() -> int:
    BUILD.mkdir(exist_ok=True)
    unsound = run("Vérifications (make check)", ["make", "--no-print-directory", "check"]) != 0
    sqlite = pytest("Tests sur SQLite", "tests-sqlite")
    postgresql = pytest(
        "Tests sur PostgreSQL",
        "tests-postgresql",
        before=PRIVATE_POSTGRES,
        options=["-m", "not journey", "--database-only"],
    )
    total = Tally(sqlite.passed + postgresql.passed, sqlite.failed + postgresql.failed + int(unsound))
    print(f"\nVérifications : {'en défaut (compte pour un échec)' if unsound else 'rien à redire'}")
    print(f"SQLite : {sqlite}\nPostgreSQL : {postgresql}\n{total}", flush=True)
    return int(total.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
