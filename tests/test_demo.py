"""`preau demo`, from nothing to a town that answers, and back to nothing running."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from preau.townfile.demonstration.running import PORTS
from preau.townfile.management.commands.demo import data_folder

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="the demonstration has its own SQLite database")


def demo(var: Path, port: int, *arguments: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PREAU"))}
    command = [sys.executable, "-m", "django", "demo", "--port", str(port), "--families", "10", *arguments]
    told = inherited | {"PREAU_VAR": str(var), "DJANGO_SETTINGS_MODULE": "preau.config.settings"}
    return subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def preau(var: Path, *arguments: str, **told: str) -> subprocess.CompletedProcess[str]:
    """The command, from the outside too."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PREAU"))}
    told |= {"PREAU_VAR": str(var), "DJANGO_SETTINGS_MODULE": "preau.config.settings"}
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.run(command, env=inherited | told, capture_output=True, text=True, timeout=60, check=False)


def code(var: Path, username: str) -> subprocess.CompletedProcess[str]:
    """`preau code`, which becomes the demonstration by itself."""
    return preau(var, "code", username)


def free_ports() -> int:
    """A port that is free, and the next two as well."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port


def test_one_command_opens_a_town_and_signals_in_a_row_close_it_whole(tmp_path: Path) -> None:
    port = free_ports()
    process = demo(tmp_path, port)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    assert f"http://localhost:{port}/" in said
    assert "Z-pinceau" in said
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=20) as page:
        welcome = page.read().decode()
    assert "Villejuif" in welcome
    assert "FranceConnect" in welcome
    with urllib.request.urlopen(f"http://localhost:{port + 2}/api/v2/.well-known/openid-configuration", timeout=20):
        pass
    assert "preau code s.benali" in said
    with urllib.request.urlopen(f"http://localhost:{port}/codes-des-agents/", timeout=20) as page:
        assert re.search(r"Samira Benali.*?>\d{6}<", page.read().decode(), re.DOTALL)
    assert re.fullmatch(r"\d{6}\n", code(tmp_path, "s.benali").stdout)
    assert "Connus : c.lemoine" in code(tmp_path, "z-pinceau").stderr
    busy = demo(tmp_path, port)
    assert f"{port} est déjà pris" in busy.communicate(timeout=60)[0]
    assert busy.returncode == 1
    for number in (signal.SIGINT, signal.SIGTERM) * 20:
        process.send_signal(number)
        time.sleep(0.0005)
    assert "elle reprendra" in process.communicate(timeout=60)[0]
    for freed in range(port, port + PORTS):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind(("127.0.0.1", freed))
    assert "Tout est juste" in preau(tmp_path, "verify", PREAU_DEMO="1").stdout
    # The second time the town is there already, and nothing is erased unless somebody says so.
    again = demo(tmp_path, port, "--no-serve").communicate(timeout=60)[0]
    assert "Création" not in again
    assert "--yes" in demo(tmp_path, port, "--no-serve", "--reset").communicate(timeout=60)[0]
    other = demo(tmp_path, port, "--no-serve", "--town", "villepreux").communicate(timeout=60)[0]
    assert "garde la démonstration de Villejuif" in other


def test_each_town_has_a_folder_of_its_own_unless_the_host_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREAU_VAR", raising=False)
    assert data_folder("villejuif") != data_folder("villepreux")
    assert data_folder("villepreux").endswith("/var/villepreux")
    monkeypatch.setenv("PREAU_VAR", "/srv/essai")
    assert data_folder("villejuif") == "/srv/essai"


def test_nothing_tells_the_codes_where_there_is_no_demonstration(tmp_path: Path) -> None:
    assert "Aucune démonstration ici" in code(tmp_path, "s.benali").stderr
