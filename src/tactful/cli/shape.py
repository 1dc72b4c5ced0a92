"""The shape of every command: its help ends with an example, its failures are one line each."""

from __future__ import annotations

import click

from tactful.cli.failures import in_one_line


class Command(click.Command):
    """A command whose epilog is an example of its use."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example below the options."""
        _write_example(ctx, formatter)


class Commands(click.Group):
    """A group of such commands."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example below the commands."""
        _write_example(ctx, formatter)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        with in_one_line():
            return super().invoke(ctx)


def _write_example(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write it as it stands: click would fill paragraphs and break the lines elsewhere."""
    with formatter.section("Example"):
        for line in (ctx.command.epilog or "").splitlines():
            formatter.write(f"  {line}\n")
