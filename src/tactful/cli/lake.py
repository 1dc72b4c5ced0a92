"""`tactful lake`: see how the history of events is kept, compact it, compare it with the store."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.failures import Failure
from tactful.cli.options import json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.text import minute

if TYPE_CHECKING:
    from tactful.assembly import LakeStatus


@click.group(cls=Commands, epilog="tactful lake status --shop my-shop")
def lake() -> None:
    """See how the history of events is kept, make it small, compare it with the store."""


@lake.command(cls=Command, epilog="tactful lake status --shop my-shop")
@shop_option
@json_option
def status(folder: Path, *, as_json_: bool) -> None:
    """Say what the lake holds, and how far it is behind the store."""
    from tactful.assembly import lake_status

    with opened(folder) as found:
        held = lake_status(found.lake)
    if as_json_:
        say_json(_plain(held))
        return
    say(f"{held.rows:>12,} rows in {held.files:,} files, {held.bytes / 1e6:,.1f} MB")
    say(f"{held.watermark:>12,} batches were brought in, the last {minute(held.fed_at) or 'never'}")
    say(f"{held.waiting:>12,} rows wait for the next")
    say(f"{held.version:>12,} is the version of the table")
    if held.owed:
        say(f"{held.owed:>12,} removals are not done yet: a running server does them in a minute")


@lake.command(cls=Command, epilog="tactful lake compact --shop my-shop")
@shop_option
@json_option
def compact(folder: Path, *, as_json_: bool) -> None:
    """Do what is owed, make one file of the files of each bucket, and delete what is no part."""
    from tactful.assembly import lake_status

    with opened(folder) as found:
        found.lake.lake.forget()
        buckets = found.lake.lake.compact(most_files=1)
        held = lake_status(found.lake)
    if as_json_:
        say_json({"buckets": buckets, **_plain(held)})
        return
    say(f"{buckets:,} buckets were made one file each: {held.files:,} files are left")
    say(f"{held.rows:,} rows take {held.bytes / 1e6:,.1f} MB")


@lake.command(cls=Command, epilog="tactful lake verify --shop my-shop")
@shop_option
@json_option
def verify(folder: Path, *, as_json_: bool) -> None:
    """Read the whole lake and compare it with the store; exit with 1 where they differ."""
    from tactful.assembly import verify_lake

    with opened(folder) as found:
        days = list(verify_lake(found.lake))
    wrong = [day for day in days if not day.same]
    if as_json_:
        say_json(
            {
                "ok": not wrong,
                "days": [
                    {
                        "day": str(d.day),
                        "store": d.in_store[0],
                        "lake": d.in_lake[0],
                        "same": d.same,
                    }
                    for d in days
                ],
            }
        )
    else:
        rows = ((d.day, "same" if d.same else "differ", d.in_store[0], d.in_lake[0]) for d in days)
        table(("day", "events", "in the store", "in the lake"), rows, numbers=2)
    if wrong:
        raise Failure(f"{len(wrong)} days differ: {wrong[0].says} in the lake")


def _plain(held: LakeStatus) -> dict[str, object]:
    return {_camel(name): value for name, value in asdict(held).items()}


def _camel(name: str) -> str:
    return "fedAt" if name == "fed_at" else name
