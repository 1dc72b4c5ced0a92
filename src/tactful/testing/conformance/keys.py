# ruff: noqa: S101 - a suite asserts
"""What every key store promises, whoever keeps the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.mechanisms.keyring import KeyStore
from tactful.mechanisms.sealing import KEY_BYTES
from tactful.terms import Trouble

Deed = tuple[str, int]

DEEDS = st.lists(
    st.tuples(st.sampled_from(["make", "keep", "destroy", "reopen"]), st.integers(1, 4)), max_size=8
)


class KeyStoreSuite:
    """
    Keeps keys, and none but those it was told to.

    The adapter provides `new_key_store`: a function that returns an empty key store and a function
    that opens the same one anew, as another process would.
    """

    @pytest.fixture
    def new_key_store(self) -> Callable[[], tuple[KeyStore, Callable[[], KeyStore]]]:
        """Return the function."""
        raise NotImplementedError

    def test_made_keys_last(self, new_key_store: NewKeyStore) -> None:
        """A key that was made is 32 bytes, like no other, and the same for another process."""
        store, again = new_key_store()
        store.make(1)
        store.make(2)
        keys = store.masters()
        assert {len(key) for key in keys.values()} == {KEY_BYTES}
        assert keys[1] != keys[2]
        assert again().masters() == keys

    def test_no_key_says_what_to_do(self, new_key_store: NewKeyStore) -> None:
        """Without any key it says to put the key back, and makes none."""
        store, again = new_key_store()
        with pytest.raises(Trouble, match="from your backup"):
            store.masters()
        assert again().notes() == ()

    def test_never_overwrites(self, new_key_store: NewKeyStore) -> None:
        """A key that is there stays, whatever is made or kept in its place."""
        store, again = new_key_store()
        store.keep(1, b"k" * KEY_BYTES)
        store.make(1)
        store.keep(1, b"k" * KEY_BYTES)
        with pytest.raises(Trouble, match="never overwritten"):
            store.keep(1, b"o" * KEY_BYTES)
        assert again().masters() == {1: b"k" * KEY_BYTES}

    def test_destroyed_is_gone(self, new_key_store: NewKeyStore) -> None:
        """A destroyed key is gone for everybody, the others stay; twice is no error."""
        store, again = new_key_store()
        store.make(1)
        store.make(2)
        kept = store.masters()[2]
        store.destroy(1)
        store.destroy(1)
        assert store.masters() == again().masters() == {2: kept}

    def test_notes_tell_no_key(self, new_key_store: NewKeyStore) -> None:
        """What may be told names each generation in order, with its time, and never the key."""
        store, _ = new_key_store()
        for generation in (10, 2, 1):
            store.make(generation)
        notes = store.notes()
        assert [note.generation for note in notes] == [1, 2, 10]
        assert all(abs(datetime.now(UTC) - note.made) < timedelta(minutes=5) for note in notes)
        for key in store.masters().values():
            assert key.hex() not in f"{store!r} {notes!r}"

    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @given(deeds=DEEDS)
    def test_whatever_happens(self, new_key_store: NewKeyStore, deeds: Sequence[Deed]) -> None:
        """In any order of deeds, the keys are those that were kept or made and not destroyed."""
        store, again = new_key_store()
        expected: dict[int, bytes | None] = {}
        for deed, generation in deeds:
            if deed == "destroy":
                store.destroy(generation)
                expected.pop(generation, None)
            elif deed == "make":
                store.make(generation)
                expected.setdefault(generation, None)
            elif deed == "keep" and generation not in expected:
                store.keep(generation, bytes([generation]) * KEY_BYTES)
                expected[generation] = bytes([generation]) * KEY_BYTES
            else:
                store = again()
        found = store.masters() if expected else {}
        assert found.keys() == expected.keys()
        assert all(key in {None, found[generation]} for generation, key in expected.items())


NewKeyStore = Callable[[], tuple[KeyStore, Callable[[], KeyStore]]]
"""Returns an empty key store, and what opens the same one anew."""
