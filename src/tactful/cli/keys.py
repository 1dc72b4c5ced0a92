"""`tactful keys`: look after the master key: where it lies, its generations, its rotation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import TEXT, json_option, opened, shop_option
from tactful.cli.plain import plain
from tactful.cli.screen import long_work, say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.text import minute
from tactful.terms import Mistake

if TYPE_CHECKING:
    from tactful.assembly import KeysShown, StoreName

STORES = ("file", "aws-kms")


@click.group(cls=Commands, epilog="tactful keys show --shop my-shop")
def keys() -> None:
    """
    See, rotate, retire or move the master key, which wraps the key of every subject.

    A server may run meanwhile.
    """


@keys.command(cls=Command, epilog="tactful keys show --shop my-shop")
@shop_option
@json_option
def show(folder: Path, *, as_json_: bool) -> None:
    """Show where the master key lies, its generations, and how many keys each of them wraps."""
    with opened(folder) as found:
        shown = found.master_keys.show()
    if as_json_:
        say_json(plain(shown))
        return
    _show(shown)


@keys.command(cls=Command, epilog="tactful keys rotate --shop my-shop")
@shop_option
@click.option("--index", is_flag=True, help="Index every identifier under a new key as well.")
@json_option
def rotate(folder: Path, *, index: bool, as_json_: bool) -> None:
    """
    Make a new generation of the master key, and wrap the key of every subject under it.

    After an interruption, run the same command again: it goes on where it stood.
    """
    with (
        opened(folder) as found,
        long_work("wrapping keys") as wrapping,
        long_work("indexing") as indexing,
    ):
        done = found.master_keys.rotate(index=index, wrapping=wrapping, indexing=indexing)
    if as_json_:
        say_json(plain(done))
        return
    say(f"Generation {done.generation} of the master key wraps the key of every subject.")
    say(f"{done.rewrapped:>10,} keys of subjects were wrapped anew")
    if done.reindexed:
        say(f"{done.reindexed:>10,} identifiers were indexed anew")
    say("Back up the new key. Links and backups of before need the old one: when none of them are")
    say("needed any more, destroy it with `tactful keys retire`.")


@keys.command(cls=Command, epilog="tactful keys retire --shop my-shop --yes")
@shop_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def retire(folder: Path, *, yes: bool, as_json_: bool) -> None:
    """
    Destroy every generation of the master key but the newest.

    Refused while anything is wrapped under one of them. Backups and links of before end with them.
    """
    with opened(folder) as found:
        if not yes:
            click.confirm(
                "Destroy the older keys, and with them what old backups hold of identifiers?",
                abort=True,
                err=True,
            )
        gone = found.master_keys.retire()
    if as_json_:
        say_json({"retired": gone})
    elif gone:
        say(f"Destroyed: generation {', '.join(map(str, gone))}. Destroy their backups as well.")
    else:
        say("There is one generation only: nothing was destroyed.")


@keys.command(
    cls=Command,
    epilog="tactful keys move --shop my-shop --to aws-kms --kms-key-id alias/my-shop \\\n"
    "  --region eu-central-1",
)
@shop_option
@click.option("--to", required=True, type=click.Choice(STORES), help="The key store to move to.")
@click.option("--kms-key-id", type=TEXT, default="", help="The id, ARN or alias of the KMS key.")
@click.option("--region", type=TEXT, default="", help="The region of the KMS key.")
@click.option("--endpoint-url", type=TEXT, default="", help="A compatible service, not AWS.")
def move(folder: Path, to: StoreName, *, kms_key_id: str, region: str, endpoint_url: str) -> None:
    """
    Bring the master key into another key store, and name that in the settings.

    The key stays the same: nothing is wrapped anew. Copies of its file in backups stay good too,
    so rotate it afterwards if nobody was to hold it ever again.
    """
    from tactful.assembly import move_shop_keys

    if to == "aws-kms" and not kms_key_id:
        raise click.UsageError("aws-kms needs --kms-key-id.")
    if to == "file" and (kms_key_id or region or endpoint_url):
        raise click.UsageError("--kms-key-id, --region and --endpoint-url are for aws-kms.")
    moved = move_shop_keys(
        folder, to, kms_key_id=kms_key_id, region=region, endpoint_url=endpoint_url
    )
    if not moved:
        raise Mistake(f"the master key lies in {to} already")
    say(f"Moved to {to}: generation {', '.join(map(str, moved))}. The settings name it now.")


def _show(shown: KeysShown) -> None:
    say(f"key store  {shown.store}")
    say()
    table(
        ("generation", "made", "fingerprint", "where", "wraps keys of subjects"),
        (
            (key.generation, minute(key.made), key.fingerprint, key.where, f"{key.subjects:,}")
            for key in shown.keys
        ),
        numbers=1,
    )
    if shown.unfinished:
        say()
        say("A rotation was cut short: run `tactful keys rotate` to finish it.")
