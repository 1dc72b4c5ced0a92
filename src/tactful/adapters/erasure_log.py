"""
What was erased, noted so that it can be erased again after a backup is restored.

A line is a time and a keyed digest of the subject's number: of anybody the log is about, it says
nothing to who holds the log alone, and nothing but a number to who holds its key as well.  Both lie
in the key folder, because they must outlive the store and stay out of its backups.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.gate import Permit
from tactful.mechanisms.sealing import blind_index
from tactful.terms import Mistake, SubjectId, Trouble

LOG: Final = "erasures.log"
KEY: Final = "erasures.key"
MARGIN: Final = timedelta(hours=1)
"""An erasure is noted before it is done, and a backup may begin in between."""

_KIND: Final = "erasures"
_LINE: Final = re.compile(r"(?P<at>[0-9]{1,12}) (?P<digest>[0-9a-f]{32})")


class Records(Protocol):
    """What is stored about one subject."""

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data."""

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """Stop keeping the subject's data for *purposes*."""

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """Destroy the subject's key, then every row."""


@dataclass(frozen=True, slots=True)
class ErasureLog:
    """The log in the key folder of one shop; it is made at the first erasure."""

    folder: Path

    def add(self, subjects: Iterable[SubjectId], at: datetime) -> None:
        """
        Note durably that *subjects* are erased *at*.

        Raises:
            Trouble: it cannot be noted, so nobody may be erased: a backup would bring them back.
        """
        digest = self._digest(make=True)
        lines = "".join(f"{int(at.timestamp())} {digest(subject)}\n" for subject in subjects)
        path = self.folder / LOG
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(lines.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Trouble(
                f"nobody was erased: {path} cannot be written ({error.strerror}), and a backup "
                "would bring back who is not noted there; mend it and erase again"
            ) from error

    def among(
        self, subjects: Iterable[SubjectId], *, since: datetime, log: Path | None = None
    ) -> tuple[SubjectId, ...]:
        """
        Return those of *subjects* that were erased after *since*.

        Args:
            subjects: Whoever is in a store that was restored.
            since: When its backup was made: earlier erasures are in it, and a number that was
                given anew after another restoration is somebody else's.
            log: In the place of the log that lies beside the key.

        Raises:
            Mistake: the log holds a line that is none.
            Trouble: log or key cannot be read.
        """
        earliest = (since - MARGIN).timestamp()
        erased = {mark for at, mark in _lines(log or self.folder / LOG) if at >= earliest}
        if not erased:
            return ()
        digest = self._digest(make=False)
        return tuple(subject for subject in subjects if digest(subject) in erased)

    def _digest(self, *, make: bool) -> Callable[[SubjectId], str]:
        path = self.folder / KEY
        if make and not path.exists():
            _create(path)
        key = KeyFile(path, _KIND).secret()
        return lambda subject: blind_index(key, "subject", str(subject)).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedRecords:
    """Records that note every erasure before it is done."""

    records: Records
    log: ErasureLog
    members: Callable[[SubjectId], Iterable[SubjectId]]

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data, by (activity, day)."""
        return self.records.uses(permit)

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """Stop keeping the subject's data for *purposes*."""
        return self.records.drop_purposes(permit, purposes)

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """Note the erasure, under every number of the person, then do it."""
        self.log.add(self.members(permit.subject), datetime.now(UTC))
        return self.records.erase(permit)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: restore it from your backup") from error
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise Mistake(
                f"line {number} of {path} is no erasure: nobody was erased again; mend or remove it"
            )
        yield int(found["at"]), found["digest"]


def _create(path: Path) -> None:
    try:
        create_key_file(path, kind=_KIND)
    except Trouble:
        if not path.exists():  # else another process was faster
            raise
