"""Addresses that take no argument, worked out once: every page links to a dozen of them."""

from functools import cache

from django.conf import settings
from django.urls import reverse


def address_of(name: str) -> str:
    """The address of a page by its name; raises NoReverseMatch when there is no such page."""
    return _address(name, settings.ROOT_URLCONF)


@cache
def _address(name: str, routes: str) -> str:
    """`routes` only tells apart the answers: tests change them, nothing else does."""
    return reverse(name)
