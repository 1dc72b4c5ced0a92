"""Of who was erased no row of any table of the database holds anything."""

from __future__ import annotations

import psycopg
from postgres_shelf import PostgresShelf

from tactful.terms import Identifier, IdentifierKind
from tactful.testing.conformance.shelf import user

NAME, ADDRESS, ITEM = "erin-47110815", "erin.forensic@example.com", "unmistakable-item"


def test_no_row_is_left(shelf: PostgresShelf, url: str) -> None:
    """Every column of every table is searched, as text and in hexadecimal; before, it is found."""
    names = [user(NAME), Identifier(IdentifierKind.EMAIL, ADDRESS)]
    erin = shelf.store.identities.admit(names, at=shelf.clock())
    bob = shelf.subject("bob")
    shelf.see(erin, ITEM, properties={"colour": f"colour of {ITEM}"})
    shelf.see(bob, "kettle")
    shelf.say(erin)
    shelf.store.profiles.set_traits([shelf.permit(erin, "keep-group")], {"size": ITEM})
    keys = shelf.postgres.keys
    indexes = [keys.index(name) for name in names]
    with psycopg.connect(url) as db:
        query = "SELECT wrapped FROM keys WHERE subject = %s"
        wrapped = db.execute(query, (erin,)).fetchone()[0]  # type: ignore[index]
    needles = {ITEM: ITEM.encode(), "key": bytes(wrapped)}
    needles |= {f"index {place}": index for place, index in enumerate(indexes)}
    assert set(found(url, needles)) == set(needles)

    shelf.store.records.erase(shelf.permit(erin))

    assert found(url, needles | {NAME: NAME.encode(), ADDRESS: ADDRESS.encode()}) == {}
    assert found(url, {"kettle": b"kettle"})
    with psycopg.connect(url) as db:
        assert subjects(db, int(erin)) == {"keys": 1}
        blank = db.execute("SELECT wrapped FROM keys WHERE subject = %s", (erin,)).fetchone()
    assert blank == (bytes(len(wrapped)),)


def found(url: str, needles: dict[str, bytes]) -> dict[str, set[str]]:
    """Return in which tables which of *needles* stand."""
    places: dict[str, set[str]] = {}
    with psycopg.connect(url) as db:
        for table in tables(db):
            query = f'SELECT t::text FROM "{table}" t'  # noqa: S608 - a name that the database gave
            rows = db.execute(query.encode()).fetchall()
            text = "\n".join(row[0] for row in rows)
            for name, needle in needles.items():
                if needle.hex() in text or needle.decode(errors="replace") in text:
                    places.setdefault(name, set()).add(table)
    return places


def tables(db: psycopg.Connection) -> list[str]:
    """Return the names of all tables."""
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    return [name for (name,) in db.execute(query).fetchall()]


def subjects(db: psycopg.Connection, number: int) -> dict[str, int]:
    """Return how many rows of each table with a column for the subject speak of *number*."""
    query = (
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'subject'"
    )
    named = [name for (name,) in db.execute(query).fetchall()]
    assert {"identifiers", "traits", "statements", "uses", "keys"} <= set(named)
    counts = {}
    for table in set(named) - {"changes", "lake_owed"}:  # numbers alone, given to nobody again
        count = f'SELECT count(*) FROM "{table}" WHERE subject = %s'  # noqa: S608 - as above
        counts[table] = db.execute(count.encode(), (number,)).fetchone()[0]  # type: ignore[index]
    return {table: count for table, count in counts.items() if count}
