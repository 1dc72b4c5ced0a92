"""While identifiers are indexed under a new key, everybody is found, and nobody becomes two."""

from __future__ import annotations

from sqlite_shelf import SqliteShelf

from tactful.adapters.sqlite import SqliteStore
from tactful.terms import Identifier, IdentifierKind
from tactful.testing.conformance.merges import linked
from tactful.testing.conformance.people import browser, email
from tactful.testing.conformance.shelf import user


def store_of(shelf: SqliteShelf) -> SqliteStore:
    """Return the store as what it is."""
    assert isinstance(shelf.store, SqliteStore)
    return shelf.store


def rows(shelf: SqliteShelf) -> int:
    """Return how many identifiers the store holds."""
    engine = store_of(shelf)._engine
    return int(engine.read().execute("SELECT count(*) FROM identifiers").fetchone()[0])


def test_who_was_known_before_is_the_same(shelf: SqliteShelf) -> None:
    """Recognised, linked to what is new, and merged, before their turn comes and after."""
    ann = linked(shelf, user("ann"), browser("one"))
    bob = linked(shelf, user("bob"))
    store_of(shelf).rekeying.begin_index()

    assert shelf.store.identities.find(user("ann")) == ann
    assert shelf.store.identities.recognise((browser("one"),)) == ann
    assert linked(shelf, user("ann"), browser("two")) == ann
    assert linked(shelf, user("new")) not in {ann, bob}
    store_of(shelf).rekeying.reindex()

    found = [shelf.store.identities.find(name) for name in (user("ann"), browser("one"))]
    assert found == [ann, ann]
    assert linked(shelf, browser("two")) == ann
    assert linked(shelf, user("bob")) == bob
    assert rows(shelf) == 5


def test_a_device_changes_hands_meanwhile(shelf: SqliteShelf) -> None:
    """What is handed on while all is indexed anew is found afterwards, by its new holder alone."""
    ann = linked(shelf, user("ann"), browser("one"))
    store_of(shelf).rekeying.begin_index()

    linked(shelf, user("bob"), browser("one"))
    store_of(shelf).rekeying.reindex()

    holder = shelf.store.identities.find(browser("one"))
    assert holder is not None
    assert holder != ann
    assert rows(shelf) == 3


def test_claims_go_along(shelf: SqliteShelf) -> None:
    """Who else claims an address is not forgotten: it is shared by as many as before."""
    address: Identifier = email("all")
    assert address.kind is IdentifierKind.EMAIL
    for name in ("a", "b", "c"):
        linked(shelf, user(name), address, by_shop=True)
    store_of(shelf).rekeying.begin_index()
    store_of(shelf).rekeying.reindex()

    linked(shelf, user("d"), address, by_shop=True)
    query = "SELECT max(shared) FROM identifiers"
    assert store_of(shelf)._engine.read().execute(query).fetchone() == (1,)
