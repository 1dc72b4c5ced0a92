"""`tactful`: the list of commands, each in a module named after what it does."""

from __future__ import annotations

from importlib.metadata import version as installed_version

import click

from tactful.cli import (
    consent,
    decide,
    demo,
    doctor,
    import_,
    init,
    learn,
    serve,
    subject,
)
from tactful.cli.failures import Commands
from tactful.cli.screen import say


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """
    Personalization that keeps its promises, for your own shop.

    \b
    Begin with:
      tactful init my-shop
      tactful serve --shop my-shop
    """


@main.command()
def version() -> None:
    """
    Print the version of tactful.

    \b
    Example:
      tactful version
    """
    say(f"tactful {installed_version('tactful')}")


for command in (
    init.init,
    serve.serve,
    demo.demo,
    import_.import_,
    learn.train,
    learn.evaluate,
    decide.decide,
    consent.consent,
    subject.subject,
    doctor.doctor,
):
    main.add_command(command)
