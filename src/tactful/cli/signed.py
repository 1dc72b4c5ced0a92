"""Check a signed file that somebody brings, whatever it proves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from tactful.cli.screen import say, say_json
from tactful.terms import Mistake

_KNOWN = ("The key is one of the shop's.",)
_UNKNOWN = (
    "The key came with the file. So this proves only that nothing was changed since the holder",
    "of that key signed it, not who that is. Get the shop's keys from the shop itself, at",
    "/.well-known/jwks.json of its server, and check again with --key.",
)

F = TypeVar("F")


def checked(
    check: Callable[..., F], file: Path, *, key: Path | None, folder: Path | None, as_json_: bool
) -> F:
    """
    Return what *check* finds *file* to say; say why not as JSON where that is wished.

    Args:
        check: `assembly.check_receipt` or its like: believes a file by the public keys in `keys`,
            or by those of a `shop`.
        file: What somebody brings.
        key: The public keys.
        folder: The shop, in their place.
        as_json_: Whether JSON is wished.

    Raises:
        Mistake: it cannot be believed.
    """
    if key and folder:
        raise click.UsageError("name the keys by --key or by --shop, not by both")
    try:
        return check(file, keys=key, shop=folder)
    except Mistake as mistake:
        if as_json_:
            say_json({"valid": False, "reason": str(mistake)})
        raise Mistake(f"{file.name}: {mistake}") from mistake


def tell_about_key(*, known: bool) -> None:
    """Say what a good signature proves, by whether the key is *known* to be the shop's."""
    for line in _KNOWN if known else _UNKNOWN:
        say(line)
