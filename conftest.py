"""What every test of the project shares."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import override_settings
from hypothesis import settings as profiles
from pytest_django import DjangoDbBlocker, Settings

# No deadline: how long one example takes says more about the machine than about the code. In continuous integration
# the examples are the same at each run, so that a failure is there for whoever looks.
profiles.register_profile("preau", deadline=None, derandomize="CI" in os.environ, print_blob=True)
profiles.load_profile("preau")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that open the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that opens no database says the same beside any of them: it runs once."""
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not opens_the_database(item)])
        items[:] = [item for item in items if opens_the_database(item)]


def opens_the_database(item: pytest.Item) -> bool:
    """Django's tests may not touch a database that they did not ask for."""
    fixtures = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"}.intersection(fixtures))


def _made_before() -> Path:
    """The empty SQLite database that these very migrations make, kept by the first tests that made it."""
    digest = hashlib.sha256()
    for path in sorted([*Path("preau").glob("*/migrations/*.py"), *Path("requirements").iterdir()]):
        digest.update(path.read_bytes())
    return Path(django_settings.VAR) / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    is_made = connection.vendor == "sqlite" and _made_before().exists()
    return is_made or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool) -> None:
    """The database of the tests starts as a copy of one made before: ten seconds less a run. It need not outlive a
    power cut; those of the processes that tests start and kill follow the settings."""
    if connection.vendor != "sqlite":
        return
    options = connection.settings_dict["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    made, test = _made_before(), Path(str(connection.settings_dict["TEST"]["NAME"]))
    if django_db_keepdb and made.exists():
        for leftover in test.parent.glob(f"{test.name}-*"):  # of a run that was killed
            leftover.unlink()
        shutil.copyfile(made, test)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    made = _made_before()
    if connection.vendor == "sqlite" and not made.exists():
        for outdated in made.parent.glob("migrated-*.sqlite3"):
            outdated.unlink(missing_ok=True)
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            mine = made.with_suffix(f".{os.getpid()}")
            cursor.execute("VACUUM INTO %s", [str(mine)])
            mine.replace(made)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Users of tests are made by thousands: what a password of the portal really costs has a test of its own."""
    with override_settings(PASSWORD_HASHERS=["preau.accounts.testing.QuickArgon2"]):
        yield


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Settings) -> None:
    """What a test stores is its own, and gone with it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture(scope="session", autouse=True)
def _health_key_file() -> None:
    """The master key of the tests: drawn at their first run, outside their database."""
    from preau.health.master import ensure_file

    ensure_file(Path(django_settings.HEALTH_KEY_FILE))


@pytest.fixture(autouse=True)
def nothing_asked_before():
    """What the town asks of files is kept by version of the catalogue, and most tests have the first."""
    from preau.checklist.queries.demands import demands_of, kinds_of

    demands_of.cache_clear()
    kinds_of.cache_clear()
