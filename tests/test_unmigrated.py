"""On a database that lacks a migration, every command says what to run, and does nothing."""

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

AGENT = ("agent", "r.roux", "r.roux@exemple.fr", "--prenom=Rémi", "--nom=Roux", "--role=regisseur")


@pytest.fixture
def unmigrated(db: None) -> None:
    MigrationRecorder.Migration.objects.filter(app="journal").delete()


@pytest.mark.usefixtures("unmigrated")
@pytest.mark.parametrize(
    "command", [("verify",), ("worker", "--once"), ("worker",), ("serve", "--port=0"), AGENT, ("town", "export")]
)
def test_the_command_to_run_first_is_told(command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="lancez d’abord preau migrate"):
        call_command(*command)


@pytest.mark.usefixtures("unmigrated")
def test_the_page_of_maintenance_is_served_all_the_same(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAINTENANCE, settings.DEBUG = True, True
    served: list[object] = []
    monkeypatch.setattr("granian.Granian.serve", lambda server: served.append(server))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    call_command("serve", "--port=0")
    assert len(served) == 1
