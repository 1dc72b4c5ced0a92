"""
Watch one world from outside: what the door was asked, what was published, what was said aloud.

Fakes and wrappers around the ports of a shop; what they watch goes on as before.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, TypeVar

import numpy as np
import structlog
from numpy.typing import NDArray

from tactful.gate import Uses
from tactful.terms import SubjectId

Arrays = Mapping[str, NDArray[np.generic]]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    One answer of the door: `subjects` are those whose use was counted.

    `refused_by` is empty where there was a permit; `audience` tells that it was one for many.
    """

    activity: str
    refused_by: str = ""
    subjects: tuple[int, ...] = ()
    audience: bool = False


class WatchedUses:
    """Counts as *inner* does, and remembers what the door answered."""

    def __init__(self, inner: Uses) -> None:
        self._inner = inner
        self._asked: list[Asked] = []

    def count(self, subject: SubjectId, activities: tuple[str, ...], day: date) -> None:
        """Add one use of *subject*'s data by each of *activities* on *day*."""
        self._asked.extend(Asked(activity=name, subjects=(int(subject),)) for name in activities)
        self._inner.count(subject, activities, day)

    def count_all(self, subjects: NDArray[np.int64], activity: str, day: date) -> None:
        """Add one use by *activity* on *day* for each of *subjects*, shape (n,)."""
        members = tuple(subjects.tolist())
        self._asked.append(Asked(activity=activity, subjects=members, audience=True))
        self._inner.count_all(subjects, activity, day)

    def gap(self, activity: str, missing: str) -> None:
        """Note that something is not configured."""
        self._asked.append(Asked(activity=activity, refused_by="gap"))
        self._inner.gap(activity, missing)

    def refused(self, activity: str, rule: str) -> None:
        """Note a refusal."""
        self._asked.append(Asked(activity=activity, refused_by=rule))
        self._inner.refused(activity, rule)

    def taken(self) -> tuple[Asked, ...]:
        """Return what the door answered since the last time, and forget it."""
        asked, self._asked = tuple(self._asked), []
        return asked


class ArtefactsInMemory:
    """Keeps what is published: `published` holds all of it, oldest first."""

    def __init__(self, *, published: tuple[Arrays, ...] = ()) -> None:
        self.published = list(published)

    def newest(self) -> str | None:
        """Return the name of the model in use, or None before the first training."""
        return str(len(self.published)) if self.published else None

    def open(self, name: str) -> Arrays:
        """Return the arrays of the model called *name*."""
        return self.published[int(name) - 1]

    def publish(self, arrays: Arrays) -> str:
        """Put a new model into use; return its name."""
        self.published.append({name: array.copy() for name, array in arrays.items()})
        return str(len(self.published))

    def copy(self) -> ArtefactsInMemory:
        """Return another folder of artefacts with the same in it."""
        return ArtefactsInMemory(published=tuple(self.published))


class OpenSeal:
    """Seals nothing: the same value is the same text in every world, and all of it can be seen."""

    def seal(self, value: bytes) -> str:
        """Return *value* as text."""
        return value.hex()

    def unseal(self, text: str) -> bytes | None:
        """Return the value, or None where *text* is none of ours."""
        try:
            return bytes.fromhex(text)
        except ValueError:
            return None


class NumberedIds:
    """Ids that are the same in every world: the first, the second ..."""

    def __init__(self) -> None:
        self._next = count(1)

    def __call__(self) -> str:
        """Return the next id."""
        return f"{next(self._next):032x}"


class Listener:
    """An argument that takes calls: what it was told is part of the answer."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def __call__(self, *said: object) -> None:
        """Remember what was said."""
        self.told.append(said)


@contextlib.contextmanager
def overheard() -> Iterator[list[str]]:
    """Collect what is logged or printed inside the block, by whatever means."""
    heard: list[str] = []
    handler = _Ear(heard)
    out = io.StringIO()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with _structured(heard), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        heard += out.getvalue().splitlines()


@contextlib.contextmanager
def _structured(heard: list[str]) -> Iterator[None]:
    with structlog.testing.capture_logs() as entries:
        yield
    heard += [repr(sorted(entry.items())) for entry in entries]


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("numba"):
            return  # it tells how it compiles, which it does once in a process
        extra: dict[str, Any] = {k: v for k, v in vars(record).items() if k not in _USUAL}
        self._heard.append(f"{record.levelname} {record.name}: {record.getMessage()} {extra}")


_USUAL = frozenset(vars(logging.makeLogRecord({})))
