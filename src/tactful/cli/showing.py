"""What is known about a subject, as a page of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tactful.cli.screen import say, table
from tactful.cli.text import minute, short

LATEST = 10


def holdings(known: Mapping[str, Any]) -> None:
    """Print an export the way somebody reads it: the gist first, the latest events last."""
    for identifier in known["identifiers"]:
        say(f"{identifier['kind']:<12} {short(identifier['value'])}")
    say(f"{'region':<12} {known['region'] or 'unknown: the strictest law holds'}")
    say(f"{'law':<12} {known['regime']}")
    if known["group"]:
        say(f"{'group':<12} {short(known['group'])}")
    if known["restricted"]:
        say("RESTRICTED: kept, and used for nothing")
    _traits(known["traits"])
    _features(known["features"])
    _statements(known["statements"])
    _events(known["events"])


def _traits(traits: Mapping[str, Mapping[str, Any]]) -> None:
    if not traits:
        return
    say()
    table(
        ("trait", "value", "from", "source", "time"),
        (
            (
                short(name, 16),
                "(nothing, as asked)" if trait["value"] is None else short(str(trait["value"])),
                trait["origin"],
                short(trait["source"], 24),
                _minute(trait["time"]),
            )
            for name, trait in traits.items()
        ),
    )


def _features(features: Sequence[Mapping[str, Any]]) -> None:
    if not features:
        return
    say()
    told = dict.fromkeys((f["title"], f["explanation"]) for f in features)
    for title, explanation in told:
        say(f"{title}: {explanation}")


def _statements(statements: Sequence[Mapping[str, Any]]) -> None:
    say()
    if not statements:
        say("said nothing yet")
        return
    columns = ("at", "statement", "purpose", "notice", "source")
    table(columns, ((_minute(s["at"]), *(s[c] for c in columns[1:])) for s in statements))


def _events(events: Sequence[Mapping[str, Any]]) -> None:
    say()
    latest = sorted(events, key=lambda event: str(event["time"]), reverse=True)[:LATEST]
    say(f"{len(events):,} events kept{f', the latest {len(latest)}:' if latest else ''}")
    if latest:
        table(
            ("time", "event", "items", "source"),
            (
                (_minute(e["time"]), e["event"], ", ".join(e["items"][:5]), e["source"])
                for e in latest
            ),
        )


def _minute(moment: str) -> str:
    return minute(datetime.fromisoformat(moment))
