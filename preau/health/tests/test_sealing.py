"""A sealed value opens in its place, with its key, whole: nowhere else, with no other, not otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.health.sealing import CannotOpen, Spot, new_child_key, seal, unseal, unwrap, wrap

SPOT = Spot("health_healthfield", "sealed", 7, "allergies")
KEY = new_child_key()


@given(plain=st.binary(max_size=2000))
def test_what_is_sealed_opens_the_same(plain: bytes) -> None:
    assert unseal(KEY, SPOT, seal(KEY, SPOT, plain)) == plain


@given(plain=st.binary(min_size=4, max_size=200))
def test_a_sealed_value_shows_nothing_of_what_it_holds(plain: bytes) -> None:
    assert plain not in seal(KEY, SPOT, plain)
    assert seal(KEY, SPOT, plain) != seal(KEY, SPOT, plain)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(SPOT, table="health_pai"),
        replace(SPOT, column="content"),
        replace(SPOT, participant=8),
        replace(SPOT, row="treatments"),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: Spot) -> None:
    with pytest.raises(CannotOpen):
        unseal(KEY, elsewhere, seal(KEY, SPOT, b"arachide"))


@given(place=st.integers(0, 44), bit=st.integers(0, 7))
def test_a_value_with_one_bit_changed_does_not_open(place: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, SPOT, b"arachide"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        unseal(KEY, SPOT, bytes(sealed))


def test_a_value_cut_anywhere_does_not_open() -> None:
    sealed = seal(KEY, SPOT, b"arachide")
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            unseal(KEY, SPOT, sealed[:length])
        with pytest.raises(CannotOpen):
            unseal(KEY, SPOT, sealed + sealed[: length + 1])


def test_another_key_does_not_open_even_under_the_same_id() -> None:
    sealed = seal(KEY, SPOT, b"arachide")
    other = new_child_key()
    for key in (other, replace(other, id=KEY.id)):
        with pytest.raises(CannotOpen):
            unseal(key, SPOT, sealed)


def test_a_wrapped_key_is_of_one_child_one_version_and_one_master() -> None:
    master, other = new_child_key().secret, new_child_key().secret
    wrapped = wrap(master, 1, 7, KEY)
    assert unwrap(master, 1, 7, KEY.id, wrapped) == KEY
    for wrong in ((other, 1, 7, KEY.id), (master, 2, 7, KEY.id), (master, 1, 8, KEY.id), (master, 1, 7, b"12345678")):
        with pytest.raises(CannotOpen):
            unwrap(*wrong, wrapped)
    for cut in range(len(wrapped)):
        with pytest.raises(CannotOpen):
            unwrap(master, 1, 7, KEY.id, wrapped[:cut])


def test_a_key_does_not_show_in_a_trace() -> None:
    assert repr(KEY.secret) not in repr(KEY)
