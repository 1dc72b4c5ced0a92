"""`tactful sdk`: what the pages of a shop include."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urlencode

import click

from tactful.cli.options import TEXT, json_option, shop_option
from tactful.cli.screen import say, say_json
from tactful.cli.shape import Command, Commands


@click.group(cls=Commands, epilog="tactful sdk snippet --shop my-shop --host https://my.example")
def sdk() -> None:
    """Get the modules for the browser into the pages of a shop."""


@sdk.command(
    cls=Command, epilog="tactful sdk snippet --shop my-shop --host https://tactful.my-shop.example"
)
@shop_option
@click.option(
    "--host", type=TEXT, default="", help="Where tactful is served, if not where the page is."
)
@click.option(
    "--region", type=TEXT, default="", help="Where all visitors are, such as DE, if known."
)
@json_option
def snippet(folder: Path, *, host: str, region: str, as_json_: bool) -> None:
    """
    Print the tags for the head of a page: the module with its digest, and the banner.

    A browser runs the module only if it is, byte for byte, the one of this version of tactful.
    """
    from tactful.assembly import write_key_of
    from tactful.web.sdk.serving import modules

    key = write_key_of(folder)
    query = urlencode({"writeKey": key, **({"region": region} if region else {})})
    tags = [
        _tag(f"{host.rstrip('/')}/sdk/{module.lasting_name}", module.integrity, query)
        for module in modules()
        if module.name != "signals"
    ]
    if as_json_:
        say_json({"writeKey": key, "tags": tags})
        return
    for tag in tags:
        say(tag)


def _tag(source: str, integrity: str, query: str) -> str:
    address = escape(f"{source}?{query}")
    return f'<script type="module" src="{address}" integrity="{integrity}" crossorigin></script>'
