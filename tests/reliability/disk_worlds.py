"""Disks that fill up, and folders that nobody may write in."""

from __future__ import annotations

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from plug_worlds import Plug

SPARE_BYTES = 200_000
LOG_BYTES = 100_000
DISK_MEGABYTES = 80


class Disk(ABC):
    """Where the data of a served shop lies."""

    def __init__(self, plug: Plug) -> None:
        self.plug = plug

    @abstractmethod
    def fill(self, *, spare: int = SPARE_BYTES) -> None:
        """Leave next to no space: *spare* bytes."""

    @abstractmethod
    def free(self) -> None:
        """Leave enough."""


class LimitedFiles(Disk):
    """No disk, but a limit on what the server's files may grow to: needs no rights."""

    def fill(self, *, spare: int = SPARE_BYTES) -> None:
        """Let the largest file grow by *spare* bytes more; with none, only its log is written."""
        files = (self.plug.folder / "data").iterdir()
        largest = max(path.stat().st_size for path in files)
        assert largest > LOG_BYTES, "send something first"
        self.plug.limit_files(largest + spare if spare else LOG_BYTES)

    def free(self) -> None:
        """Let them grow again."""
        self.plug.limit_files()


class SmallDisk(Disk):
    """A file system of its own in memory, filled with ballast."""

    def fill(self, *, spare: int = SPARE_BYTES) -> None:
        """Put ballast where there is space."""
        free = os.statvfs(self.data)
        size = max(0, free.f_bavail * free.f_frsize - spare)
        with (self.data / "ballast").open("ab") as ballast:
            ballast.write(b"\0" * size)

    def free(self) -> None:
        """Throw the ballast out."""
        (self.data / "ballast").unlink()

    @property
    def data(self) -> Path:
        """Return where the data lies."""
        return self.plug.folder / "data"


@contextmanager
def mounted(folder: Path, *, read_only: bool = False) -> Iterator[None]:
    """Mount a small file system over *folder*, with what is in it; skip where nobody may."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    _mount(folder, f"size={DISK_MEGABYTES}m,mode=700")
    try:
        for name, content in before.items():
            (folder / name).write_bytes(content)
        if read_only:
            _mount(folder, "remount,ro")
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"nothing can be mounted here: {error.strerror}")
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
