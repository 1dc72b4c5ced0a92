"""
The file of lines that could not be used: where they stand, why, and what they say.

Made when the first one turns up; readable by its owner only, for it holds what the file held.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tactful.capabilities.collect.tables.rows import Reject

COLUMNS = ("line", "reason", "row")


class Rejects:
    """Writes rejects to *path*, replacing what an earlier import left there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, reject: Reject) -> None:
        """Write *reject* down."""
        if self._file is None:
            self._file = _private(self.path)
            csv.writer(self._file).writerow(COLUMNS)
        csv.writer(self._file).writerow((reject.line, reject.reason, reject.raw))


def _private(path: Path) -> IO[str]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace")
