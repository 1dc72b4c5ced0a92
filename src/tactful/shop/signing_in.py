"""
Let subjects in to their own page, and no one else.

By a letter's link, which works once, or by a link that the shop's backend signs.  Either becomes a
session: what the browser holds is random, and the store has only its hash.  Whether an address is
known is told by nothing that is said here; it goes to the mailbox of that address alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from tactful.capabilities.profile import Unusable, normalised
from tactful.gate import Permit, Visit
from tactful.shop.letters import CODE, LASTS, SIGN_IN, Letters
from tactful.shop.parts import Parts
from tactful.terms import Identifier, IdentifierKind, Letter, NotFound, Session, SubjectId

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=8)
FRESH: Final = timedelta(minutes=10)
"""How long after a proof somebody may take their data away or have it erased."""

SEEN_EVERY: Final = timedelta(minutes=1)
MOST_TRIES: Final = 5
PER_ADDRESS: Final = 5
PER_NETWORK: Final = 30
IN_ALL: Final = 2_000
"""How many letters may be asked for in an hour: for an address, from a network, of the shop."""


class Sessions(Protocol):
    """Who is signed in, shared by all processes on a store; `mark` is the hash of what is held."""

    def begin(self, mark: bytes, session: Session, *, ending: bytes = b"") -> None:
        """Keep *session* under *mark*, and end the one under *ending* with the same commit."""

    def find(self, mark: bytes, *, seen_after: datetime, began_after: datetime) -> Session | None:
        """Return the session under *mark* that was seen and begun after these times."""

    def see(self, mark: bytes, at: datetime) -> None:
        """Note that the session under *mark* was used; waits for no disk."""

    def bind(self, mark: bytes, session: Session, subject: SubjectId) -> None:
        """Note that the holder of the session under *mark* is known now, as *subject*."""

    def end(self, mark: bytes) -> None:
        """End the session under *mark*, if there is one; durable on return."""

    def await_code(self, mark: bytes, code: str, *, until: datetime) -> None:
        """Let the session under *mark* be proved by *code* from now on, and by none of before."""

    def prove(self, mark: bytes, code: str, *, at: datetime, most: int) -> bool:
        """Note that *code* was said, and tell whether it proves the session; every try counts."""

    def forget(self, *, seen_before: datetime, began_before: datetime) -> int:
        """Let go of the sessions that are over; return how many."""


class SignInLinks(Protocol):
    """Links that were mailed to be used once, and how often they were asked for."""

    def may_ask(self, who: Sequence[tuple[str, int]], at: datetime) -> bool:
        """Count that a letter was asked for, unless one of *who* asked too often in this hour."""

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
        """Let the link under *mark* open the page of *user_id* once, and queue the *letter*."""

    def is_open(self, mark: bytes, at: datetime) -> bool:
        """Tell whether the link under *mark* can be used; that changes nothing."""

    def use(self, mark: bytes, at: datetime) -> str | None:
        """Use the link under *mark* up; return whose page it opens, None where it opens none."""

    def forget(self, at: datetime) -> int:
        """Let go of links and counts whose time is over; return how many."""


class Addresses(Protocol):
    """Whom an address names."""

    def sole(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if it names exactly one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Where what nobody can foresee comes from: secrets for links and sessions, codes of digits."""

    secret: Callable[[], str]
    code: Callable[[], str]


class SigningIn:
    """Mails links and codes, and tells whose a session is."""

    def __init__(
        self,
        parts: Parts,
        *,
        sessions: Sessions,
        links: SignInLinks,
        addresses: Addresses,
        letters: Letters,
        chance: Chance,
        shop_name: str,
    ) -> None:
        self._parts = parts
        self._sessions = sessions
        self._links = links
        self._addresses = addresses
        self._letters = letters
        self._chance = chance
        self._shop_name = " ".join(shop_name.split())[:100]

    def ask(self, address: str, *, network: str, page: Callable[[str], str]) -> None:
        """
        Mail a link to *address*, if it is that of exactly one person; say nothing of either.

        Args:
            address: As it was typed.
            network: Where it was asked from.
            page: Makes the address of the page that takes the link's key.
        """
        said = normalised(IdentifierKind.EMAIL, address)
        if isinstance(said, Unusable) or not self._may_ask(said.value, network):
            return
        subject = self._addresses.sole(said)
        user_id = "" if subject is None else self._user_id(subject)
        if subject is None or not user_id:
            self._parts.store.tallies.add("letter", "sign-in for nobody")
            return
        key, at = self._chance.secret(), self._parts.clock()
        letter = _link_letter(said.value, page(key), self._shop_name)
        until = at + LASTS[SIGN_IN]
        self._links.mail(mark_of(key), user_id, letter, subject=subject, at=at, until=until)
        self._parts.store.tallies.add("letter", "sign-in queued")

    def is_open(self, key: str) -> bool:
        """Tell whether the link with that *key* still works; whoever only looks uses nothing up."""
        return self._links.is_open(mark_of(key), self._parts.clock())

    def follow(self, key: str, *, ending: str = "") -> str | None:
        """
        Use a mailed link up; return what its browser holds from now on, None if it opens nothing.

        Args:
            key: What the link carries.
            ending: What the browser held until now: that session ends.
        """
        user_id = self._links.use(mark_of(key), self._parts.clock())
        return None if user_id is None else self.begin(user_id, ending=ending)

    def begin(self, user_id: str, *, proved_ago: timedelta = timedelta(0), ending: str = "") -> str:
        """Sign *user_id* in, who proved who they are that long ago; return what is to be held."""
        held, at = self._chance.secret(), self._parts.clock()
        session = Session(
            user_id=user_id,
            subject=self._known(user_id),
            began_at=at,
            seen_at=at,
            proved_at=at - max(proved_ago, timedelta(0)),
        )
        self._sessions.begin(mark_of(held), session, ending=mark_of(ending) if ending else b"")
        return held

    def session(self, held: str) -> Session | None:
        """Return the session of who holds that, None where it is over or never was."""
        if not held:
            return None
        mark, at = mark_of(held), self._parts.clock()
        found = self._sessions.find(mark, seen_after=at - IDLE, began_after=at - LONGEST)
        if found is None:
            return None
        if at - found.seen_at > SEEN_EVERY:
            self._sessions.see(mark, at)
        if found.subject is None and (subject := self._known(found.user_id)) is not None:
            with suppress(NotFound):  # erased a moment ago: the next request finds no session
                self._sessions.bind(mark, found, subject)
        return found

    def is_fresh(self, session: Session) -> bool:
        """Tell whether the holder proved who they are a short while ago."""
        return self._parts.clock() - session.proved_at <= FRESH

    def end(self, held: str) -> None:
        """Sign out who holds that."""
        if held:
            self._sessions.end(mark_of(held))

    def addresses(self, session: Session) -> tuple[str, ...]:
        """Return the addresses that a code can go to."""
        subject = self._known(session.user_id)
        permit = None if subject is None else self._permit(subject)
        if permit is None:
            return ()
        known = self._parts.store.profiles.identifiers(permit)
        return tuple(i.value for i in known if i.kind is IdentifierKind.EMAIL)

    def mail_code(self, held: str, *, network: str) -> bool:
        """Mail a code to who is signed in; tell whether there is an address for it."""
        session = self.session(held)
        subject = None if session is None else self._known(session.user_id)
        if session is None or subject is None or not (found := self.addresses(session)):
            return False
        if self._may_ask(found[0], network):
            code, at = self._chance.code(), self._parts.clock()
            self._sessions.await_code(mark_of(held), code, until=at + LASTS[CODE])
            self._letters.queue(subject, CODE, found[0], *_code_words(code, self._shop_name))
        return True

    def prove(self, held: str, code: str) -> bool:
        """Tell whether *code* is the one that was mailed; after a few tries none is."""
        said, at = "".join(code.split()), self._parts.clock()
        return self._sessions.prove(mark_of(held), said, at=at, most=MOST_TRIES)

    def forget(self) -> None:
        """Let go of what is over."""
        at = self._parts.clock()
        self._sessions.forget(seen_before=at - IDLE, began_before=at - LONGEST)
        self._links.forget(at)

    def _may_ask(self, address: str, network: str) -> bool:
        who = (
            (f"address:{address}", PER_ADDRESS),
            (f"network:{network}", PER_NETWORK),
            ("all", IN_ALL),
        )
        may = self._links.may_ask(who, self._parts.clock())
        if not may:
            self._parts.store.tallies.add("letter", "asked for too often")
        return may

    def _user_id(self, subject: SubjectId) -> str:
        """Return by which id the shop knows *subject*; empty where there is none."""
        permit = self._permit(subject)
        known = () if permit is None else self._parts.store.profiles.identifiers(permit)
        return next((i.value for i in known if i.kind is IdentifierKind.USER_ID), "")

    def _known(self, user_id: str) -> SubjectId | None:
        identifier = Identifier(IdentifierKind.USER_ID, user_id)
        return self._parts.store.identities.find(identifier)

    def _permit(self, subject: SubjectId) -> Permit | None:
        answer = self._parts.door.ask("answer-request", Visit(subject=subject), self._parts.clock())
        return answer if isinstance(answer, Permit) else None


def mark_of(held: str) -> bytes:
    """Return what the store knows *held* by; what is held is random, so a plain hash hides it."""
    return hashlib.sha256(held.encode(errors="surrogatepass")).digest()


def form_token(held: str) -> str:
    """Return what every form of the session carries, so that no other site can send one."""
    return hmac.new(held.encode(), b"tactful form", hashlib.sha256).hexdigest()


def is_form_token(held: str, said: str) -> bool:
    """Tell whether a form carried the token of the session, in time that says nothing about it."""
    return hmac.compare_digest(form_token(held).encode(), said.encode(errors="surrogatepass"))


def _link_letter(to: str, address: str, shop_name: str) -> Letter:
    return Letter(
        kind=SIGN_IN,
        to=to,
        title=f"Your link to your data at {shop_name}",
        text=(
            f"Somebody, we hope you, asked to see and change what {shop_name} knows about you.\n\n"
            f"Open this page and press the button; it works once, for 15 minutes:\n\n{address}\n\n"
            "If it was not you, do nothing: without this letter nobody gets in.\n"
        ),
    )


def _code_words(code: str, shop_name: str) -> tuple[str, str]:
    text = (
        f"The code is:\n\n    {code}\n\n"
        "Type it where you were asked for it; it works once, for 15 minutes.\n\n"
        f"Nobody from {shop_name} will ever ask you for it. If you did not ask for it, somebody "
        "else may be signed in as you: ask the shop.\n"
    )
    return f"Your code for {shop_name}", text
