"""What is written back, and the command."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from preau.billing.models import Regie
from preau.core.money import NBSP
from preau.town.models import Town
from preau.townfile.comparing import changes
from preau.townfile.exporting import export, export_to
from preau.townfile.loading import file_to_load
from preau.townfile.testing import write_town
from preau.townfile.tests.loading.given import TODAY, changes_of, load_text
from preau.townfile.tests.test_faults import changed, line_of

pytestmark = pytest.mark.django_db


# Written back


def test_what_is_exported_loads_without_a_change(tmp_path: Path) -> None:
    load_text(tmp_path)
    assert changes_of(tmp_path, export()) == []


NOTICES = (
    'kind = "clear_days", n = 15, from = "period"',
    'kind = "open_days", n = 1, at = "11:00"',
    'kind = "weekday_map", map = { mon = "fri-1" }, variants = [{ if_holiday = "mon", map = { tue = "mon" } }]',
    'kind = "hours", n = 72',
    'kind = "month", months = 1, day = 20',
    'kind = "dates", dates = [{ from = 2026-12-19, to = 2027-01-03, by = 2026-11-27 }]',
)
RULES = (
    'base = [{ kind = "rate", rate = ["0.0055", "0.0044"], floor = "0.50", ceiling = "3.19" }]',
    'base = [{ kind = "line", points = [["400", "1.20"], ["1200", ["4.80", "4.00"]]] }]',
    'base = [{ kind = "per", minutes = 30, each = { kind = "fixed", price = "1.15" } }]',
    'base = [{ kind = "fixed", price = "2.85", label = "Repas" }]\n'
    'then = [{ when = { resident = false }, times = "1.20" }, { add = "-0.5", each = "rank", unless_base = "Repas" }]',
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *(
            ('notice_book = { kind = "working_days", n = 2, at = "09:30" }', f"notice_book = {{ {n} }}")
            for n in NOTICES
        ),
        *(('base = [{ kind = "grid", at = ["0", "600"], prices = ["2.50", "4.10"] }]', rules) for rules in RULES),
    ],
    ids=[*NOTICES, *RULES],
)
def test_every_kind_of_notice_and_of_price_is_loaded_and_exported(tmp_path: Path, old: str, new: str) -> None:
    text = changed(old, new)
    load_text(tmp_path, text)
    assert changes_of(tmp_path, text) == []
    assert changes_of(tmp_path, export()) == []


def test_what_is_exported_with_csv_files_loads_without_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.townfile.exporting.SHORTEST_CSV", 1)
    load_text(tmp_path)
    written = export_to(tmp_path / "copie.toml")
    assert {path.name for path in written} >= {"copie.toml", "copie-places.csv", "copie-capacities.csv"}
    assert changes(file_to_load(tmp_path / "copie.toml", today=TODAY), today=TODAY) == []


def test_what_is_exported_makes_the_same_town_elsewhere(tmp_path: Path) -> None:
    load_text(tmp_path)
    text = export()
    Regie.objects.update(name="Autre", due_days=3)
    load_text(tmp_path, text)
    assert export() == text


# The command


def town(*arguments: object) -> str:
    out = io.StringIO()
    call_command("town", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def test_check_says_nothing_is_wrong(tmp_path: Path) -> None:
    assert "rien à redire" in town("check", write_town(tmp_path))


def test_check_warns_and_does_not_fail(tmp_path: Path) -> None:
    said = town("check", write_town(tmp_path, changed("[accounts]", "[accounts]\nproofs = []"))).replace(NBSP, " ")
    assert "Attention : tilleuls.toml, ligne" in said
    assert "aucune faute" in said
    assert "rien à redire" not in said


def test_check_tells_each_fault_and_fails(tmp_path: Path) -> None:
    out = io.StringIO()
    text = changed("places = 40", "places = -1")
    with pytest.raises(SystemExit) as stopped:
        call_command("town", "check", str(write_town(tmp_path, text)), stderr=out)
    assert stopped.value.code == 1
    assert f"ligne {line_of('places = -1', text)}" in out.getvalue()
    assert not Town.objects.exists()


def test_load_asks_and_refuses_when_nobody_can_answer(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--yes"):
        town("load", write_town(tmp_path))
    assert not Town.objects.exists()


def test_load_shows_what_changes_first(tmp_path: Path) -> None:
    shown = town("load", write_town(tmp_path), "--yes")
    assert shown.index("+ service enfance") < shown.index("est chargé")
    assert "Rien à changer" in town("load", write_town(tmp_path))


def test_load_with_a_fault_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        town("load", write_town(tmp_path, changed("places = 40", "places = -1")), "--yes")
    assert not Town.objects.exists()


def test_export_never_replaces_a_file_unasked(tmp_path: Path) -> None:
    town("load", write_town(tmp_path), "--yes")
    with pytest.raises(CommandError, match="existe déjà"):
        town("export", tmp_path / "tilleuls.toml")
    assert "écrit" in town("export", tmp_path / "tilleuls.toml", "--yes")


def test_export_without_a_file_goes_to_the_screen(tmp_path: Path) -> None:
    town("load", write_town(tmp_path), "--yes")
    assert town("export") == export()
