"""Public codes of people and papers: random, short, readable aloud. Ids never leave the database."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10


def new_code() -> str:
    """A random code of 10 signs without look-alikes (about 49 bits): fits a URL, a journal, a letter."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
