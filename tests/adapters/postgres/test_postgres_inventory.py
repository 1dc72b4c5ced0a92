"""The database holds nothing of anybody that their copy does not show."""

from __future__ import annotations

import psycopg
from postgres_shelf import PostgresShelf

from tactful.testing.inventory import uncovered


def test_every_column_is_accounted_for(shelf: PostgresShelf, url: str) -> None:
    """Of each it is said where its subject finds it, or why there is nothing; a new one is not."""
    shelf.see(shelf.subject("ann"), "kettle")
    query = "SELECT table_name, column_name FROM information_schema.columns"
    with psycopg.connect(url) as db:
        found = db.execute(f"{query} WHERE table_schema = 'public'").fetchall()
    columns: dict[str, frozenset[str]] = {}
    for table, column in found:
        columns[table] = columns.get(table, frozenset()) | {column}
    assert any(table.startswith("events_") for table in columns)
    assert list(uncovered(columns)) == []
    assert len(list(uncovered(columns | {"wishes": frozenset({"subject", "wish"})}))) == 2
