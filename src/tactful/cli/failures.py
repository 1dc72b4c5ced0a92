"""
What goes wrong, in one line on stderr, with the exit status that scripts rely on.

0: done.  1: refused or failed.  2: the command was not understood (click's own).  130: Ctrl-C.
A fault of our own keeps its stack trace: it is not the reader's mistake.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from tactful.cli.text import printable
from tactful.terms import PermitMisuse, TactfulError

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

_HELP = {
    errno.ENOSPC: "free some space and try again",
    errno.EDQUOT: "free some space and try again",
    errno.EFBIG: "the file may not grow further: raise the limit (`ulimit -f`) and try again",
    errno.EACCES: "ask its owner, or choose another place",
    errno.EPERM: "ask its owner, or choose another place",
    errno.EROFS: "choose another place",
}


class Failure(click.ClickException):
    """A command that was refused or failed; shown as `tactful: message`."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr, in one line."""
        click.echo(f"tactful: {printable(self.message)}", file=file, err=True)


class Interrupted(Failure):
    """Somebody pressed Ctrl-C."""

    exit_code = INTERRUPTED


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn whatever the person at the keyboard can mend into a `Failure`."""
    try:
        yield
    except (BrokenPipeError, PermitMisuse):
        raise  # nobody reads any more, which click ends quietly; or a bug of ours
    except TactfulError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(of_surroundings(error)) from error
    except click.Abort:
        click.echo(err=True)  # ends the line of the question
        raise Failure("nothing was done: nobody said yes") from None
    except KeyboardInterrupt:
        raise Interrupted("stopped; what was acknowledged before is safe") from None


def of_surroundings(error: OSError) -> str:
    """Say what the system refused, where, and what may help."""
    where = f"{error.filename}: " if error.filename else ""
    what = (error.strerror or type(error).__name__).lower()
    advice = _HELP.get(error.errno or 0)
    return f"{where}{what}{f': {advice}' if advice else ''}"
