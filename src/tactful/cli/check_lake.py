"""What `tactful doctor` looks at in the background: the lake, and when data was last let go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tactful.cli.findings import Finding, State
from tactful.cli.text import minute
from tactful.terms import TactfulError

if TYPE_CHECKING:
    from tactful.assembly import Opened

LATE = timedelta(days=2)
LATE_LAKE = timedelta(hours=1)


def background(opened: Opened) -> Finding:
    """Tell when what is past its term was last removed."""
    done = opened.work.last_done().get("retain")
    if done is None:
        says = "what is past its term was never removed: `tactful serve` does it once a day"
        return Finding(check="retention", state=State.NOTE, says=says)
    late = opened.shop.now() - done > LATE
    says = f"what is past its term was last removed {minute(done)}"
    if late:
        says += ": `tactful serve` does it once a day, and did not"
    return Finding(check="retention", state=State.NOTE if late else State.OK, says=says)


def lake(opened: Opened) -> Finding:
    """Tell whether the lake can be read, and how far it is behind."""
    waiting, fed_at = opened.lake.outflow.waiting()
    if not opened.lake.holds_any():
        says = f"empty; {waiting:,} events wait"
        return Finding(check="lake", state=State.OK, says=says)
    try:
        held = opened.lake.lake.status()
    except TactfulError as error:
        return Finding(check="lake", state=State.UNSAFE, says=str(error))
    behind = waiting and fed_at is not None and opened.shop.now() - fed_at > LATE_LAKE
    says = f"{held.rows:,} events in {held.files:,} files, fed {minute(fed_at)}; {waiting:,} wait"
    if held.owed:
        says += f"; {held.owed:,} removals wait for a running server, or `tactful lake compact`"
    state = State.NOTE if behind or held.owed else State.OK
    return Finding(check="lake", state=state, says=says)
