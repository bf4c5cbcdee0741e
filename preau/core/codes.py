"""Public codes of people and papers: random, short, readable aloud. Ids never leave the database."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10

# A sign for each byte, every sign as often as any other: the last bytes, which would favour some, are left out.
ROUNDS = 256 // len(ALPHABET)
SIGNS = (ALPHABET * (ROUNDS + 1))[:256].encode()
UNFAIR = bytes(range(ROUNDS * len(ALPHABET), 256))


def new_code() -> str:
    """A random code of 10 signs without look-alikes (about 49 bits): fits a URL, a journal, a letter."""
    signs = b""
    while len(signs) < LENGTH:
        signs += secrets.token_bytes(2 * LENGTH).translate(SIGNS, UNFAIR)
    return signs[:LENGTH].decode()


def is_code(text: str) -> bool:
    """Whether `text` may be a code of ours; it may still be nobody's."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
