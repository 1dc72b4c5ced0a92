"""What profiles need of a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tactful.capabilities.profile.folding import Folded
from tactful.gate import Permit
from tactful.terms import Identifier, Merge, Relationship, SubjectId, Trait, TraitOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """
    Whom the identifiers of a call name, and what became of them.

    `subject` is the number that the strongest of them belongs to; `merged` tells that persons
    became one, `handed_on` that a device or address names somebody else from now on;
    `refused` says why some of it was not done.
    """

    subject: SubjectId
    merged: bool = False
    handed_on: bool = False
    refused: tuple[str, ...] = ()


class Identities(Protocol):
    """
    Who is known, by which identifiers; and who turned out to be one person.

    A subject is a number; a person may have several, linked by merges.  All that is asked of one
    number is answered for the person, and everything stays recorded under its own number, so that
    a merge can be undone.

    Values are sealed under the subject's own key and found by a keyed blind index; nothing here
    is readable from the disk without the master key.
    """

    def find(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if there is one."""

    def admit(self, identifiers: Sequence[Identifier], *, at: datetime) -> SubjectId:
        """
        Return the subject named by the first identifier that is known; else a new one.

        As `link`, of which it returns the subject.  Durable on return.
        """

    def recognise(self, identifiers: Sequence[Identifier]) -> SubjectId | None:
        """Return whom a call with *identifiers*, the strongest first, speaks of; writes nothing."""

    def link(
        self, identifiers: Sequence[Identifier], *, at: datetime, by_shop: bool = False
    ) -> Linked:
        """
        Return whom *identifiers* name, having linked what they say is one person.

        The rules are those of `linking`; values that name nobody are left out.  Durable on return.

        Args:
            identifiers: The strongest first.
            at: The time now.
            by_shop: Whether the shop itself says so, having shown its secret key.

        Raises:
            Mistake: none of them names anybody.
        """

    def link_all(
        self, senders: Sequence[Sequence[Identifier]], *, at: datetime, by_shop: bool = False
    ) -> Sequence[Linked]:
        """Do what `link` does for each of *senders*, in order, and wait for the disk once."""

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers of the person behind *subject*, *subject* first."""

    def merge(self, kept: Permit, absorbed: Permit, *, by: str) -> Merge:
        """
        Make one person of the subjects of two permits: by the shop's word, whatever was undone.

        Raises:
            Mistake: they are one person already, or would have too many identifiers.
        """

    def linked_by(self, merge: int) -> SubjectId:
        """
        Return the subject that the merge of that number kept, to ask the door about.

        Raises:
            NotFound: there is no such merge, or what it linked was erased.
        """

    def unmerge(self, permit: Permit, merge: int) -> Merge:
        """
        Take a merge of the permit's person back: both sides are as if it had never been.

        Raises:
            NotFound: they have no such merge, or its subjects were erased.
            Mistake: it was undone before, or one side has no identifier left to be found by.
        """

    def merges(self, permit: Permit) -> tuple[Merge, ...]:
        """Return the merges of the permit's person, also those that were undone, oldest first."""


class Profiles(Protocol):
    """What is known of one subject besides events."""

    def identifiers(self, permit: Permit) -> tuple[Identifier, ...]:
        """Return the subject's identifiers, unsealed."""

    def traits(self, permit: Permit) -> Mapping[str, object]:
        """Return the subject's traits that the tracking plan allows for the permit's purpose.

        Under the purpose `necessary` (showing subjects their own data) all of them.
        """

    def known_traits(self, permit: Permit) -> Mapping[str, Trait]:
        """
        Return the same with where each comes from; those of all numbers of one person.

        Under `necessary` also what the subject wants not to be known, with a value of None.
        """

    def set_traits(
        self,
        permits: Sequence[Permit],
        traits: Mapping[str, object],
        *,
        at: datetime | None = None,
        source: str = "",
        origin: TraitOrigin = TraitOrigin.OBSERVED,
    ) -> frozenset[str]:
        """
        Take in what *traits* of the permits' subject are said to be; return those corrected before.

        Among observations the newest by *at* stands, in whatever order they come.  A correction
        stands against all observations until the next one; None corrects a trait to nothing.

        Args:
            permits: One per purpose that the subject allows keeping for; all for one subject.
            traits: What they are said to be.
            at: When that was said; now by default.
            source: Where it comes from, for the subject to see (Art. 15(1)(g)).
            origin: Whether it is observed, or set right, and by whom.
        """

    def observe_again(self, permit: Permit, names: frozenset[str]) -> int:
        """Take back what was corrected of *names*; return how many: observations count again."""

    def drop_expired(
        self,
        kept_since: Mapping[str, datetime],
        *,
        spared: Collection[int] = (),
        now: datetime | None = None,
    ) -> int:
        """
        Stop keeping traits of everybody for purposes whose retention has run out; return how many.

        Args:
            kept_since: By purpose the moment before which nothing is kept (Art. 5(1)(e)).
            spared: The subjects whose data may only be stored (Art. 18).
            now: From when terms of the plan's own are counted back; None leaves those alone.
        """

    def count_expired(
        self,
        kept_since: Mapping[str, datetime],
        *,
        spared: Collection[int] = (),
        now: datetime | None = None,
    ) -> int:
        """Return how many traits `drop_expired` would touch now, and touch none."""

    def residence(self, permit: Permit) -> str | None:
        """Return where the subject lives, by their own word or the shop's."""

    def address(self, permit: Permit) -> str | None:
        """Return the country or state of the address of the subject's account."""

    def settle(
        self, permit: Permit, *, residence: str | None = None, address: str | None = None
    ) -> None:
        """Record what is given, in upper case; the subject's digest follows the law there."""

    def set_born(self, permit: Permit, born: date) -> None:
        """Record the birth date of a minor; the subject's digest follows."""

    def dealt(self, permit: Permit, relationship: Relationship) -> None:
        """Record a dealing; of each kind, offered or not, the newest is kept."""

    def known_since(self, permit: Permit) -> datetime:
        """Return when the subject was first known, under whichever number that was."""

    def group(self, permit: Permit) -> str | None:
        """Return the group the subject falls in, kept for `segment_personalization`."""

    def join(self, permit: Permit, group: str) -> None:
        """Put the subject into *group*, in place of any other.  Need not wait for the disk."""

    def groups_of(self, permit: Permit) -> Mapping[SubjectId, str]:
        """Return the group of each member of the permit's audience that has one."""


class Features(Protocol):
    """What follows from a subject's events, kept up to date as these come in."""

    def of(self, permit: Permit) -> Mapping[str, Folded]:
        """
        Return what is folded of the permit's subject, by purpose; of all their numbers.

        The permit's own purpose, from events kept for it alone; for the subject's own eyes
        (`answer-request`) every purpose that reads features.  It is up to date: whatever is
        durable is in it.
        """

    def advance(self, limit: int) -> int:
        """
        Take up to *limit* events into the snapshots that reading starts from.

        Returns:
            How many events were taken up; 0 when all are.  May be called at any time, and by
            several processes.
        """
