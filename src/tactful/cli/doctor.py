"""`tactful doctor`: say what is configured, reachable and unsafe."""

from __future__ import annotations

from pathlib import Path

import click

from tactful.cli.checks import examine
from tactful.cli.failures import Failure
from tactful.cli.findings import State
from tactful.cli.options import json_option, shop_option
from tactful.cli.screen import say_json, table
from tactful.cli.shape import Command


@click.command(cls=Command, epilog="tactful doctor --shop my-shop")
@shop_option
@json_option
def doctor(folder: Path, *, as_json_: bool) -> None:
    """Look the shop over; exit with 1 where something is unsafe."""
    findings = list(examine(folder))
    unsafe = [finding for finding in findings if finding.state is State.UNSAFE]
    if as_json_:
        say_json({"ok": not unsafe, "checks": [finding.plain() for finding in findings]})
    else:
        table(("check", "state", "says"), ((f.check, f.state, f.says) for f in findings))
    if unsafe:
        raise Failure(f"{len(unsafe)} unsafe: {unsafe[0].says}")
