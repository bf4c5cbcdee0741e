"""What the tests of this area share."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _files_in_memory(settings: Settings) -> None:
    """Files that vanish with the test."""
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
