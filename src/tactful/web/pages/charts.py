"""
The geometry of bars in tables: each row of figures carries its own small drawing.

So the table is the chart: text stays text, at the size the reader chose, and the drawing, which
`templates/macros.html` makes an SVG of, only repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bar: a class of the style sheet, where it begins, and how long it is."""

    kind: str
    at: float
    width: float


def bar(value: float, most: float, *, kind: str = "bar-main") -> tuple[Part, ...]:
    """Return a bar whose length is *value* as a share of *most*."""
    return stack([(kind, value)], most)


def stack(values: Sequence[tuple[str, float]], most: float) -> tuple[Part, ...]:
    """
    Return one bar of several parts, laid end to end from the left.

    Args:
        values: A class of the style sheet and a value >= 0 for each part.
        most: The value that fills the whole width; what goes beyond it is cut off.
    """
    parts, at = [], 0.0
    for kind, value in values:
        width = min(_share(value, most), WIDTH - at)
        parts.append(Part(kind=kind, at=round(at, 2), width=round(width, 2)))
        at += width
    return tuple(parts)


def _share(value: float, most: float) -> float:
    return WIDTH * max(value, 0.0) / most if most > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line over time, broken where there is nothing to show; `dots` stand alone or mark ends."""

    paths: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


HEIGHT: Final = 40.0


def line(values: Sequence[float | None]) -> Line:
    """
    Return a line through *values* in the order of time, each a share from 0 (below) to 1 (above).

    None breaks the line: nothing is drawn between what is not known.
    """
    step = WIDTH / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((round(place * step, 2), round(HEIGHT * (1 - value), 2)))
    drawn = [run for run in runs if run]
    return Line(
        paths=tuple(_path(run) for run in drawn if len(run) > 1),
        dots=tuple(run[-1] for run in drawn if len(run) == 1) + tuple(r[-1] for r in drawn[-1:]),
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
