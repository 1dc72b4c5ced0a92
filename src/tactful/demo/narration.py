"""How the demo talks: headings, lines, progress bars and the closing table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from tactful.terms import Decision

T = TypeVar("T")


class Narration:
    """Writes the demo's story to a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def heading(self, text: str) -> None:
        """Begin a part."""
        self.console.print()
        self.console.rule(f"[bold]{text}", align="left")

    def say(self, text: str) -> None:
        """Say one line."""
        self.console.print(f"  {text}", highlight=False)

    def lead_to(self, address: str) -> None:
        """Say an address, on one line however long it is: it is copied from there."""
        self.console.print(f"  {address}", highlight=False, soft_wrap=True)

    def track(self, things: Iterable[T], *, what: str, total: int) -> Iterator[T]:
        """Yield *things* while a bar shows how far they are."""
        with self.progress() as bar:
            task = bar.add_task(what, total=total)
            for thing in things:
                yield thing
                bar.advance(task)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show progress bars; on a console that is no terminal, only their end."""
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as bar:
            yield bar

    def decision(self, decision: Decision, titles: dict[str, str], *, first: int = 3) -> None:
        """Show a slate: its level, its first items with their reasons, and who said no."""
        ground = f" ({decision.purpose}, {decision.basis})" if decision.purpose else ""
        self.say(f"level [bold cyan]{decision.level}[/]{ground}")
        for candidate in decision.items[:first]:
            reasons = [f"{r.kind} {titles.get(r.item, r.item)}" for r in candidate.because[:2]]
            why = " + ".join(reasons) or "first in the catalogue"
            self.say(f"  {titles.get(candidate.item, candidate.item)}  [dim]because: {why}[/]")
        for refused in decision.refused:
            self.say(f"  [yellow]not {refused.level}[/]: {refused.reason} [dim]({refused.rule})[/]")

    def table(self, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Show a table."""
        table = Table(title=title, title_justify="left", title_style="bold")
        for place, column in enumerate(columns):
            table.add_column(column, justify="left" if place == 0 else "right")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)
