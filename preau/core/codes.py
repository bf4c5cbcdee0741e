"""Public codes of people and papers: random, short, readable aloud. Ids never leave the database."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10


def new_code() -> str:
    """A random code of 10 signs without look-alikes (about 49 bits): fits a URL, a journal, a letter."""
    # One draw for all signs: a campaign makes ten thousand codes.
    drawn, signs = secrets.randbelow(len(ALPHABET) ** LENGTH), []
    for _ in range(LENGTH):
        drawn, sign = divmod(drawn, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def is_code(text: str) -> bool:
    """Whether `text` may be a code of ours; it may still be nobody's."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
