"""
Compare two policies: what changes, whose answers change, and who must be asked again.

Answers are compared by asking the rules about every case under both policies, so that nothing
rests on reading files well.  Nobody is looked at: a live shop hands in how many subjects there are
in each case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import NamedTuple

from tactful.capabilities.policy.changes import Change, changes
from tactful.gate import RULE_NAMES, VerdictTable, encode, verdict_tables
from tactful.terms import Mode, Policy, Said

PERMITTED = "permitted"
UNREGISTERED = "refused: not in the register"


class Group(NamedTuple):
    """Subjects of whom the rules see the same on one purpose; `regime` is that of the residence."""

    purpose: str
    regime: str
    said: Said
    restricted: bool = False


Census = Mapping[Group, int]
"""How many subjects are in each group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    An activity that is permitted from now on, or no longer, to those who said this.

    `regions` is empty where no region is known, or one that neither policy names.  `signal` says
    that it turns only for requests with Global Privacy Control, `restricted` that it turns while
    processing is restricted.  `subjects` is what a shop counted, None if it cannot: it is a bound
    from above unless `exact`, since residences are counted by the old regime only.
    """

    activity: str
    purpose: str
    old_regime: str
    new_regime: str
    regions: tuple[str, ...]
    said: tuple[Said, ...] = ()
    signal: bool = False
    restricted: bool = False
    before: str = UNREGISTERED
    after: str = UNREGISTERED
    subjects: int | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """
    Consents that no longer count, since the notice they were given to changed (Art. 7(1)).

    `notices` are the versions that a yes may no longer name, `purposes` those that want a yes
    somewhere.  `subjects` is what a shop counted per purpose, None if it was not asked: a bound
    from above unless `exact`, since what is counted does not know the version.
    """

    notices: tuple[str, ...]
    purposes: tuple[str, ...]
    subjects: Mapping[str, int] | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that follows from putting one policy in the place of another."""

    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    asked_again: AskedAgain | None


def diff(old: Policy, new: Policy, *, census: Census | None = None) -> Difference:
    """
    Return what changes when *new* takes the place of *old*.

    Args:
        old: The policy in force.
        new: The policy to come.
        census: How many subjects of a live shop are in each group under *old*.
    """
    turns = _turns(old, new)
    asked = _asked_again(old, new)
    if census is not None:
        turns = [_counted(turn, census, old) for turn in turns]
        asked = asked and _counted_again(asked, census, old)
    return Difference(changes=changes(old, new), turns=tuple(turns), asked_again=asked)


class _Move(NamedTuple):
    """Regions that leave one place in `Policy.regimes` for one in another; `whole`: all of them."""

    old: int
    new: int
    regions: tuple[str, ...]
    whole: bool


class _Case(NamedTuple):
    """A case that is answered otherwise; what was said is last, to group by the rest."""

    signal: bool
    restricted: bool
    before: str
    after: str
    said: Said


def _turns(old: Policy, new: Policy) -> list[Turn]:
    before, after = verdict_tables(old), verdict_tables(new)
    return [
        turn
        for activity in {**old.activities, **new.activities}.values()
        for move in _moves(old, new)
        for turn in _of_move(
            Turn(
                activity=activity.name,
                purpose=activity.purpose,
                old_regime=old.regimes[move.old].id,
                new_regime=new.regimes[move.new].id,
                regions=move.regions,
                exact=move.whole,
            ),
            _turned(move, before.get(activity.name), after.get(activity.name)),
        )
    ]


def _moves(old: Policy, new: Policy) -> list[_Move]:
    named = {region for policy in (old, new) for r in policy.regimes for region in r.regions}
    found: dict[tuple[int, int], list[str]] = {(0, 0): []}
    for region in sorted(named):
        places = old.regime_index(region), new.regime_index(region)
        found.setdefault(places, []).append(region)
    left = [place for place, _ in found]
    return [_Move(a, b, tuple(regions), left.count(a) == 1) for (a, b), regions in found.items()]


def _of_move(move: Turn, cases: list[_Case]) -> Iterator[Turn]:
    """Yield *move* once for all that turn alike."""
    for alike, same in groupby(cases, key=lambda case: case[:-1]):
        signal, restricted, before, after = alike
        yield replace(
            move,
            said=tuple(case.said for case in same),
            signal=signal,
            restricted=restricted,
            before=before,
            after=after,
        )


def _turned(move: _Move, before: VerdictTable | None, after: VerdictTable | None) -> list[_Case]:
    """Return the cases that turn, like beside like; a signal only where it makes a difference."""
    found: set[_Case] = set()
    for signal, restricted, said in product((False, True), (False, True), Said):
        was = _answer(before, move.old, said=said, signal=signal, restricted=restricted)
        becomes = _answer(after, move.new, said=said, signal=signal, restricted=restricted)
        case = _Case(signal, restricted, was, becomes, said)
        if (
            PERMITTED in {was, becomes}
            and was != becomes
            and case._replace(signal=False) not in found
        ):
            found.add(case)
    return sorted(found)


def _answer(
    table: VerdictTable | None, regime: int, *, said: Said, signal: bool, restricted: bool
) -> str:
    if table is None:
        return UNREGISTERED
    number = table.entries[
        encode(regime=regime, said=said, signal=signal, restricted=restricted)
    ].number
    return f"refused: {RULE_NAMES[number - 1]}" if number else PERMITTED


def _counted(turn: Turn, census: Census, old: Policy) -> Turn:
    """Count those who turn; whose browser sends a signal is not stored, so nobody can count it."""
    if turn.signal:
        return turn
    groups = (Group(turn.purpose, turn.old_regime, said, turn.restricted) for said in turn.said)
    return replace(turn, subjects=sum(_members(group, census, old) for group in groups))


def _members(group: Group, census: Census, old: Policy) -> int:
    """Return how many are in *group*; about a purpose that is new nobody has said anything."""
    if group.purpose in old.purposes:
        return census.get(group, 0)
    if group.said is not Said.NOTHING:
        return 0
    known = old.purpose_order[0]
    return sum(census.get(group._replace(purpose=known, said=said), 0) for said in Said)


def _asked_again(old: Policy, new: Policy) -> AskedAgain | None:
    counts = [name for name, binding in _binding(old).items() if binding]
    still = {name for name, binding in _binding(new).items() if binding}
    lapsed = tuple(name for name in counts if name not in still)
    if not lapsed:
        return None
    return AskedAgain(
        notices=lapsed,
        purposes=tuple(p for p in old.purposes if p in new.purposes and _asking(old, p)),
        exact=len(lapsed) == len(counts),
    )


def _binding(policy: Policy) -> dict[str, bool]:
    """Tell of each version of a notice whether a yes may name it and count."""
    oldest = policy.binding_versions
    return {notice.name: notice.version >= oldest[notice.id] for notice in policy.notices}


def _asking(policy: Policy, purpose: str) -> list[str]:
    """Return the regimes in which *purpose* wants a yes."""
    regimes = policy.regimes
    return [r.id for r in regimes if purpose in r.rules and r.rules[purpose].mode is Mode.OPT_IN]


def _counted_again(asked: AskedAgain, census: Census, old: Policy) -> AskedAgain:
    def granted(purpose: str) -> int:
        asking = _asking(old, purpose)
        return sum(
            census.get(Group(purpose, regime, Said.GRANTED, restricted), 0)
            for regime, restricted in product(asking, (False, True))
        )

    return replace(asked, subjects={purpose: granted(purpose) for purpose in asked.purposes})
