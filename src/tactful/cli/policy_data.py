"""`tactful policy seen` and `unused`: what arrives for nothing, and what is kept for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tactful.cli.options import json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command

if TYPE_CHECKING:
    from tactful.capabilities.policy import Collected, Seen

LATELY: Final = timedelta(days=90)


@click.command(cls=Command, epilog="tactful policy seen --shop my-shop")
@shop_option
@json_option
def seen(folder: Path, *, as_json_: bool) -> None:
    """
    List what clients send and the tracking plan does not declare.

    Counts and types only, and a name only once five different senders used it.
    """
    from tactful.capabilities.policy import seen_of

    with opened(folder) as found:
        shop = found.shop
        listed = seen_of(shop.daily("seen"), shop.policy.plan)
        unnamed = _unnamed(shop.totals())
    if as_json_:
        say_json({"seen": [_plain(one) for one in listed], "unnamed": unnamed})
    else:
        _show(listed, unnamed)


def _unnamed(totals: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Return how much came under names that too few senders use, by kind."""
    end = " outside of the plan"
    return {
        label.removesuffix(end): n
        for (counter, label), n in totals.items()
        if counter == "gap" and label.endswith(end)
    }


def _plain(one: Seen) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "count": one.count,
        "types": dict(one.types),
        "events": dict(one.events),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "toml": one.snippet,
    }


def _show(listed: tuple[Seen, ...], unnamed: dict[str, int]) -> None:
    if listed:
        columns = ("kind", "name", "types", "in", "last", "times")
        table(
            columns,
            (
                (s.kind, s.name, _counts(s.types), ", ".join(s.events), s.last, f"{s.count:,}")
                for s in listed
            ),
            numbers=1,
        )
        say()
        say("To keep one of them, write this into policy/tracking-plan.toml and choose:")
        for one in listed:
            _say_lines(one.snippet)
    else:
        say("Nothing was seen by name that the tracking plan does not declare.")
    say()
    for kind, n in sorted(unnamed.items()):
        say(f"{n:,} times {kind} under a name that fewer than five senders use: not shown.")


def _say_lines(snippet: str) -> None:
    if snippet:
        say()
    for line in snippet.splitlines():
        say(line)


def _counts(types: Counter[str]) -> str:
    return ", ".join(f"{type_} {n:,}" for type_, n in types.most_common())


@click.command(cls=Command, epilog="tactful policy unused --shop my-shop")
@shop_option
@json_option
def unused(folder: Path, *, as_json_: bool) -> None:
    """List what is kept and who reads it; what nothing reads comes first."""
    from tactful.capabilities.policy import unused as examine
    from tactful.shop.running import running_activities

    with opened(folder) as found:
        shop = found.shop
        policy = shop.policy
        uses = found.uses_since((shop.now() - LATELY).date())
        kept = examine(policy, running=running_activities(policy), uses=uses)
    if as_json_:
        say_json({"days": LATELY.days, "collected": [_collected(one) for one in kept]})
        return
    columns = ("", "kept", "for", "read by", f"uses in {LATELY.days} days")
    table(columns, (_row(one) for one in kept), numbers=1)
    idle = sum(1 for one in kept if one.verdict == "read by nothing")
    if idle:
        say()
        say(f"{idle} of {len(kept)} are read by nothing: take them out of the tracking plan,")
        say("or name them in `reads` of the activity that reads them.")


def _row(one: Collected) -> tuple[str, ...]:
    who = ", ".join(one.running) or "nothing"
    return one.verdict, f"{one.kind} {one.name}", ", ".join(one.purposes), who, f"{one.uses:,}"


def _collected(one: Collected) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "purposes": list(one.purposes),
        "readers": list(one.readers),
        "running": list(one.running),
        "uses": one.uses,
        "verdict": one.verdict,
    }
