"""
Text as it may go to a terminal or a pipe.

Ids and titles come from the open network: a control sequence among them must not reach whoever
looks at them.
"""

from __future__ import annotations

import json
from datetime import datetime

LONGEST = 60


def printable(text: str) -> str:
    """Return *text* in one line, without anything a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def short(value: object, longest: int = LONGEST) -> str:
    """Return *value* as a table cell: printable and of bounded length."""
    text = printable("" if value is None else str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def as_json(value: object, *, indent: int | None = 2) -> str:
    """Return *value* as JSON in ASCII, which every terminal and pipe carries unharmed."""
    return json.dumps(value, indent=indent, default=_plain)


def minute(moment: datetime | None) -> str:
    """Return *moment* to the minute, with its zone; empty where there is none."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M %Z").strip()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
