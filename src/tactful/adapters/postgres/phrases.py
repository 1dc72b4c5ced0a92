"""Turn the store's SQL, which is written for SQLite, into what psycopg and PostgreSQL take."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_PHRASES: Final = {
    "SELECT value FROM json_each(?)": (
        "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(? AS json))"
    ),
    "group_concat(id)": "string_agg(CAST(id AS text), ',')",
    "group_concat(subject)": "string_agg(CAST(subject AS text), ',')",
}
"""What each of the two says in its own way, because there it is fastest so."""

_PLACE: Final = re.compile(r"\?(\d*)")


class Phrase(NamedTuple):
    """A query for psycopg, and which value each of its places takes."""

    query: bytes
    order: tuple[int, ...]


@lru_cache(maxsize=4096)
def translated(sql: str) -> Phrase:
    """Return *sql* with psycopg's places; `?3` takes the third value, `?` the next one."""
    for ours, theirs in _PHRASES.items():
        sql = sql.replace(ours, theirs)
    order: list[int] = []

    def place(found: re.Match[str]) -> str:
        order.append(int(found[1]) - 1 if found[1] else len(order))
        return "%s"

    query = _PLACE.sub(place, sql.replace("%", "%%"))
    return Phrase(query.encode(), tuple(order))
