"""One server per shop folder: a lock that the kernel lets go when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tactful.terms import Busy, Trouble


class FolderLock:
    """
    Holds *folder* for this process, from construction to `close`.

    Raises:
        Busy: another server holds it.
        Trouble: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = _open(folder / "serve.lock")
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._handle, 20, 0).decode("ascii", errors="replace").strip()
            os.close(self._handle)
            raise Busy(
                f"another server runs on this folder (process {holder or 'unknown'}): "
                "stop it or choose another folder"
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    @staticmethod
    def is_held(folder: Path) -> bool:
        """Tell whether a server runs on *folder*."""
        try:
            handle = os.open(folder / "serve.lock", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def close(self) -> None:
        """Let the folder go.  May be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(
            f"cannot lock {path.parent} ({error.strerror}): "
            "let the server's account write there, and see that the disk is not read-only"
        ) from error
