"""`preau serve` says what is missing before it starts."""

import socket

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


def test_a_busy_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Le port {port} ne peut pas servir"):
            call_command("serve", port=port)


def test_a_portal_without_secret_key_is_not_served(settings: Settings) -> None:
    settings.SECRET_KEY = ""
    with pytest.raises(CommandError, match="PREAU_SECRET_KEY"):
        call_command("serve")
