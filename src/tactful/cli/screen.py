"""Tables on stdout, progress on stderr: what a pipe receives is the result and nothing else."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tactful.cli.text import as_json, printable, short

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn, TaskID

REDRAW_SECONDS = 0.1

PATIENCE_SECONDS = 1.0
"""What takes no longer than that is not worth a bar."""

LONGEST_CELL = 200

UNBOUNDED = 10_000
"""The width of what is no terminal: lines are not broken there."""

Told = Callable[[str, int], None]
"""Told which step is under way and how many of its things are done."""


def say(text: str = "") -> None:
    """Print one line of the result."""
    click.echo(printable(text))


def say_json(value: object) -> None:
    """Print the result as JSON."""
    click.echo(as_json(value))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: int = 0) -> None:
    """Print a table whose last *numbers* columns hold numbers."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns, start=1):
        right = place > len(columns) - numbers
        drawn.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(short(cell, LONGEST_CELL) for cell in row))
    _console(stderr=False).print(drawn)


@contextmanager
def steps() -> Iterator[Told]:
    """Yield what long work tells of its steps, of which nobody knows the length beforehand."""
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<24}"),
        TextColumn("{task.completed:>10,.0f}"),
        TimeElapsedColumn(),
    )
    with _progress(*columns) as bar:
        shown = _Steps(bar)
        yield shown.told
        shown.finish()


@contextmanager
def bytes_read(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what reading a file tells: how many of how many bytes it has gone through."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with _progress(*columns) as bar:
        task = bar.add_task(short(what), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def long_work(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what long work tells: how many of how many.  Short work shows nothing."""
    bar = _LateBar(what)
    try:
        yield bar.told
    finally:
        bar.stop()


class _LateBar:
    """A bar that is drawn only once the work has taken a while."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = time.monotonic()
        self._bar: Progress | None = None

    def told(self, done: int, total: int) -> None:
        """Take note that *done* of *total* things are done."""
        if self._bar is None and time.monotonic() - self._begun >= PATIENCE_SECONDS:
            self._bar = self._start()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        if done >= total:
            self.stop()

    def stop(self) -> None:
        """Leave the bar as it is.  May be called twice, or for a bar that never came."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._begun = math.inf

    def _start(self) -> Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        bar = _progress(*columns, TimeRemainingColumn(elapsed_when_finished=True))
        bar.add_task(self._what, total=None)
        bar.start()
        return bar


class _Steps:
    """Steps on a bar, redrawn at most ten times a second: telling must cost nothing."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self._latest: dict[str, int] = {}
        self._next = 0.0

    def told(self, step: str, done: int) -> None:
        """Take note that *done* things of *step* are done."""
        self._latest[step] = done
        if step not in self._tasks or time.monotonic() >= self._next:
            self._draw()

    def finish(self) -> None:
        """Show the last word on every step."""
        self._draw()
        for step, task in self._tasks.items():
            self._bar.update(task, total=self._latest[step])

    def _draw(self) -> None:
        self._next = time.monotonic() + REDRAW_SECONDS
        for step, done in self._latest.items():
            if step not in self._tasks:
                self._tasks[step] = self._bar.add_task(step, total=None)
            self._bar.update(self._tasks[step], completed=done)


def _progress(*columns: ProgressColumn) -> Progress:
    from rich.progress import Progress

    console = _console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNBOUNDED
    return console
