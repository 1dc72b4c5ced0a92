"""`tactful`: the list of commands, each in a module named after what it does."""

from __future__ import annotations

import click

from tactful.cli import (
    certificate,
    consent,
    decide,
    demo,
    doctor,
    import_,
    init,
    keys,
    lake,
    learn,
    policy,
    requests,
    retention,
    sdk,
    serve,
    store,
    subject,
)
from tactful.cli.screen import say
from tactful.cli.shape import Command, Commands


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Commands,
    epilog="tactful init my-shop\ntactful serve --shop my-shop",
)
def main() -> None:
    """Personalization that keeps its promises, for your own shop."""


@main.command(cls=Command, epilog="tactful version")
def version() -> None:
    """Print the version of tactful."""
    from importlib.metadata import version as installed_version

    say(f"tactful {installed_version('tactful')}")


for command in (
    init.init,
    serve.serve,
    demo.demo,
    import_.import_,
    learn.train,
    learn.evaluate,
    decide.decide,
    sdk.sdk,
    consent.consent,
    certificate.certificate,
    subject.subject,
    requests.requests,
    policy.policy,
    keys.keys,
    store.store,
    lake.lake,
    retention.retention,
    doctor.doctor,
):
    main.add_command(command)
