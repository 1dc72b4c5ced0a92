"""`tactful subject merges`, `merge` and `unmerge`: who is one person."""

from __future__ import annotations

from pathlib import Path

import click

from tactful.cli.options import TEXT, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command
from tactful.terms import Merge

BY = "command line"

id_argument = click.argument("user_id", metavar="ID", type=TEXT)


@click.command(cls=Command, epilog="tactful subject merges ada --shop my-shop")
@id_argument
@shop_option
@json_option
def merges(user_id: str, folder: Path, *, as_json_: bool) -> None:
    """Show what made one person of the subject ID and others, also what was undone."""
    with opened(folder) as found:
        made = found.shop.subject(user_id).merges()
    if as_json_:
        say_json({"merges": [_plain(one) for one in made]})
        return
    table(("merge", "at", "evidence", "by", "undone"), map(_row, made))


@click.command(cls=Command, epilog="tactful subject merge ada ada-2 --shop my-shop")
@id_argument
@click.argument("other", metavar="OTHER", type=TEXT)
@shop_option
@json_option
def merge(user_id: str, other: str, folder: Path, *, as_json_: bool) -> None:
    """
    Make one person of the subjects ID and OTHER.

    Of what both said the more restrictive word stands.  `tactful subject unmerge` takes it back.
    """
    with opened(folder) as found:
        made = found.shop.subject(user_id).merge(other, by=BY)
    if as_json_:
        say_json(_plain(made))
    else:
        say(f"Merged: number {made.id}, which `tactful subject unmerge` takes back.")


@click.command(cls=Command, epilog="tactful subject unmerge 12 --shop my-shop")
@click.argument("number", metavar="MERGE", type=click.IntRange(min=1))
@shop_option
@json_option
def unmerge(number: int, folder: Path, *, as_json_: bool) -> None:
    """
    Take the merge numbered MERGE back: both subjects are as if it had never been made.

    No call links the two again; `tactful subject merge` can.
    """
    with opened(folder) as found:
        undone = found.shop.unmerge(number)
    if as_json_:
        say_json(_plain(undone))
    else:
        say("Taken apart: each has their own history and their own choices again.")


def _row(merge: Merge) -> tuple[str, ...]:
    undone = f"{merge.undone_at:%Y-%m-%d %H:%M}" if merge.undone_at else ""
    return str(merge.id), f"{merge.at:%Y-%m-%d %H:%M}", merge.evidence, merge.by, undone


def _plain(merge: Merge) -> dict[str, object]:
    return {
        "merge": merge.id,
        "at": merge.at.isoformat(),
        "evidence": merge.evidence,
        "by": merge.by,
        "undoneAt": merge.undone_at.isoformat() if merge.undone_at else None,
    }
