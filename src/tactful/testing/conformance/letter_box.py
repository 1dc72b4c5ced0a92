# ruff: noqa: S101 - a suite asserts
"""The outbox and the sessions of a store on its shelf, with words to set a scene."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tactful.terms import Letter, Queued, Session, SubjectId
from tactful.testing.conformance.shelf import Clock, Shelf


class LetterShelf:
    """What mails and lets in, of the store on *shelf*."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @property
    def clock(self) -> Clock:
        """Return the shelf's clock."""
        return self.shelf.clock

    @property
    def letters(self) -> Any:  # noqa: ANN401 - the adapter's own port
        """Return the outbox."""
        return self.shelf.store.letters  # type: ignore[attr-defined]

    @property
    def sessions(self) -> Any:  # noqa: ANN401 - the adapter's own port
        """Return who is signed in."""
        return self.shelf.store.sessions  # type: ignore[attr-defined]

    @property
    def links(self) -> Any:  # noqa: ANN401 - the adapter's own port
        """Return the links that were mailed."""
        return self.shelf.store.sign_in_links  # type: ignore[attr-defined]

    def put(
        self,
        letter: Letter,
        *,
        subject: SubjectId | None = None,
        lasts: timedelta = timedelta(days=1),
    ) -> None:
        """Queue *letter* now."""
        now = self.clock()
        self.letters.put(letter, subject=subject, at=now, until=now + lasts)

    def take(self) -> Queued:
        """Take the next letter, or fail."""
        found = self.letters.claim(self.clock(), lease=timedelta(minutes=5))
        assert isinstance(found, Queued)
        return found

    def begin(self, mark: bytes, name: str, **more: Any) -> Session:  # noqa: ANN401 - as the port has it
        """Sign *name* in under *mark*, known or not."""
        now = self.clock()
        session = Session(
            user_id=name,
            subject=more.pop("subject", None),
            began_at=now,
            seen_at=now,
            proved_at=now,
        )
        self.sessions.begin(mark, session, **more)
        return session

    def find(self, mark: bytes) -> Session | None:
        """Return the session under *mark*, as long ago as it may be."""
        ages_ago = datetime.fromtimestamp(1, tz=self.clock().tzinfo)
        found: Session | None = self.sessions.find(mark, seen_after=ages_ago, began_after=ages_ago)
        return found
