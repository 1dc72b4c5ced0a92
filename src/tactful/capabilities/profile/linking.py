"""
Decide whom the identifiers of one call name, and which persons they link.

Pure: a store tells what it knows of the identifiers, and does what is decided, in one transaction.
The rules stand in ADR-0011.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tactful.capabilities.profile.limits import Limits
from tactful.terms import IdentifierKind, SubjectId

_IDS = frozenset({IdentifierKind.USER_ID, IdentifierKind.ANONYMOUS_ID})

TOO_MANY = "too many of kind {kind}"
SHARED_DEVICE = "device of several persons"
SHARED_ADDRESS = "address of several persons"
TWO_USER_IDS = "two userIds"
TAKEN_APART = "taken apart before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """
    What is known of one identifier: whom it names, whether it is shared, and who else claims it.

    `claimants` are the subjects that came with it besides the one it names.
    """

    kind: IdentifierKind
    owner: SubjectId | None = None
    shared: bool = False
    claimants: frozenset[SubjectId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a person: numbers, how many identifiers, from whom they were parted."""

    members: frozenset[SubjectId] = frozenset()
    counts: Mapping[IdentifierKind, int] = field(default_factory=dict)
    apart: frozenset[SubjectId] = frozenset()

    @property
    def has_user_id(self) -> bool:
        """Tell whether the shop has an id for this person."""
        return self.counts.get(IdentifierKind.USER_ID, 0) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """
    What is to be done; identifiers are named by their place in the call.

    `subject` is whom the call speaks of, None for somebody new.  `links` name nobody yet and will
    name the subject; `handed_on` will name a new subject of their own, and link nobody any more;
    `claims` are claimed by the subject as well; through `merges` the persons become one.  `refused`
    says what was not done, and why.
    """

    subject: SubjectId | None = None
    links: tuple[int, ...] = ()
    handed_on: tuple[int, ...] = ()
    claims: tuple[int, ...] = ()
    merges: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Tell whether anything has to be written."""
        return bool(
            self.subject is None or self.links or self.handed_on or self.claims or self.merges
        )


def linking(
    named: Sequence[Named],
    persons: Mapping[SubjectId, Known],
    *,
    limits: Limits,
    by_shop: bool,
) -> Linking:
    """
    Decide what one call says about who is who.

    Args:
        named: The identifiers of the call, the strongest first.
        persons: By each owner, what is known of the person.
        limits: How many identifiers a person may have.
        by_shop: Whether the shop itself says so, which alone may make one person of two userIds.
    """
    subject = subject_of(named, persons)
    known = Known() if subject is None else persons[subject]
    planning = _Planning(known, persons, limits=limits, by_shop=by_shop, subject=subject)
    for place, each in enumerate(named):
        planning.take(place, each)
    return planning.result()


def subject_of(named: Sequence[Named], persons: Mapping[SubjectId, Known]) -> SubjectId | None:
    """
    Return whom the strongest of *named* means that may speak for the sender, None for nobody.

    A userId that nobody has yet is no word for a person who has another one: it means that
    somebody else sits at the device.
    """
    somebody_new = False
    for place, each in enumerate(named):
        if each.owner is None:
            somebody_new |= each.kind is IdentifierKind.USER_ID
        elif (each.shared and place) or (somebody_new and persons[each.owner].has_user_id):
            continue
        else:
            return each.owner
    return None


class _Planning:
    """Goes through the identifiers of a call, and keeps count of what the person would have."""

    def __init__(
        self,
        known: Known,
        persons: Mapping[SubjectId, Known],
        *,
        limits: Limits,
        by_shop: bool,
        subject: SubjectId | None,
    ) -> None:
        self._persons = persons
        self._limits = limits
        self._by_shop = by_shop
        self._subject = subject
        self._members = set(known.members)
        self._apart = set(known.apart)
        self._counts = Counter(dict(known.counts))
        self._done: dict[str, list[int]] = {"links": [], "handed_on": [], "claims": []}
        self._merges: list[int] = []
        self._refused: list[str] = []

    def take(self, place: int, each: Named) -> None:
        """Decide about one identifier."""
        if each.owner is None:
            self._link(place, each.kind)
        elif each.owner in self._members or each.shared:
            return
        elif each.kind is IdentifierKind.ANONYMOUS_ID:
            self._device(place, each.owner)
        elif each.kind is IdentifierKind.USER_ID:
            self._account(place, each.owner)
        else:
            self._address(place, each, each.owner)

    def result(self) -> Linking:
        """Return what was decided."""
        return Linking(
            subject=self._subject,
            links=tuple(self._done["links"]),
            handed_on=tuple(self._done["handed_on"]),
            claims=tuple(self._done["claims"]),
            merges=tuple(self._merges),
            refused=tuple(self._refused),
        )

    def _link(self, place: int, kind: IdentifierKind) -> None:
        if self._counts[kind] >= self._limits.most(kind):
            self._refused.append(TOO_MANY.format(kind=kind))
            return
        self._counts[kind] += 1
        self._done["links"].append(place)

    def _device(self, place: int, owner: SubjectId) -> None:
        """A device whose person has another userId has changed hands: it is nobody's from now."""
        if self._persons[owner].has_user_id:
            self._done["handed_on"].append(place)
            self._refused.append(SHARED_DEVICE)
        else:
            self._merge(place, owner)

    def _account(self, place: int, owner: SubjectId) -> None:
        if self._by_shop:
            self._merge(place, owner)
        else:
            self._refused.append(TWO_USER_IDS)

    def _address(self, place: int, each: Named, owner: SubjectId) -> None:
        """An address that too many persons with ids of their own claim is nobody's."""
        between_ids = self._has_user_id and self._persons[owner].has_user_id
        if between_ids and not self._claimed(each):
            if len(each.claimants) + 2 > self._limits.sharing:
                self._done["handed_on"].append(place)
                self._refused.append(SHARED_ADDRESS)
                return
            self._done["claims"].append(place)
        self._merge(place, owner)

    def _claimed(self, each: Named) -> bool:
        return not self._members.isdisjoint(each.claimants)

    @property
    def _has_user_id(self) -> bool:
        return self._counts[IdentifierKind.USER_ID] > 0

    def _merge(self, place: int, owner: SubjectId) -> None:
        other = self._persons[owner]
        if reason := self._hindrance(other):
            self._refused.append(reason)
            return
        self._counts.update(dict(other.counts))
        self._members |= other.members
        self._apart |= other.apart
        self._merges.append(place)

    def _hindrance(self, other: Known) -> str | None:
        if not self._apart.isdisjoint(other.members) or not self._members.isdisjoint(other.apart):
            return TAKEN_APART
        return over(self._counts, other.counts, self._limits)


def over(
    counts: Mapping[IdentifierKind, int], more: Mapping[IdentifierKind, int], limits: Limits
) -> str | None:
    """Return which limit two persons would pass as one, None where they pass none."""
    kinds = (k for k in IdentifierKind if more.get(k) and counts.get(k, 0))
    passed = (k for k in kinds if counts[k] + more[k] > limits.most(k))
    return next((TOO_MANY.format(kind=kind) for kind in passed), None)


def linked_by(kind: IdentifierKind) -> str:
    """Return what evidence an identifier of *kind* is, for the record of a merge."""
    return "alias" if kind is IdentifierKind.USER_ID else kind.value
