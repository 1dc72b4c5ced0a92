"""`tactful store`: back a shop up, restore it, and move it into a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from tactful.cli.options import FILE, json_option, shop_option
from tactful.cli.plain import plain
from tactful.cli.screen import long_work, say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.text import minute


@click.group(cls=Commands, epilog="tactful store backup --shop my-shop --to backups/monday")
def store() -> None:
    """Back the shop's data up, restore it, and move it into a database."""


@store.command(cls=Command, epilog="tactful store backup --shop my-shop --to backups/monday")
@shop_option
@click.option("--to", required=True, type=FILE, metavar="DIR", help="A new folder.")
@json_option
def backup(folder: Path, to: Path, *, as_json_: bool) -> None:
    """
    Copy data, policy, models and settings into a new folder, while the shop goes on.

    Identifiers and traits stay sealed: THE KEYS ARE NOT IN IT. Back the key folder up apart.
    """
    from tactful.assembly import back_up

    with long_work("copying") as told:
        done = back_up(folder, to, progress=told)
    if as_json_:
        say_json(plain(done))
        return
    say(f"Backed up to {to}: {done.files:,} files, {done.bytes / 1e6:,.1f} MB.")
    _counts(done.counts)
    say()
    say(f"THE KEYS ARE NOT IN IT. Without {done.keys} no identifier can be read again:")
    say("back that folder up too, somewhere else.")
    _fingerprints(done.master_keys)


@store.command(
    cls=Command,
    epilog="tactful store restore --from backups/monday --shop restored --keys my-shop/keys",
)
@click.option("--from", "backup_", required=True, type=FILE, metavar="DIR", help="The backup.")
@click.option("--shop", "folder", required=True, type=FILE, metavar="NEW", help="A new folder.")
@click.option("--keys", type=FILE, metavar="DIR", help="The key folder of the shop.")
@click.option("--erased", type=FILE, metavar="FILE", help="A newer erasures.log than the keys'.")
@json_option
def restore(
    backup_: Path, folder: Path, keys: Path | None, erased: Path | None, *, as_json_: bool
) -> None:
    """
    Make a shop folder of a backup, and erase again who was erased since.

    Every byte is compared with what was backed up first. With --keys, the shop opens at once.
    """
    from tactful.assembly import restore as restored_from

    with long_work("verifying") as verifying, long_work("erasing again") as erasing:
        done = restored_from(
            backup_, folder, keys=keys, erased=erased, verifying=verifying, erasing=erasing
        )
    if as_json_:
        say_json(plain(done))
        return
    say(f"Restored to {folder}, as it was at {minute(done.made)}.")
    _counts(done.counts)
    if done.erased_again is not None:
        say(f"{done.erased_again:>10,} subjects erased again")
        return
    say()
    say("The keys were not named: the shop does not open yet, and WHO WAS ERASED SINCE THE BACKUP")
    say("IS IN IT AGAIN. Remove the folder, and restore with --keys before anybody uses it.")
    _fingerprints(done.master_keys)


@store.command(
    cls=Command,
    epilog="tactful store move --shop my-shop --to postgresql://tactful@db.example/shop",
)
@shop_option
@click.option("--to", "url", required=True, metavar="URL", help="An empty PostgreSQL database.")
@json_option
def move(folder: Path, url: str, *, as_json_: bool) -> None:
    """
    Move the store out of its file into a PostgreSQL database, and name that in the settings.

    A server that runs goes on answering meanwhile, and takes nothing: clients send again. Every
    row is read back and compared. Restart the server afterwards.
    """
    from tactful.assembly import move_store

    with long_work("moving") as told:
        done = move_store(folder, url, progress=told)
    if as_json_:
        say_json(plain(done))
        return
    rows = sum(each.rows for each in done.tables)
    table(
        ("table", "rows", "SHA-256, here and there"),
        ((each.name, f"{each.rows:,}", each.sha256[:16]) for each in done.tables if each.rows),
    )
    what = f"Moved {rows:,} rows" if done.tables else "It was moved before"
    say(f"{what}: the store is in {done.where}, and tactful.toml says so. Restart the server.")
    if done.password:
        say("The password is not kept: set TACTFUL_STORE_URL to the whole address.")


def _counts(counts: Mapping[str, int]) -> None:
    for what, count in sorted(counts.items()):
        say(f"{count:>10,} {what}")


def _fingerprints(marks: Sequence[str]) -> None:
    for mark in marks:
        say(f"It opens with the master key {mark}.")
