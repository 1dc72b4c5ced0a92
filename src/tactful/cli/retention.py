"""`tactful retention`: let go of what is past its term now, or see what would go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command, Commands

if TYPE_CHECKING:
    from tactful.shop.retaining import LetGo

_BESIDE_PURPOSES = {
    "events": "events went whole",
    "properties": "events lost a property whose own term is over",
    "traits": "traits were touched",
}


@click.group(cls=Commands, epilog="tactful retention run --shop my-shop --dry-run")
def retention() -> None:
    """Let go of what was kept for as long as its purposes need it."""


@retention.command(cls=Command, epilog="tactful retention run --shop my-shop --dry-run")
@shop_option
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@json_option
def run(folder: Path, *, dry_run: bool, as_json_: bool) -> None:
    """
    Remove what is past its term from the store and the lake, and say what went.

    A running server does the same once a day. What a subject had restricted stays (Art. 18).
    """
    with opened(folder) as found:
        at = found.shop.now()
        done = found.retaining.overdue(at) if dry_run else found.retaining.expire(at)
    if as_json_:
        say_json({"dryRun": dry_run, **_plain(done)})
        return
    rows = (
        (name, f"{(done.at - before).days:,} days", f"{before:%Y-%m-%d}", done.counts.get(name, 0))
        for name, before in done.cutoffs.items()
    )
    table(("purpose", "kept for", "none before", "events"), rows, numbers=1)
    for label, says in _BESIDE_PURPOSES.items():
        say(f"{done.counts.get(label, 0):>12,} {says}")
    if done.spared:
        say(f"{done.spared:>12,} subjects had their data restricted: it stays")
    if dry_run:
        say("Nothing was removed. Run it without --dry-run, or leave it to the server.")


def _plain(done: LetGo) -> dict[str, object]:
    return {
        "at": done.at.isoformat(),
        "purposes": [
            {"purpose": name, "before": before.isoformat(), "events": done.counts.get(name, 0)}
            for name, before in done.cutoffs.items()
        ],
        **{label: done.counts.get(label, 0) for label in _BESIDE_PURPOSES},
        "restricted": done.spared,
    }
