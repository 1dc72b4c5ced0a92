"""What was found in a policy, or between two, as lines and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tactful.cli.screen import say, table
from tactful.terms import Said

if TYPE_CHECKING:
    from tactful.capabilities.policy import AskedAgain, Change, Difference, Finding, Turn


def findings(found: tuple[Finding, ...]) -> None:
    """Print one line per finding: what it is, where it stands, what to write."""
    for finding in found:
        parts = (finding.where, finding.what, finding.instead)
        say(f"{finding.severity:<7}  {': '.join(part for part in parts if part)}")
    if not found:
        say("Nothing to mend.")


def difference(found: Difference) -> None:
    """Print what changes, whose answers change, and who is asked again."""
    if found.changes:
        table(("what", "name", "field", "before", "after"), map(_change, found.changes))
    else:
        say("Nothing changes.")
    if found.turns:
        _turns(found.turns)
    if found.asked_again:
        _asked_again(found.asked_again)


def _change(change: Change) -> tuple[str, ...]:
    field = change.field or ("added" if change.before is None else "removed")
    return change.kind, change.name, field, change.before or "", change.after or ""


def _turns(turns: tuple[Turn, ...]) -> None:
    say()
    say("Whose answers change:")
    columns = ("activity", "law", "who said", "before", "after", "subjects")
    table(columns, map(_turn, turns), numbers=1)


def _turn(turn: Turn) -> tuple[str, ...]:
    count = _count(turn.subjects, exact=turn.exact)
    return turn.activity, _law(turn), "; ".join(_who(turn)), turn.before, turn.after, count


def _law(turn: Turn) -> str:
    if turn.old_regime == turn.new_regime:
        return turn.old_regime
    where = f" in {', '.join(turn.regions)}" if turn.regions else ""
    return f"{turn.old_regime} → {turn.new_regime}{where}"


def _who(turn: Turn) -> Iterator[str]:
    said = [said.name.lower() for said in turn.said]
    yield ", ".join(said) if len(said) < len(Said) else "whatever"
    if turn.signal:
        yield "with Global Privacy Control"
    if turn.restricted:
        yield "while restricted"


def _asked_again(asked: AskedAgain) -> None:
    say()
    say(f"Asked again: whoever said yes to {', '.join(asked.notices)}, wherever a yes is needed.")
    counts = asked.subjects
    if counts is not None:
        rows = ((p, _count(counts[p], exact=asked.exact)) for p in asked.purposes)
        table(("purpose", "subjects"), rows, numbers=1)


def _count(subjects: int | None, *, exact: bool) -> str:
    if subjects is None:
        return "not counted"
    return f"{subjects:,}" if exact or not subjects else f"at most {subjects:,}"
