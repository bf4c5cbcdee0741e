"""Run a command beside a PostgreSQL of its own: `python scripts/private_postgres.py [--forgetful] -- COMMAND …`.

The cluster is new, listens on a unix socket that only its owner may open, keeps its promises to the disk like a real
one, and is gone when the command ends, whatever the way. The command finds it in PREAU_DATABASE_URL. A forgetful one
promises nothing to the disk: for tests, which do not cut the power, but not for measures.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

OLDEST = 15
STARTS_WITHIN = 60.0  # seconds
OWNER = "preau"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "log_min_messages": "warning",
    # It would count as empty the tables that a test fills in its transaction, at a minute that no test chooses: the
    # same queries then take a hundred thousand times longer. What needs statistics asks for them (`VACUUM ANALYZE`).
    "autovacuum": "off",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """No PostgreSQL server, or one that is too old."""


def newest_binaries(root: Path = Path("/usr/lib/postgresql")) -> Path:
    """The folder of the newest server programs of at least version 15, as Debian lays them out."""
    versions = [int(path.parents[1].name) for path in root.glob("*/bin/initdb") if path.parents[1].name.isdigit()]
    newest = max(versions, default=0)
    if newest < OLDEST:
        raise PostgresMissing(f"PostgreSQL {OLDEST} ou plus récent est introuvable : apt-get install postgresql")
    return root / str(newest) / "bin"


def server_account() -> dict[str, Any]:
    """How to start the server's programs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def start(binaries: Path, folder: Path, *, forgetful: bool) -> subprocess.Popen[bytes]:
    """Make a cluster in `folder` and start its server; returns once it answers."""
    account = server_account()
    if account:
        shutil.chown(folder, account["user"], account["group"])
    common: dict[str, Any] = account | {"cwd": folder, "stdin": subprocess.DEVNULL}
    options = ["--pgdata=data", f"--username={OWNER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    options += ["--no-sync"] if forgetful else []
    subprocess.run([binaries / "initdb", *options], check=True, stdout=subprocess.DEVNULL, **common)
    chosen = SETTINGS | (FORGETFUL if forgetful else {}) | {"unix_socket_directories": str(folder)}
    settings = [f"--{name}={value}" for name, value in chosen.items()]
    with (folder / "log").open("wb") as log:
        # In a session of its own: Ctrl-C is for the command, the server stops after it.
        server = subprocess.Popen(
            [binaries / "postgres", "-D", "data", *settings], stdout=log, stderr=log, start_new_session=True, **common
        )
    try:
        wait_until_ready(binaries, folder, server)
        subprocess.run([binaries / "createdb", "-h", folder, "-U", OWNER, OWNER], check=True, **common)
    except BaseException:
        stop(server)
        raise
    return server


def wait_until_ready(binaries: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Return once the server accepts connections; raises RuntimeError with its log if it does not."""
    give_up = time.monotonic() + STARTS_WITHIN
    probe = [str(binaries / "pg_isready"), "--quiet", "-h", str(folder)]
    while subprocess.run(probe, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text(errors="replace"))
        time.sleep(0.05)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server at once and cleanly, whoever is still connected."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def cluster(*, forgetful: bool) -> Iterator[str]:
    """A private PostgreSQL, stopped and removed at the end; gives the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="preau-pg-"))
    try:
        server = start(newest_binaries(), folder, forgetful=forgetful)
        try:
            yield f"postgresql://{OWNER}@{quote(str(folder), safe='')}/{OWNER}"
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: Sequence[str], database_url: str) -> int:
    """Run `command` with the database in its environment; returns its exit code, the shell's way for a signal."""
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        if not children:
            early.append(number)
        elif number != signal.SIGINT:  # the terminal sends Ctrl-C to the command too: here it only has to be outlived
            children[0].send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    children.append(subprocess.Popen(command, env=os.environ | {"PREAU_DATABASE_URL": database_url}))
    for missed in early:
        children[0].send_signal(missed)
    code = children[0].wait()
    return code if code >= 0 else 128 - code


def give_up(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> int:
    forgetful = arguments[:1] == ["--forgetful"]
    marked = arguments[1:] if forgetful else arguments
    command = marked[1:]
    if marked[:1] != ["--"] or not command:
        print("usage: private_postgres.py [--forgetful] -- COMMAND …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, give_up)
    signal.signal(signal.SIGHUP, give_up)
    try:
        with cluster(forgetful=forgetful) as database_url:
            return run(command, database_url)
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
