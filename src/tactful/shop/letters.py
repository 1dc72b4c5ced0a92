"""
Queue the letters of the shop's own duties, and send them in the background.

Here is no marketing: campaigns ask the gate for every message.  These letters answer somebody, or
let them in; they lie sealed until they are sent, and go with whoever is erased.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from tactful.shop.parts import Tallies
from tactful.terms import Busy, Letter, Mistake, NotFound, Queued, SubjectId, Trouble

SIGN_IN: Final = "sign-in"
CODE: Final = "code"

LASTS: Final = {SIGN_IN: timedelta(minutes=15), CODE: timedelta(minutes=15)}
"""How long letters are of use whose content ends; every other one waits for a month."""

LONGEST: Final = timedelta(days=30)
REMEMBERED: Final = timedelta(days=90)
"""How long it is known that there was a letter."""

LEASE: Final = timedelta(minutes=5)
"""How long a process that took a letter has for it; another one tries again after that."""

FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(minutes=10)
A_ROUND: Final = 100


class Letters(Protocol):
    """Where a letter is left to be sent."""

    def queue(  # noqa: PLR0917 - a contract: as one writes a letter
        self, subject: SubjectId | None, kind: str, to: str, subject_line: str, text: str
    ) -> None:
        """
        Leave a letter of *kind* to the address *to*; it is durable on return.

        Args:
            subject: Whom it concerns: it is sealed under their key, and goes when they are erased.
                None for anybody else, such as the privacy officer; who is erased already is told
                so as anybody else is.
            kind: What it is for, in fixed words: all that is remembered of it.
            to: One address.
            subject_line: Its title, one line.
            text: Plain text.

        Raises:
            Mistake: the address is none, or the title has more than one line.
        """


class Outbox(Protocol):
    """Where letters lie until they are sent, shared by all processes on a store."""

    def put(
        self, letter: Letter, *, subject: SubjectId | None, at: datetime, until: datetime
    ) -> None:
        """
        Keep *letter* until it is sent, or *until* it is of no use; durable on return.

        Raises:
            NotFound: *subject* is not there any more.
        """

    def due(self, at: datetime) -> bool:
        """Tell whether a letter waits to be sent."""

    def claim(self, at: datetime, *, lease: timedelta) -> Queued | None:
        """Take the next letter that is due: of all processes, one gets it for the *lease*."""

    def settle(self, number: str, outcome: str, at: datetime) -> None:
        """Note what became of the letter of that *number*, and blank what it said."""

    def put_off(self, number: str, due_at: datetime) -> None:
        """Try the letter of that *number* again later."""

    def expire(self, at: datetime) -> int:
        """Give up the letters that nobody has use for any more; return how many."""

    def forget(self, before: datetime) -> int:
        """Let go of what remains of letters that were done before then; return how many."""


class Post(Protocol):
    """What takes letters away."""

    def send(self, queued: Queued) -> None:
        """
        Hand the letter over.

        Raises:
            Mistake: it will never be taken: the recipient is refused for good.
            Busy: this one is not taken for now, others may be.
            Trouble: none is taken for now.
        """


class Postbox:
    """Implements `Letters` on an outbox."""

    def __init__(self, outbox: Outbox, *, clock: Callable[[], datetime], tallies: Tallies) -> None:
        self._outbox = outbox
        self._clock = clock
        self._tallies = tallies

    def queue(  # noqa: PLR0917 - a contract: as one writes a letter
        self, subject: SubjectId | None, kind: str, to: str, subject_line: str, text: str
    ) -> None:
        """Leave a letter to be sent; see `Letters`."""
        at = self._clock()
        until = at + LASTS.get(kind, LONGEST)
        letter = Letter(kind=kind, to=to, title=subject_line, text=text)
        try:
            self._outbox.put(letter, subject=subject, at=at, until=until)
        except NotFound:
            self._outbox.put(letter, subject=None, at=at, until=until)
        self._tallies.add("letter", f"{kind} queued")


class Delivery:
    """
    Sends what lies in the outbox, letter by letter, in a chore.

    A letter is taken before it is sent and settled after: a process that is killed between the two
    leaves one that is sent again, by the same Message-ID.
    """

    def __init__(
        self, outbox: Outbox, post: Post, *, clock: Callable[[], datetime], tallies: Tallies
    ) -> None:
        self._outbox = outbox
        self._post = post
        self._clock = clock
        self._tallies = tallies

    def due(self) -> bool:
        """Tell whether there is anything to send."""
        return self._outbox.due(self._clock())

    def deliver(self, stopping: Callable[[], bool]) -> int:
        """
        Send what is due, until all is or the process stops; return how many were sent.

        Raises:
            Trouble: nothing can be sent for now; what was taken waits for its next try.
        """
        self._outbox.expire(self._clock())
        sent = 0
        for _ in range(A_ROUND):
            if stopping() or (queued := self._outbox.claim(self._clock(), lease=LEASE)) is None:
                break
            sent += self._carry(queued)
        return sent

    def _carry(self, queued: Queued) -> bool:
        try:
            self._post.send(queued)
        except Mistake:
            self._settle(queued, "refused")
            return False
        except Trouble as trouble:
            wait = min(FIRST_WAIT * 2 ** min(queued.tries - 1, 16), LONGEST_WAIT)
            self._outbox.put_off(queued.id, self._clock() + wait)
            self._tallies.add("letter", f"{queued.letter.kind} put off")
            if not isinstance(trouble, Busy):
                raise
            return False
        self._settle(queued, "sent")
        return True

    def _settle(self, queued: Queued, outcome: str) -> None:
        self._outbox.settle(queued.id, outcome, self._clock())
        self._tallies.add("letter", f"{queued.letter.kind} {outcome}")
