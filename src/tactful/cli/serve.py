"""`tactful serve`: answer over HTTP until told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from tactful.cli.options import NEW_POLICY, PORTS, TEXT, shop_option
from tactful.cli.screen import long_work
from tactful.cli.shape import Command
from tactful.terms import Mistake


@click.command(cls=Command, epilog="tactful serve --shop my-shop --port 8787")
@shop_option
@click.option("--host", type=TEXT, help="Where to listen.  [default: from tactful.toml]")
@click.option("--port", type=PORTS, help="Where to listen.  [default: from tactful.toml]")
@click.option("--workers", type=click.IntRange(min=1), default=1, help="How many processes.")
def serve(folder: Path, host: str | None, port: int | None, *, workers: int) -> None:
    """
    Serve the shop over HTTP until Ctrl-C or SIGTERM.

    What was acknowledged by then is kept.
    """
    if workers > 1:
        raise Mistake(
            "`tactful serve` is one process: leave --workers out; on PostgreSQL, start several"
        )
    start(folder, host=host, port=port)


def start(folder: Path, *, host: str | None, port: int | None) -> None:
    """Serve the shop in *folder* where its settings say, or elsewhere."""
    from tactful.web.server import serve as serve_shop

    with long_work(NEW_POLICY) as told:
        serve_shop(folder, host=host, port=port, opening=told)
