"""The style sheets, fonts and icons as a town serves them."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

SOURCE = Path(__file__).resolve().parents[1] / "static/preau"


@pytest.fixture
def served(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_every_font_of_the_sheet_is_found_under_its_hashed_name(served):
    [sheet] = [path.read_text(encoding="utf-8") for path in (served / "preau").glob("preau.*.css")]
    fonts = re.findall(r"url\(\"?([^)\"]+)\"?\)", sheet)
    assert len(fonts) == 5
    for font in fonts:
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
        assert (served / "preau" / font).exists()


@pytest.mark.parametrize("name", ["preau", "planning", "ecrans", "mairie"])
def test_a_sheet_stays_light(name):
    assert (SOURCE / f"{name}.css").stat().st_size < 30 * 1024


def test_a_table_is_told_row_under_row_on_a_narrow_screen_and_never_on_paper():
    """A sheet of paper is as narrow as a tablet: printed so, a list took four times as many."""
    for name in ("preau", "mairie"):
        sheet = (SOURCE / f"{name}.css").read_text(encoding="utf-8")
        stacked = re.findall(r"@media ([^{]*)\{[^@]*?tableau-pile", sheet)
        assert stacked
        assert all(medium.startswith("screen and") for medium in stacked)


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ("LICENCE-icones-lucide-ISC.txt", "ISC License"),
        ("polices/LICENCE-atkinson-OFL.txt", "SIL OPEN FONT LICENSE"),
        ("polices/LICENCE-bricolage-OFL.txt", "SIL OPEN FONT LICENSE"),
        ("polices/LICENCE-figtree-OFL.txt", "SIL OPEN FONT LICENSE"),
    ],
)
def test_the_notices_go_with_what_they_license(notice, words):
    assert words in (SOURCE / notice).read_text(encoding="utf-8")
