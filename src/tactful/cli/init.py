"""`tactful init`: make a shop folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import FILE, TEXT, json_option
from tactful.cli.screen import say, say_json
from tactful.cli.shape import Command
from tactful.terms import TactfulError

if TYPE_CHECKING:
    from tactful.assembly import NewKeys


@click.command(cls=Command, epilog='tactful init my-shop --name "The Tea Room"')
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--name", type=TEXT, default="A tactful shop", help="What the shop is called.")
@json_option
def init(folder: Path, name: str, *, as_json_: bool) -> None:
    """
    Make a new shop in the folder DIR and print its two keys.

    The write key is public. The secret key is shown only now: only its digest is kept.
    """
    keys = _whole_or_not_at_all(folder, name)
    if as_json_:
        say_json({"writeKey": keys.write_key, "secretKey": keys.secret_key})
        return
    say(f"A new shop is in {folder}.")
    say()
    say(f"  write key   {keys.write_key}")
    say("              public: put it into your pages and clients")
    say(f"  secret key  {keys.secret_key}")
    say("              shown only now: note it down, and keep it on your servers")
    say()
    say(f"Next: tactful serve --shop {folder}")


def _whole_or_not_at_all(folder: Path, name: str) -> NewKeys:
    from tactful.assembly import init_shop

    ours = not folder.exists()
    try:
        return init_shop(folder, name=name)
    except (OSError, TactfulError):
        if ours:  # half a shop would stand in the way of the next try
            shutil.rmtree(folder, ignore_errors=True)
        raise
