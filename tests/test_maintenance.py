import importlib

from django.test import Client, override_settings
from django.urls import clear_url_caches

from preau.config import urls


def test_during_maintenance_every_address_says_so_and_when_to_come_back():
    with override_settings(MAINTENANCE=True):
        importlib.reload(urls)
        clear_url_caches()
        try:
            answers = [Client().get(path) for path in ("/", "/planning/", "/mairie/factures/")]
        finally:
            with override_settings(MAINTENANCE=False):
                importlib.reload(urls)
                clear_url_caches()
    assert {answer.status_code for answer in answers} == {503}
    assert all(answer["Retry-After"] for answer in answers)
