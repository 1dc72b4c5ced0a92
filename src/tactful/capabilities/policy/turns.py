"""
Find whose answers change from one policy to another.

The rules are asked about every case under both, so that nothing rests on reading files well.  A
case is what one person can be under the two: a policy may see a consent in a dealing, or a minor in
an age, where the other does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

from tactful.capabilities.policy.groups import Census, Group, members
from tactful.capabilities.policy.people import Person, people_under
from tactful.gate import RULE_NAMES, Signal, VerdictTable, verdict_tables
from tactful.gate.facts import code_of
from tactful.terms import Minor, Policy, Said

PERMITTED = "permitted"
UNREGISTERED = "refused: not in the register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    An activity that is permitted from now on, or no longer, to those who said this.

    `said` is as the old policy sees it; `becomes` is the yes that the new one sees instead: in
    dealings that imply one, or in the word of a minor.  `minors` is what age asks for under the
    old one, empty where that makes no difference, and `minor_becomes` what it asks for from now
    on, if another.  `signals` says that it turns only for requests that carry one of them;
    `restricted`, unless None, that it turns only while processing is restricted, or only while it
    is not.

    `regions` is empty where no region is known, or one that neither policy names; `US-*` stands
    for the states without a law of their own.  `subjects` is what a shop counted, None if it
    cannot: a bound from above unless `exact`.
    """

    activity: str
    purpose: str
    old_regime: str
    new_regime: str
    regions: tuple[str, ...]
    said: tuple[Said, ...] = ()
    becomes: Said | None = None
    minors: tuple[Minor, ...] = ()
    minor_becomes: Minor | None = None
    signals: tuple[Signal, ...] = ()
    restricted: bool | None = None
    before: str = UNREGISTERED
    after: str = UNREGISTERED
    subjects: int | None = None
    exact: bool = True


class _Move(NamedTuple):
    """Regions that leave one place in `Policy.regimes` for one in another; `whole`: all of them."""

    old: int
    new: int
    regions: tuple[str, ...]
    whole: bool


class _Case(NamedTuple):
    """A case that is answered otherwise."""

    before: str
    after: str
    restricted: bool
    signal: Signal
    person: Person


def turns(old: Policy, new: Policy) -> list[Turn]:
    """Return every activity that turns, by the regimes that it turns under."""
    before, after = verdict_tables(old), verdict_tables(new)
    moves = _moves(old, new)
    return [
        turn
        for activity in {**old.activities, **new.activities}.values()
        for move in moves
        for turn in _of_move(
            Turn(
                activity=activity.name,
                purpose=activity.purpose,
                old_regime=old.regimes[move.old].id,
                new_regime=new.regimes[move.new].id,
                regions=move.regions,
                exact=move.whole,
            ),
            people_under(
                activity.purpose, old.regimes[move.old], new.regimes[move.new], move.regions
            ),
            _Answers(before.get(activity.name), move.old),
            _Answers(after.get(activity.name), move.new),
        )
    ]


def counted(turn: Turn, census: Census, old: Policy) -> Turn:
    """
    Count those who turn.

    Whose browser sends a signal is not stored, nor how old an adult is: nobody can count those.
    """
    grown_up = turn.minor_becomes is not None and Minor.NO in turn.minors
    if turn.signals or grown_up:
        return turn
    restricted = (True, False) if turn.restricted is None else (turn.restricted,)
    groups = (
        Group(turn.purpose, turn.old_regime, *facts)
        for facts in product(turn.said, restricted, turn.minors or Minor)
    )
    return replace(turn, subjects=sum(members(group, census, old) for group in groups))


def _moves(old: Policy, new: Policy) -> list[_Move]:
    found: dict[tuple[int, int], list[str]] = {(0, 0): []}
    for region in sorted(_named(old) | _named(new)):
        places = old.regime_index(region), new.regime_index(region)
        found.setdefault(places, []).append(region)
    left = [place for place, _ in found]
    return [_Move(a, b, tuple(regions), left.count(a) == 1) for (a, b), regions in found.items()]


def _named(policy: Policy) -> set[str]:
    """Return the regions that *policy* tells apart; the rest of a country where states do."""
    named = {region for regime in policy.regimes for region in regime.regions}
    alone = [regime for regime in policy.regimes if regime.country_alone]
    return named | {f"{country}-*" for regime in alone for country in regime.regions}


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the gate answers for one activity under one regime of a policy."""

    table: VerdictTable | None
    regime: int

    def to(self, said: Said, minor: Minor, *, signal: Signal, restricted: bool) -> str:
        if self.table is None:
            return UNREGISTERED
        code = code_of(self.regime, said, signal=signal, minor=minor, restricted=restricted)
        number = self.table.entries[code].number
        return f"refused: {RULE_NAMES[number - 1]}" if number else PERMITTED


def _of_move(
    move: Turn, people: frozenset[Person], before: _Answers, after: _Answers
) -> Iterator[Turn]:
    """Yield *move* once for all that turn alike."""
    found = frozenset(_turned(people, before, after))
    for row in sorted(_together(found), key=_Row.order):
        yield replace(
            move,
            said=tuple(sorted(row.said)),
            becomes=row.becomes,
            minors=_told_apart(row, people),
            minor_becomes=row.minor_becomes,
            signals=() if Signal.NONE in row.signal else tuple(sorted(row.signal)),
            restricted=None if len(row.restricted) > 1 else next(iter(row.restricted)),
            before=row.before,
            after=row.after,
            exact=move.exact and row.holds_all(people, found),
        )


def _turned(people: Iterable[Person], before: _Answers, after: _Answers) -> Iterator[_Case]:
    for person, signal, restricted in product(people, Signal, (False, True)):
        was = before.to(person.said, person.minor, signal=signal, restricted=restricted)
        now = after.to(person.becomes, person.minor_becomes, signal=signal, restricted=restricted)
        if PERMITTED in {was, now} and was != now:
            yield _Case(was, now, restricted, signal, person)


class _Row(NamedTuple):
    """Cases that turn alike: everything that one of each set makes up."""

    before: str
    after: str
    becomes: Said | None
    minor_becomes: Minor | None
    said: frozenset[Said]
    minor: frozenset[Minor]
    signal: frozenset[Signal]
    restricted: frozenset[bool]

    def order(self) -> tuple[object, ...]:
        """Sort what turns for everybody before what turns for some."""
        grown = self.minor_becomes or -1
        sets = (self.restricted, self.signal, self.minor, self.said)
        return (
            self.becomes or -1,
            grown,
            *(tuple(sorted(values)) for values in sets),
            self.before,
            self.after,
        )

    def holds_all(self, people: frozenset[Person], found: frozenset[_Case]) -> bool:
        """Tell whether everybody who looks like this to the old policy turns like this."""
        alike = [p for p in people if p.said in self.said and p.minor in self.minor]
        return all(
            _Case(self.before, self.after, restricted, signal, person) in found
            for restricted, signal, person in product(self.restricted, self.signal, alike)
        )


def _together(found: frozenset[_Case]) -> list[_Row]:
    """Join the cases of *found* to as few rows as say the same."""
    rows = [_row(case) for case in found if not _said_already(case, found)]
    for field in ("minor", "said", "signal", "restricted"):
        rows = _joined(rows, field)
    return rows


def _said_already(case: _Case, found: frozenset[_Case]) -> bool:
    """Tell whether it turns just so without a signal, or where both policies see the same."""
    person = case.person
    plain = (
        case._replace(signal=Signal.NONE),
        case._replace(person=person._replace(becomes=person.said)),
        case._replace(person=person._replace(minor_becomes=person.minor)),
    )
    return any(other != case and other in found for other in plain)


def _row(case: _Case) -> _Row:
    person = case.person
    return _Row(
        before=case.before,
        after=case.after,
        becomes=None if person.becomes in {person.said, Said.NOTHING} else person.becomes,
        minor_becomes=None if person.minor_becomes is person.minor else person.minor_becomes,
        said=frozenset({person.said}),
        minor=frozenset({person.minor}),
        signal=frozenset({case.signal}),
        restricted=frozenset({case.restricted}),
    )


def _joined(rows: Iterable[_Row], field: str) -> list[_Row]:
    """Join the rows that differ in the set called *field* alone."""
    together: dict[_Row, frozenset[Any]] = {}
    for row in rows:
        rest = _with(row, field, frozenset())
        together[rest] = together.get(rest, frozenset()) | getattr(row, field)
    return [_with(rest, field, joined) for rest, joined in together.items()]


def _with(row: _Row, field: str, values: frozenset[Any]) -> _Row:
    changed: dict[str, Any] = {field: values}
    return row._replace(**changed)


def _told_apart(row: _Row, people: frozenset[Person]) -> tuple[Minor, ...]:
    """Return what age asks of those in *row*; nothing where it turns whatever age asks for."""
    every = {person.minor for person in people}
    if row.minor_becomes is None and every <= row.minor:
        return ()
    return tuple(sorted(row.minor))
