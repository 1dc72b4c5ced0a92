"""One at a time changes the lake, of all threads and processes of this machine."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tactful.terms import Busy, Trouble

WAIT_SECONDS: Final = 120.0


@contextmanager
def lake_lock(folder: Path) -> Iterator[None]:
    """
    Hold the lake in *folder*; the kernel lets it go when its holder dies.

    Raises:
        Busy: another keeps it for minutes.
        Trouble: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / "lake.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(f"cannot lock {folder}: {error.strerror}") from error
    try:
        _take(handle, folder)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> None:
    last = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > last:
                raise Busy(
                    f"another process is changing the lake in {folder}: try again in a minute"
                ) from error
            time.sleep(0.01)
        else:
            return
