"""
What was found in a policy, or between two, as lines and tables.

What is alike under several laws stands in one line; JSON has every single one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tactful.cli.screen import say, table
from tactful.terms import Minor, Said

if TYPE_CHECKING:
    from tactful.capabilities.policy import AskedAgain, Change, Difference, Finding, Turn

_AGES = {
    Minor.NO: "of age",
    Minor.OWN_CONSENT: "minors who decide themselves",
    Minor.PARENTAL_CONSENT: "minors whose parents decide",
    Minor.CLOSED: "minors who are left alone",
}
_NAMED = 4
"""So many purposes that change alike are named in a line."""

_NEW_YES = {
    Said.IMPLIED: "with dealings that imply a yes from now on",
    Said.GRANTED: "whose own yes counts from now on",
}
_SIGNALS = {"gpc": "Global Privacy Control", "denied": "a no in a consent string"}


def findings(found: tuple[Finding, ...], *, verbose: bool = False) -> None:
    """Print one line per finding: what it is, where it stands, what to write."""
    for finding in found:
        parts = (finding.where, finding.what, finding.instead)
        say(f"{finding.severity:<7}  {': '.join(part for part in parts if part)}")
        for detail in finding.details if verbose else ():
            say(f"{'':<9}- {detail}")
    if not found:
        say("Nothing to mend.")
    elif not verbose and any(finding.details for finding in found):
        say("With --verbose each figure is named.")


def difference(found: Difference) -> None:
    """Print what changes, whose answers change, and who is asked again."""
    if found.changes:
        table(("what", "name", "field", "before", "after"), _changes(found.changes))
    else:
        say("Nothing changes.")
    if found.turns:
        _turns(found.turns)
    if found.asked_again:
        _asked_again(found.asked_again)


def _changes(changes: Iterable[Change]) -> Iterator[tuple[str, ...]]:
    """Yield a row per change, of laws that change alike one for all of them."""
    alike: dict[Change, list[str]] = {}
    for change in changes:
        law, _, what = change.name.rpartition(": ") if change.kind == "regime" else ("", "", "")
        named = change if not law else replace(change, name=what)
        alike.setdefault(named, []).append(law)
    for change, laws in _of_one_law(alike):
        field = change.field or ("added" if change.before is None else "removed")
        name = f"{', '.join(laws)}: {change.name}" if laws[0] else change.name
        yield change.kind, name, field, change.before or "", change.after or ""


def _of_one_law(alike: dict[Change, list[str]]) -> list[tuple[Change, list[str]]]:
    """Join what changes alike for several purposes under the same laws."""
    joined: dict[tuple[Change, tuple[str, ...]], list[str]] = {}
    for change, laws in alike.items():
        purpose, comma, what = change.name.partition(", ")
        rest = replace(change, name=f"{comma}{what}") if laws[0] else change
        joined.setdefault((rest, tuple(laws)), []).append(purpose if laws[0] else "")
    return [
        (replace(rest, name=f"{_first(names)}{rest.name}"), list(laws))
        for (rest, laws), names in joined.items()
    ]


def _first(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} more"


def _turns(turns: tuple[Turn, ...]) -> None:
    say()
    say("Whose answers change:")
    columns = ("activity", "law", "who said", "before", "after", "subjects")
    table(columns, map(_turn, _together(turns)), numbers=1)


def _together(turns: Iterable[Turn]) -> list[list[Turn]]:
    """Put the turns together that only differ in the law."""
    alike: dict[Turn, list[Turn]] = {}
    for turn in turns:
        same = turn.old_regime == turn.new_regime
        law = {"old_regime": "", "new_regime": "", "regions": ()} if same else {}
        key = replace(turn, **law, subjects=None, exact=True)  # type: ignore[arg-type]
        alike.setdefault(key, []).append(turn)
    return list(alike.values())


def _turn(alike: list[Turn]) -> tuple[str, ...]:
    turn = alike[0]
    counts = [one.subjects for one in alike if one.subjects is not None]
    total = sum(counts) if len(counts) == len(alike) else None
    laws = ", ".join(dict.fromkeys(_law(one) for one in alike))
    count = _count(total, exact=all(one.exact or not one.subjects for one in alike))
    return turn.activity, laws, "; ".join(_who(turn)), turn.before, turn.after, count


def _law(turn: Turn) -> str:
    if turn.old_regime == turn.new_regime:
        return turn.old_regime
    where = f" in {', '.join(turn.regions)}" if turn.regions else ""
    return f"{turn.old_regime} → {turn.new_regime}{where}"


def _who(turn: Turn) -> Iterator[str]:
    said = [said.name.lower() for said in turn.said]
    yield "whatever" if set(Said) - {Said.IMPLIED} <= set(turn.said) else ", ".join(said)
    if turn.becomes is not None:
        yield _NEW_YES[turn.becomes]
    if turn.minors:
        yield _age(turn)
    if turn.signals:
        yield f"with {' or '.join(_SIGNALS[signal.name.lower()] for signal in turn.signals)}"
    if turn.restricted:
        yield "while restricted"


def _age(turn: Turn) -> str:
    before = " or ".join(_AGES[minor] for minor in turn.minors)
    return before if turn.minor_becomes is None else f"{before}, now {_AGES[turn.minor_becomes]}"


def _asked_again(asked: tuple[AskedAgain, ...]) -> None:
    say()
    say("Asked again, wherever a yes is needed:")
    columns = ("purpose", "whoever said yes to", "subjects")
    rows = ((a.purpose, ", ".join(a.notices), _count(a.subjects, exact=a.exact)) for a in asked)
    table(columns, rows, numbers=1)


def _count(subjects: int | None, *, exact: bool) -> str:
    if subjects is None:
        return "not counted"
    return f"{subjects:,}" if exact or not subjects else f"at most {subjects:,}"
