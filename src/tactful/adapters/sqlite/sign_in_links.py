"""
Links that were mailed to be used once, and how often they were asked for.

Whoever asks is counted under a name that only this shop can make, and that means nothing once the
hour is over.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tactful.adapters.sqlite.days import to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.letters import put
from tactful.adapters.sqlite.own_sealing import seal_own, unseal_own
from tactful.adapters.sqlite.shop_keys import OWN
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.terms import Letter, SubjectId

TABLE: Final = "sign_in_links"
_HOUR_MS: Final = 3_600_000

_COUNT: Final = (
    "INSERT INTO askings (bucket, hour, n) VALUES (?, ?, 1)"
    " ON CONFLICT (bucket) DO UPDATE SET n = askings.n + 1"
)
_USE: Final = "DELETE FROM sign_in_links WHERE hash = ? RETURNING subject, sealed, until"


class SqliteSignInLinks:
    """Implements `tactful.shop.signing_in.SignInLinks`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    def may_ask(self, who: Sequence[tuple[str, int]], at: datetime) -> bool:
        """
        Count that a letter was asked for, unless one of *who* asked too often in this hour.

        Args:
            who: Names, such as that of an address or of a network, and how often each may ask.
            at: The time now.
        """
        hour = to_ms(at) // _HOUR_MS
        buckets = [(self._bucket(name, hour), most) for name, most in who]
        if _too_often(self._engine.read(), buckets):
            return False

        def work(db: sqlite3.Connection) -> bool:
            if _too_often(db, buckets):
                return False
            db.executemany(_COUNT, [(bucket, hour) for bucket, _ in buckets])
            return True

        return self._engine.writer.run(work)

    def mail(
        self,
        mark: bytes,
        user_id: str,
        letter: Letter,
        *,
        subject: SubjectId,
        at: datetime,
        until: datetime,
    ) -> None:
        """
        Let the link under *mark* open the page of *user_id* once, and queue the *letter* with it.

        Raises:
            NotFound: *subject* is not there any more.
        """

        def work(db: sqlite3.Connection) -> None:
            sealed = seal_own(db, self._keys, user_id, table=TABLE, subject=subject)
            query = "INSERT INTO sign_in_links (hash, subject, sealed, until) VALUES (?, ?, ?, ?)"
            db.execute(query, (mark, subject, sealed, to_ms(until)))
            put(db, self._keys, letter, subject=subject, at=at, until=until)

        self._engine.writer.run(work)

    def is_open(self, mark: bytes, at: datetime) -> bool:
        """Tell whether the link under *mark* can be used; that changes nothing."""
        query = "SELECT 1 FROM sign_in_links WHERE hash = ? AND until > ?"
        return self._engine.read().execute(query, (mark, to_ms(at))).fetchone() is not None

    def use(self, mark: bytes, at: datetime) -> str | None:
        """Use the link under *mark* up; return whose page it opens, None where it opens none."""

        def work(db: sqlite3.Connection) -> str | None:
            rows = db.execute(_USE, (mark,)).fetchall()
            if not rows or rows[0][2] <= to_ms(at):
                return None
            subject, sealed, _ = rows[0]
            said = unseal_own(db, self._keys, sealed, table=TABLE, subject=SubjectId(subject))
            return None if said is None else str(said)

        return self._engine.writer.run(work)

    def forget(self, at: datetime) -> int:
        """Let go of links and counts whose time is over; return how many."""

        def work(db: sqlite3.Connection) -> int:
            links = db.execute("DELETE FROM sign_in_links WHERE until <= ?", (to_ms(at),))
            hour = to_ms(at) // _HOUR_MS
            counts = db.execute("DELETE FROM askings WHERE hour < ?", (hour,))
            return int(links.rowcount + counts.rowcount)

        return self._engine.writer.run(work)

    def _bucket(self, name: str, hour: int) -> bytes:
        key = self._keys.shop.all(OWN)[-1]
        return hmac.digest(key, f"asking:{hour}:{name}".encode(errors="surrogatepass"), "sha256")


def _too_often(db: sqlite3.Connection, buckets: Sequence[tuple[bytes, int]]) -> bool:
    query = "SELECT 1 FROM askings WHERE bucket = ? AND n >= ?"
    return any(db.execute(query, bucket).fetchone() for bucket in buckets)
