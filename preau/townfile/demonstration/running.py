"""The processes of a demonstration: portal, worker and its two partners, started and stopped together."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 15.0
LAST_LINES = 20
PORTS = 3
"""The portal's, then those of the payment site and of FranceConnect."""

FRANCECONNECT_CLIENT, FRANCECONNECT_SECRET = "demonstration", "demonstration-de-preau"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ProcessStopped(Exception):
    """A process ended by itself; the message tells which, with its last words."""


def environment_of(port: int, var: str) -> dict[str, str]:
    """What every process of the demonstration is told: what it is, its data, and where its two partners answer."""
    payment_site = f"http://localhost:{port + 1}/tpa"
    return {
        "PREAU_DEMO": "1",
        "PREAU_VAR": var,
        "PREAU_PUBLIC_URL": f"http://localhost:{port}",
        "PREAU_PAYFIP_SERVICE_URL": f"{payment_site}/services/securite",
        "PREAU_PAYFIP_PAGE_URL": f"{payment_site}/paiementws.web",
        "PREAU_FRANCECONNECT_URL": f"http://localhost:{port + 2}/api/v2",
        "PREAU_FRANCECONNECT_CLIENT_ID": FRANCECONNECT_CLIENT,
        "PREAU_FRANCECONNECT_CLIENT_SECRET": FRANCECONNECT_SECRET,
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
    }


def commands(port: int, var: Path) -> dict[str, list[str]]:
    """What to run, by its name for people."""
    django = [sys.executable, "-m", "django"]
    payfip = [sys.executable, "-m", "preau.billing.payfip.simulator", "--port", str(port + 1)]
    franceconnect = [sys.executable, "-m", "preau.accounts.franceconnect.simulator", "--port", str(port + 2)]
    client = ["--client-id", FRANCECONNECT_CLIENT, "--client-secret", FRANCECONNECT_SECRET]
    return {
        "le site de paiement": [*payfip, "--state", str(var / "payfip.sqlite3")],
        "FranceConnect": [*franceconnect, "--portal", f"http://localhost:{port}", *client],
        "l’ouvrier": [*django, "worker"],
        "le portail": [*django, "serve", "--port", str(port)],
    }


@contextmanager
def running(port: int, var: Path) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """All processes, stopped at the end whatever happens. What they say goes to `demo.log`."""
    environment = os.environ | environment_of(port, str(var))
    with ExitStack() as stack:
        log = stack.enter_context((var / "demo.log").open("wb"))
        started: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(_stop, started)
        for name, command in commands(port, var).items():
            # In a session of its own: Ctrl-C is for the command, which stops its processes in order.
            started[name] = subprocess.Popen(  # noqa: S603 (our own commands)
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        yield started


def wait_until_open(started: Mapping[str, subprocess.Popen[bytes]], port: int, var: Path) -> None:
    """Return once the portal answers. Raises ProcessStopped."""
    give_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < give_up:
        _raise_if_stopped(started, var)
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise ProcessStopped(f"Le portail ne répond pas. {_last_words(var)}")


def watch(started: Mapping[str, subprocess.Popen[bytes]], var: Path) -> NoReturn:
    """Stay until somebody stops the command (KeyboardInterrupt). Raises ProcessStopped."""
    while True:
        _raise_if_stopped(started, var)
        time.sleep(0.5)


def interrupt_on_stop() -> None:
    """Being terminated or left by the terminal ends the command as Ctrl-C does. A second signal does not cut the
    ending, which would leave processes behind."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)


def _ignore_signals() -> None:
    """By a handler: Python tells of a signal that comes while it is being set to SIG_IGN."""
    for number in STOPPING:
        signal.signal(number, lambda *_: None)


def _raise_if_stopped(started: Mapping[str, subprocess.Popen[bytes]], var: Path) -> None:
    for name, process in started.items():
        if process.poll() is not None:
            raise ProcessStopped(f"{name.capitalize()} s’est arrêté. {_last_words(var)}")


def _last_words(var: Path) -> str:
    lines = (var / "demo.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(["Dernières lignes du journal :", *lines[-LAST_LINES:]])


def _stop(started: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, then insist."""
    _ignore_signals()
    running_still: Sequence[subprocess.Popen[bytes]] = [one for one in started.values() if one.poll() is None]
    for process in running_still:
        process.terminate()
    give_up = time.monotonic() + STOPS_WITHIN
    for process in running_still:
        try:
            process.wait(timeout=max(0.1, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
