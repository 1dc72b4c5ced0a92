"""The generations of a master key: the newest first, the older still open, none ever shown."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.mechanisms.keyring import Keyring, fingerprint, shown
from tactful.mechanisms.sealing import derive
from tactful.terms import Trouble

KEYS = st.dictionaries(st.integers(1, 9999), st.binary(min_size=32, max_size=32), min_size=1)


class Shelf:
    """A key store that can be out of reach, and counts how often it was asked."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self.keys = dict(keys)
        self.down = False
        self.asked = 0

    def masters(self) -> Mapping[int, bytes]:
        """Return the keys."""
        self.asked += 1
        if self.down:
            raise Trouble("out of reach")
        return self.keys


@given(keys=KEYS)
def test_the_newest_first(keys: dict[int, bytes]) -> None:
    """Keys come the newest first, each under its generation, after one question."""
    shelf = Shelf(keys)
    ring = Keyring(shelf)

    assert ring.newest == max(keys)
    assert list(ring.masters()) == [keys[g] for g in sorted(keys, reverse=True)]
    assert {g: ring.master(g) for g in keys} == keys
    assert shelf.asked == 1


def test_a_new_generation_is_asked_for() -> None:
    """A generation that is not known is asked for, and what is missing says so."""
    shelf = Shelf({1: b"1" * 32})
    ring = Keyring(shelf)
    shelf.keys[2] = b"2" * 32

    assert ring.master(2) == b"2" * 32
    assert ring.find(3) is None
    with pytest.raises(Trouble, match="generation 3 of the master key is missing"):
        ring.master(3)


def test_known_keys_need_no_store() -> None:
    """Out of reach, the store costs nothing that is known; what is new raises."""
    shelf = Shelf({1: b"1" * 32})
    ring = Keyring(shelf)
    shelf.down = True
    ring.expire()

    assert ring.masters() == (b"1" * 32,)
    assert ring.master(1) == b"1" * 32
    with pytest.raises(Trouble, match="out of reach"):
        ring.master(2)


def test_expired_keys_are_read_once() -> None:
    """After a change keys are read again, once; a retired one is gone then."""
    shelf = Shelf({1: b"1" * 32, 2: b"2" * 32})
    ring = Keyring(shelf)
    del shelf.keys[1]

    assert len(ring.masters()) == 2
    ring.expire()
    assert ring.masters() == ring.masters() == (b"2" * 32,)
    assert shelf.asked == 2


def test_many_ask_at_once() -> None:
    """Threads that meet a new generation together ask the store once."""
    shelf = Shelf({1: b"1" * 32})
    ring = Keyring(shelf)
    shelf.keys = {1: b"1" * 32, 2: b"2" * 32}
    start = Barrier(8)

    def meet() -> None:
        start.wait()
        assert ring.master(2) == b"2" * 32

    threads = [Thread(target=meet) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.asked == 2


@given(keys=st.sets(st.binary(min_size=32, max_size=32), min_size=2, max_size=5))
def test_fingerprints(keys: set[bytes]) -> None:
    """Fingerprints tell keys apart, are shown in groups of four, and hold nothing of the key."""
    marks = {fingerprint(key) for key in keys}

    assert len(marks) == len(keys)
    for key in keys:
        text = shown(fingerprint(key))
        assert [len(group) for group in text.split("-")] == [4] * 8
        assert bytes.fromhex(text.replace("-", "")) == fingerprint(key) != derive(key, "")[:16]


def test_repr_shows_no_key() -> None:
    """The `repr` of a ring shows nothing."""
    assert "111" not in repr(Keyring(Shelf({1: b"1" * 32})))
