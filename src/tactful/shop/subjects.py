"""The rights of one subject: see, correct, take away, restrict, erase."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from tactful.capabilities.collect import fitting
from tactful.capabilities.consent import SignedReceipt
from tactful.capabilities.profile import computed
from tactful.capabilities.rights import Holdings, export
from tactful.gate import Permit, Visit, is_minor
from tactful.shop.consenting import Consenting
from tactful.shop.erasing import Erasure, erase
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.shop.settling import note_residence
from tactful.terms import (
    Feature,
    Identifier,
    IdentifierKind,
    Merge,
    Mistake,
    NotFound,
    Statement,
    SubjectId,
    TraitOrigin,
)


class Subject:
    """One subject, as the shop names them, asked for by themselves or by the privacy officer."""

    def __init__(
        self, number: SubjectId, parts: Parts, *, consenting: Consenting, models: ModelsInUse
    ) -> None:
        self._number = number
        self._parts = parts
        self._consenting = consenting
        self._models = models

    def __repr__(self) -> str:
        return "Subject(...)"

    @property
    def number(self) -> SubjectId:
        """Return the number that stands for the subject inside tactful."""
        return self._number

    def export(self) -> dict[str, object]:
        """Return everything known about the subject, as plain data (Art. 15, 20)."""
        permit = self._permit()
        return export(permit, self._holdings(permit), policy=self._parts.policy)

    def features(self) -> tuple[Feature, ...]:
        """Return what is computed from what the subject did, with explanations (Art. 15(1)(h))."""
        return self._features(self._permit())

    def correct(
        self,
        traits: Mapping[str, object],
        *,
        by: str = TraitOrigin.SUBJECT,
        source: str = "python",
    ) -> None:
        """
        Set traits to what the subject says they are (Art. 16), whatever is observed from then on.

        Args:
            traits: What they are; None wants one not to be known.
            by: Who says so: `subject`, or `officer` on their behalf.
            source: Where it was said, for the subject to see.

        Raises:
            Mistake: a trait that the tracking plan does not declare, or declares for purposes
                only that the subject does not allow; a value of another type.
        """
        origin = _corrector(by)
        keeping = self._keeping()
        allowed = {permit.purpose for permit in keeping}
        fit = {name: self._fit(name, value, allowed) for name, value in traits.items()}
        self._parts.store.profiles.set_traits(
            (self._permit(), *keeping), fit, source=source, origin=origin
        )

    def observe_again(self, names: Collection[str]) -> int:
        """Take corrections of traits back; return how many: what is observed counts again."""
        return self._parts.store.profiles.observe_again(self._permit(), frozenset(names))

    def settle(self, residence: str) -> None:
        """
        Record where the subject lives, which outranks the address of their account.

        Raises:
            Mistake: *residence* is no ISO 3166 code.
        """
        note_residence(self._parts, self._permit(), residence)
        self._follow()

    def born(self, day: date) -> bool:
        """
        Record the birth date of a minor, and tell whether it was kept.

        That of an adult is not: no rule asks for it (Art. 5(1)(c)).

        Raises:
            Mistake: the day lies in the future.
        """
        at = self._parts.clock()
        if day > at.date():
            raise Mistake("a birth date cannot lie in the future")
        if not is_minor(day, self._parts.policy, at):
            return False
        self._parts.store.profiles.set_born(self._permit(), day)
        self._follow()
        return True

    def statements(self) -> tuple[Statement, ...]:
        """Return everything the subject has said, under whatever number, oldest first."""
        sides = self._parts.store.statements.by_number(self._permit()).values()
        said = (statement for side in sides for statement in side.statements)
        return tuple(sorted(said, key=lambda statement: statement.order))

    def receipts(self) -> tuple[SignedReceipt, ...]:
        """
        Return a signed receipt for everything the subject ever said, oldest act first.

        They are made from what is stored: the same as were given before, to the byte, for as long
        as policy, name of the shop and key are the same.
        """
        sides = self._parts.store.statements.by_number(self._permit())
        signed = (
            receipt
            for number, standing in sides.items()
            for receipt in self._consenting.receipts(self._permit(number), standing)
        )
        begun: dict[str, datetime] = {}
        for statement in self.statements():
            begun.setdefault(statement.record, statement.at)
        return tuple(sorted(signed, key=lambda one: (begun[one.record], one.record)))

    def uses(self) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data, by (activity, day)."""
        return self._parts.store.records.uses(self._permit())

    def restrict(self, *, lift: bool = False, source: str = "api") -> None:
        """Keep the subject's data but use it for nothing, or lift that (Art. 18)."""
        self._consenting.restrict(self._number, lift=lift, source=source)

    def erase(self) -> Erasure:
        """Erase the subject, under every number, from store, lake and models (Art. 17)."""
        members = self._parts.store.identities.members(self._number)
        return erase(self._parts, self._models, self._permit(), members)

    def merges(self) -> tuple[Merge, ...]:
        """Return what made one person of several numbers, also what was undone, oldest first."""
        return self._parts.store.identities.merges(self._permit())

    def merge(self, other: str, *, by: str = "shop") -> Merge:
        """
        Make one person of this subject and the one that the shop calls *other*.

        Raises:
            NotFound: nobody is known as *other*, or not any more.
            Mistake: they are one person already, or would have too many identifiers.
        """
        absorbed = self._permit(named(self._parts, Identifier(IdentifierKind.USER_ID, other)))
        merge = self._parts.store.identities.merge(self._permit(), absorbed, by=by)
        self._changed_person()
        return merge

    def unmerge(self, merge: int) -> Merge:
        """
        Take the merge of that number back: both sides are as if it had never been made.

        Raises:
            NotFound: the subject has no such merge, or what it linked was erased.
            Mistake: it was undone before, or one side has no identifier left.
        """
        undone = self._parts.store.identities.unmerge(self._permit(), merge)
        self._parts.store.tallies.add("identity", "unmerged")
        self._consenting.forget(undone.kept)
        self._consenting.forget(undone.absorbed)
        return undone

    def _changed_person(self) -> None:
        self._parts.store.tallies.add("identity", "merged by word")
        self._consenting.forget(self._number)

    def _follow(self) -> None:
        """Another law may hold from now on: what may no longer be kept goes."""
        visit = Visit(subject=self._number)
        withdraw_from(self._parts, self._models, visit, self._parts.clock(), by_law=True)

    def _fit(self, name: str, value: object, allowed: set[str]) -> object:
        """Return *value* as the plan wants it, if the trait may be kept for what is *allowed*."""
        declared = self._parts.policy.plan.traits
        if name not in declared:
            known = ", ".join(declared)
            raise Mistake(f"unknown trait {name[:64]!r}: the plan declares {known}")
        if value is None:
            return None
        if allowed.isdisjoint(declared[name].purposes):
            raise Mistake(f"{name} may not be kept: the subject allows no purpose it serves")
        fit = fitting(declared[name], value)
        if fit is None:
            kind = declared[name].type
            raise Mistake(f"{name} does not fit: the plan wants it to be of type {kind}")
        return fit

    def _keeping(self) -> tuple[Permit, ...]:
        """Ask for which purposes the subject lets data be kept."""
        visit, at = Visit(subject=self._number), self._parts.clock()
        names = (a.name for a in self._parts.policy.activities.values() if a.keeps)
        answers = (self._parts.door.ask(name, visit, at) for name in names)
        return tuple(answer for answer in answers if isinstance(answer, Permit))

    def _permit(self, number: SubjectId | None = None) -> Permit:
        at = self._parts.clock()
        visit = Visit(subject=self._number if number is None else number)
        answer = self._parts.door.ask("answer-request", visit, at)
        if not isinstance(answer, Permit):
            raise Mistake(f"the policy refuses answer-request ({answer.reason}): mend it first")
        return answer

    def _features(self, permit: Permit) -> tuple[Feature, ...]:
        store = self._parts.store
        return computed(permit, store.features.of(permit), store.catalogue.get)

    def _holdings(self, permit: Permit) -> Holdings:
        store = self._parts.store
        return Holdings(
            known_since=store.profiles.known_since(permit),
            identifiers=store.profiles.identifiers(permit),
            traits=store.profiles.known_traits(permit),
            features=self._features(permit),
            group=store.profiles.group(permit),
            standing=store.statements.standing(permit),
            events=store.events.history(permit),
            uses=store.records.uses(permit),
            merges=store.identities.merges(permit),
            requests=[
                (request, store.requests.words(permit, request))
                for request in store.requests.of(permit)
            ],
            letters=store.letters.of(permit),
            sessions=store.sessions.of(permit),
        )


def named(parts: Parts, identifier: Identifier) -> SubjectId:
    """
    Return the subject that *identifier* names, exactly.

    Raises:
        NotFound: nobody is known by it, or not any more.
    """
    found = parts.store.identities.find(identifier)
    if found is None:
        what = "id" if identifier.kind is IdentifierKind.USER_ID else identifier.kind.value
        raise NotFound(f"no subject is known by this {what}: it was never seen, or it was erased")
    return found


def _corrector(by: str) -> TraitOrigin:
    if by not in {TraitOrigin.SUBJECT, TraitOrigin.OFFICER}:
        raise Mistake("a correction is made by `subject` or by `officer`")
    return TraitOrigin(by)


def withdraw_from(
    parts: Parts, models: ModelsInUse, visit: Visit, at: datetime, *, by_law: bool = False
) -> None:
    """
    Make derived state follow what the subject said: what may no longer be kept goes (Art. 7(3)).

    Asked of the gate purpose by purpose, after every statement, so that the data held is always
    data that may be held.  While processing is restricted nothing is deleted (Art. 18(1)).  What
    only a merge refuses is used for nothing, but stays for the merge to be undone: ADR-0011.

    Args:
        parts: What the workings of a shop share.
        models: The models in use.
        visit: Whose data it is.
        at: The time now.
        by_law: Whether another law may hold, and not a word of the subject.
    """
    here = Visit(subject=visit.subject, region=visit.region)
    keeping = (a for a in parts.policy.activities.values() if a.keeps)
    answers = [(a.purpose, parts.door.refusal(a.name, here, at)) for a in keeping]
    refused = frozenset(
        purpose for purpose, answer in answers if answer and answer.rule != "not_restricted"
    )
    if not refused:
        return
    permit = parts.door.ask("record-statement", here, at)
    if not isinstance(permit, Permit):
        return
    members = parts.store.identities.members(permit.subject)
    if len(members) > 1 and not by_law:
        refused = _refused_since(parts, permit, refused, at)
    parts.store.records.drop_purposes(permit, refused)
    if "model_training" in refused:
        models.forget(permit, members)


def _refused_since(
    parts: Parts, permit: Permit, refused: frozenset[str], at: datetime
) -> frozenset[str]:
    """Return those of *refused* that the person said no to after they became one."""
    merges = parts.store.identities.merges(permit)
    standing_ones = [merge.at for merge in merges if merge.undone_at is None]
    if not standing_ones:  # taken apart a moment ago
        return refused
    last = max(standing_ones)
    standing = parts.store.statements.standing(permit)
    words = {purpose: standing.latest(purpose, at) for purpose in refused}
    return frozenset(purpose for purpose, word in words.items() if word and word.at > last)
