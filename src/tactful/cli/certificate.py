"""`tactful certificate`: check what certifies an erasure."""

from __future__ import annotations

from pathlib import Path

import click

from tactful.cli.options import FILE, json_option
from tactful.cli.screen import say, say_json
from tactful.cli.shape import Command, Commands
from tactful.cli.signed import checked, tell_about_key
from tactful.cli.text import minute


@click.group(cls=Commands, epilog="tactful certificate verify erasure.json --shop my-shop")
def certificate() -> None:
    """Check what certifies an erasure."""


@certificate.command(
    cls=Command, epilog="tactful certificate verify erasure.json --key shop-keys.json"
)
@click.argument("file", type=FILE)
@click.option("--key", type=FILE, metavar="JWKS", help="The shop's public keys.")
@click.option("--shop", "folder", type=FILE, metavar="DIR", help="Take the keys of this shop.")
@json_option
def verify(file: Path, key: Path | None, folder: Path | None, *, as_json_: bool) -> None:
    """
    Check the certificate in FILE, without a network: who signed it, and that no bit was changed.

    Exit status 0: good.  1: not good, or unreadable.
    """
    from tactful.assembly import check_certificate

    found = checked(check_certificate, file, key=key, folder=folder, as_json_=as_json_)
    if as_json_:
        told = {"valid": True, "key": found.key, "shops": found.known}
        say_json({**told, "certificate": found.told})
        return
    form = found.form
    say(f"{file.name} is good: no bit of it was changed since it was signed.")
    say()
    say(f"  controller  {form.controller}")
    say(f"  case        {form.case}")
    say(f"  erased      {minute(form.erased_at)}")
    for each in form.removed:
        say(f"  removed     {each.rows:,} {each.kind} from the {each.place}")
    say(f"  keys        {form.keys_destroyed} destroyed: what they sealed nobody can read")
    say(f"  models      {form.models}")
    say(f"  key         {found.key}")
    say()
    tell_about_key(known=found.known)
