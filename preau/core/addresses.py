"""Addresses that take no argument, worked out once: every page links to a dozen of them."""

from functools import cache
from typing import Any

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.urls import reverse


@cache
def address_of(name: str) -> str:
    """The address of a page by its name; raises NoReverseMatch when there is no such page."""
    return reverse(name)


@receiver(setting_changed)
def _forget(*, setting: str, **kwargs: Any) -> None:
    """Tests change the routes; nothing else does."""
    if setting == "ROOT_URLCONF":
        address_of.cache_clear()
