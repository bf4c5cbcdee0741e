"""Values sealed with AES-256-GCM: what is sealed in one place opens in no other.

A sealed value is: the format (1 byte), the id of the child's key (8), a nonce (12), the text and its tag. Table,
column, child and row are bound to it as associated data (research: MODEL 4.5).
"""

import json
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
KEY_BYTES, ID_BYTES, NONCE_BYTES, TAG_BYTES = 32, 8, 12, 16


class CannotOpen(Exception):
    """The value was changed, cut or moved, or is sealed with another key."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value belongs; `row` tells it from the others of that child in the column."""

    table: str
    column: str
    participant: int
    row: str

    def bound(self, key_id: bytes) -> bytes:
        """What is sealed with the value."""
        return json.dumps(["preau", 1, key_id.hex(), self.table, self.column, self.participant, self.row]).encode()


@dataclass(frozen=True, slots=True)
class ChildKey:
    """The key of a child, in memory only; it never shows in a trace."""

    id: bytes
    secret: bytes = field(repr=False)


def new_child_key() -> ChildKey:
    return ChildKey(os.urandom(ID_BYTES), os.urandom(KEY_BYTES))


def seal(key: ChildKey, spot: Spot, plain: bytes) -> bytes:
    """`plain`, which opens with that key and in that spot alone."""
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + key.id + nonce + AESGCM(key.secret).encrypt(nonce, plain, spot.bound(key.id))


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that sealed it. Raises CannotOpen."""
    if len(sealed) < 1 + ID_BYTES + NONCE_BYTES + TAG_BYTES or sealed[:1] != FORMAT:
        raise CannotOpen("not a sealed value")
    return sealed[1 : 1 + ID_BYTES]


def unseal(key: ChildKey, spot: Spot, sealed: bytes) -> bytes:
    """What was sealed there. Raises CannotOpen."""
    if key_id_of(sealed) != key.id:
        raise CannotOpen("sealed with another key")
    nonce, text = sealed[1 + ID_BYTES :][:NONCE_BYTES], sealed[1 + ID_BYTES + NONCE_BYTES :]
    try:
        return AESGCM(key.secret).decrypt(nonce, text, spot.bound(key.id))
    except InvalidTag:
        raise CannotOpen("changed, or not from there") from None


def wrap(master: bytes, version: int, participant: int, key: ChildKey) -> bytes:
    """The secret of the child's key, which opens with that version of the master key, for that child alone."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key.secret, _wrapping(version, participant, key.id))


def unwrap(master: bytes, version: int, participant: int, key_id: bytes, wrapped: bytes) -> ChildKey:
    """The child's key. Raises CannotOpen."""
    try:
        bound = _wrapping(version, participant, key_id)
        return ChildKey(key_id, AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound))
    except (InvalidTag, ValueError):
        raise CannotOpen("this master key does not open it") from None


def _wrapping(version: int, participant: int, key_id: bytes) -> bytes:
    return json.dumps(["preau", "child key", 1, version, participant, key_id.hex()]).encode()
