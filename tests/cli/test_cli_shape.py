"""What all commands share: help, examples, exit codes, and a quick start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from cli_worlds import run

from tactful.cli import main
from tactful.cli.failures import Failure, in_one_line
from tactful.terms import PermitMisuse, Trouble

HEAVY = ("numba", "pyarrow", "litestar", "rich", "sqlalchemy", "alembic")


def every_command(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the words that call each command and group."""
    yield path
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from every_command(inner, (*path, name))


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_every_command_helps_with_an_example(words: tuple[str, ...]) -> None:
    """`--help` succeeds everywhere and ends with an example that calls this very command."""
    ended = run(*words, "--help")

    assert ended.code == 0
    example = ended.out.partition("Example:\n")[2]
    assert example.strip().startswith(" ".join(("tactful", *words)))


def test_a_command_that_is_not_understood_ends_with_2() -> None:
    """Unknown commands, options and kinds are usage errors."""
    for words in (["fly"], ["init"], ["decide", "--slot", "x"], ["import", "a", "--as", "cats"]):
        assert run(*words).code == 2


def test_the_command_line_starts_without_heavy_libraries() -> None:
    """Nothing that takes long to load is loaded before a command needs it."""
    code = f"import sys, tactful.cli; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"


def test_text_that_is_not_utf_8_is_a_usage_error() -> None:
    """Bytes of another encoding on the command line are refused, not stored."""
    ended = run("subject", "show", "ad\udcff", "--shop", "anywhere")

    assert ended.code == 2
    assert "UTF-8" in ended.err


def test_failures_cannot_command_the_terminal() -> None:
    """A control sequence in a message is made harmless, and the message stays one line."""
    with pytest.raises(Failure) as caught, in_one_line():
        raise Trouble("one\n\x1b[2Jtwo")

    @click.command()
    def fail() -> None:
        raise caught.value

    result = click.testing.CliRunner().invoke(fail)
    assert result.stderr == "tactful: one��[2Jtwo\n"


def test_a_fault_of_our_own_keeps_its_trace() -> None:
    """A misused permit is a bug: it is not dressed up as somebody's mistake."""
    with pytest.raises(PermitMisuse), in_one_line():
        raise PermitMisuse("expired")


def test_version() -> None:
    """`tactful version` names the installed version."""
    assert run("version").out.startswith("tactful 0.")


@pytest.mark.parametrize(
    "words",
    [
        ["train"],
        ["doctor"],
        ["subject", "show", "ada"],
        ["consent", "show", "ada"],
        ["decide", "--slot", "for-you"],
        ["serve"],
    ],
    ids=" ".join,
)
def test_a_folder_that_is_no_shop(words: list[str], tmp_path: object) -> None:
    """Every command says in one line that the folder is no shop, and how to make one."""
    run(*words, "--shop", str(tmp_path)).failed("is not a shop folder", "tactful init")
