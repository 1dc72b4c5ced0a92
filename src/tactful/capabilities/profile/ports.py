"""What profiles need of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Identifier, Relationship, SubjectId


class Identities(Protocol):
    """
    Who is known, by which identifiers.

    Values are sealed under the subject's own key and found by a keyed blind index; nothing here
    is readable from the disk without the master key.
    """

    def find(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if there is one."""

    def admit(self, identifiers: Sequence[Identifier], *, at: datetime) -> SubjectId:
        """
        Return the subject named by the first identifier that is known; else a new one.

        Identifiers that named nobody are linked to the subject.  Durable on return.
        """

    def admit_all(
        self, senders: Sequence[Sequence[Identifier]], *, at: datetime
    ) -> Sequence[SubjectId]:
        """Do what `admit` does for each of *senders*, in order, and wait for the disk once."""


class Profiles(Protocol):
    """What is known of one subject besides events."""

    def identifiers(self, permit: Permit) -> tuple[Identifier, ...]:
        """Return the subject's identifiers, unsealed."""

    def traits(self, permit: Permit) -> Mapping[str, object]:
        """Return the subject's traits that the tracking plan allows for the permit's purpose.

        Under the purpose `necessary` (showing subjects their own data) all of them.
        """

    def set_traits(self, permits: Sequence[Permit], traits: Mapping[str, object]) -> None:
        """Set *traits* of the permits' subject; a value of None removes one."""

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

    def group(self, permit: Permit) -> str | None:
        """Return the group the subject falls in, kept for `segment_personalization`."""

    def join(self, permit: Permit, group: str) -> None:
        """Put the subject into *group*, in place of any other.  Need not wait for the disk."""

    def groups_of(self, permit: Permit) -> Mapping[SubjectId, str]:
        """Return the group of each member of the permit's audience that has one."""
