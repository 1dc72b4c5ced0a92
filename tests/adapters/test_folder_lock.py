"""One server per folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tactful.adapters.folder_lock import FolderLock
from tactful.terms import Busy, Trouble

HOLDER = """
import sys, time
from pathlib import Path
from tactful.adapters.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_server_is_told_who_holds_it(tmp_path: Path) -> None:
    """A second lock is refused with the process that holds the first, and free afterwards."""
    with FolderLock(tmp_path), pytest.raises(Busy, match=rf"process {os.getpid()}.*stop it"):
        FolderLock(tmp_path)
    FolderLock(tmp_path).close()


def test_lets_go_when_its_process_dies(tmp_path: Path) -> None:
    """A killed server does not keep its folder."""
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(Busy, match=f"process {child.pid}"):
        FolderLock(tmp_path)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    FolderLock(tmp_path).close()


def test_tells_whether_a_server_runs(tmp_path: Path) -> None:
    """Before the first server nobody holds the folder, then the server does, afterwards nobody."""
    assert not FolderLock.is_held(tmp_path)
    with FolderLock(tmp_path):
        assert FolderLock.is_held(tmp_path)
    assert not FolderLock.is_held(tmp_path)
    FolderLock(tmp_path).close()


def test_closing_twice(tmp_path: Path) -> None:
    """Closing again does nothing."""
    lock = FolderLock(tmp_path)
    lock.close()
    lock.close()


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there cannot be locked, and that is said."""
    with pytest.raises(Trouble, match="cannot lock"):
        FolderLock(tmp_path / "absent")
