"""What `tactful doctor` says of a shop's surroundings: its disk, its store, and the time."""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tactful.cli import ports
from tactful.cli.findings import Finding, State
from tactful.cli.text import minute

if TYPE_CHECKING:
    from tactful.assembly import Condition, Opened

LITTLE_BYTES = 1_000_000_000
TOO_LITTLE_BYTES = 50_000_000
LITTLE_SHARE = 0.05
FEW_DAYS = 30

APART_SECONDS = 5.0
"""How far two clocks may be apart before they are two."""

AHEAD = timedelta(minutes=10)
"""How far in the future something may seem to have happened: clocks of clients are set by hand."""

ASK_SECONDS = 2.0


def surroundings(opened: Opened) -> Iterator[Finding]:
    """Yield what is found out about disk, store and time."""
    condition = opened.condition() if opened.condition else None
    yield _disk(opened, condition)
    yield _store(opened, condition)
    yield from _times(opened, condition)


def _disk(opened: Opened, condition: Condition | None) -> Finding:
    usage = shutil.disk_usage(_data(opened))
    share = usage.free / usage.total
    says = f"{usage.free / 1e9:,.1f} GB free ({share:.0%})"
    state = State.NOTE if usage.free < LITTLE_BYTES or share < LITTLE_SHARE else State.OK
    if condition and condition.bytes_a_day:
        days = usage.free / condition.bytes_a_day
        says += f", for {min(days, 9_999):,.0f} days at the rate of the last week"
        state = State.NOTE if days < FEW_DAYS else state
    if usage.free < TOO_LITTLE_BYTES:
        state = State.UNSAFE
    advice = "" if state is State.OK else ": free some space; a full disk turns events away"
    return Finding(check="disk", state=state, says=says + advice)


def _store(opened: Opened, condition: Condition | None) -> Finding:
    from tactful.assembly import store_in_words

    version = condition.version if condition else ""
    if condition and condition.broken:
        says = f"version {version}, but {'; '.join(condition.broken)}: move it to a local disk"
        return Finding(check="store", state=State.UNSAFE, says=says)
    says = f"opens, {store_in_words(opened.settings)}; each commit is synced"
    return Finding(check="store", state=State.OK, says=says)


def _times(opened: Opened, condition: Condition | None) -> Iterator[Finding]:
    """Yield where this clock and another one differ, or what is stored lies in the future."""
    if opened.settings.shop.as_of:
        return  # `clock` says so, and nothing agrees with it
    now = opened.shop.now()
    if condition and condition.newest_statement and condition.newest_statement > now + AHEAD:
        at = minute(condition.newest_statement)
        says = (
            f"the last statement is dated {at}, which is still to come: what is said now would "
            "count for nothing beside it; set the system's clock"
        )
        yield Finding(check="time", state=State.UNSAFE, says=says)
    if condition and condition.newest_event and condition.newest_event > now + AHEAD:
        says = (
            f"events are dated up to {minute(condition.newest_event)}, which is still to come: "
            "see that this clock, and those of your servers, are set by a time server"
        )
        yield Finding(check="time", state=State.NOTE, says=says)
    yield from _other_clocks(opened)


def _other_clocks(opened: Opened) -> Iterator[Finding]:
    apart = _apart_from_disk(_data(opened))
    if abs(apart) > APART_SECONDS:
        says = f"the disk's clock is {apart:+.0f} s from ours: let a time server set both"
        yield Finding(check="time", state=State.NOTE, says=says)
    told = _time_of_server(opened.settings.server.host, opened.settings.server.port)
    if told and abs(seconds := (told - datetime.now(UTC)).total_seconds()) > APART_SECONDS:
        says = f"the server's clock is {seconds:+.0f} s from ours: let a time server set both"
        yield Finding(check="time", state=State.NOTE, says=says)


def _apart_from_disk(folder: Path) -> float:
    """Return by how many seconds the clock that dates files in *folder* is ahead of ours."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0")
            probe.flush()
            return os.fstat(probe.fileno()).st_mtime - time.time()
    except OSError:  # full, or not ours to write: other checks say so
        return 0.0


def _time_of_server(host: str, port: int) -> datetime | None:
    """Return the time as the server at *host* and *port* has it, if one answers."""
    where = ports.EVERYWHERE.get(host, host)
    connection = http.client.HTTPConnection(where, port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/healthz")
        date = connection.getresponse().getheader("date")
        return parsedate_to_datetime(date) if date else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _data(opened: Opened) -> Path:
    return opened.folder / opened.settings.store.data
