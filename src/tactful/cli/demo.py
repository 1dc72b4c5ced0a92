"""`tactful demo`: fill a shop, tell its story, and serve it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tactful.cli import ports, serve
from tactful.cli.options import FILE, PORTS
from tactful.cli.shape import Command

HOST = "127.0.0.1"


@click.command(cls=Command, epilog="tactful demo --no-serve")
@click.option("--shop", "folder", type=FILE, metavar="DIR", default="demo-shop", show_default=True)
@click.option("--data", type=FILE, metavar="FILE", help="A purchase log (UCI Online Retail).")
@click.option("--port", type=PORTS, default=8787, show_default=True, help="Where to serve it.")
@click.option("--no-serve", is_flag=True, help="Do the work, print the summary, and end.")
def demo(folder: Path, data: Path | None, port: int, *, no_serve: bool) -> None:
    """
    Fill a demonstration shop, tell its story, and serve it.

    Without --data the shop is simulated. Without a terminal it ends after the summary.
    """
    from tactful.demo.run import run

    serving = not no_serve and sys.stdout.isatty()
    if serving:
        ports.require_free(HOST, port)
    run(folder=folder, data=data, port=port)
    if serving:
        serve.start(folder, host=HOST, port=port)
