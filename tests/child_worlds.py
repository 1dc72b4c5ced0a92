"""Work in processes of its own, forked from one that has loaded everything, and killed at will."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any, Final

END_SECONDS: Final = 30.0
PULLED: Final = -signal.SIGKILL
BEGUN: Final = ".begun"

_starting: Final = threading.Lock()


@dataclass(slots=True, kw_only=True, eq=False)
class Child:
    """A process that runs one function, and what it wrote to its standard error."""

    process: ForkServerProcess
    log: Path

    @property
    def logged(self) -> str:
        """Return what it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.join(END_SECONDS)
        assert self.process.exitcode is not None, "it outlived SIGKILL"

    def await_begun(self) -> None:
        """Wait until its work has begun: until it is loaded, there is nothing to interrupt."""
        until(lambda: self.log.with_suffix(BEGUN).exists() or not self.process.is_alive())

    def ended(self, *, within: float = END_SECONDS) -> int | None:
        """Wait for its end, and return its exit status; None where it runs on."""
        self.process.join(within)
        return self.process.exitcode


def begin(
    work: Callable[..., object],
    *args: object,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Child:
    """Run *work*, a function of an importable module, in a process of its own."""
    life = _Life(work=work, args=args, log=log, environment=dict(environment or {}))
    process = _nursery().Process(target=life, daemon=True)
    log.write_text("", encoding="utf-8")
    log.with_suffix(BEGUN).unlink(missing_ok=True)
    process.start()
    return Child(process=process, log=log)


def pulled(after: float, work: Callable[..., object], *args: object, log: Path) -> bool:
    """Run *work*, pull its plug *after* so many seconds of it; tell whether it still ran."""
    child = begin(work, *args, log=log)
    child.await_begun()
    time.sleep(after)
    child.kill()
    assert child.process.exitcode in {0, PULLED}, child.logged
    return child.process.exitcode == PULLED


def until(true: Callable[[], bool], *, within: float = END_SECONDS) -> None:
    """Wait until something is *true*."""
    last = time.monotonic() + within
    while not true():
        assert time.monotonic() < last, "it did not come true in time"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """What a child does, and in what surroundings."""

    work: Callable[..., object]
    args: tuple[Any, ...]
    log: Path
    environment: Mapping[str, str]

    def __call__(self) -> None:
        os.dup2(os.open(self.log, os.O_WRONLY | os.O_APPEND), 2)
        sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8")
        os.environ.update(self.environment)
        self.log.with_suffix(BEGUN).touch()
        self.work(*self.args)


def _nursery() -> ForkServerContext:
    """Return the process that children are forked from, which knows our modules."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["plug_nursery"])
    with _starting:
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([_HERE, *sys.path]))
        try:
            ensure_running()
        finally:
            os.environ.pop("PYTHONPATH")
            os.environ.update({} if before is None else {"PYTHONPATH": before})
    return context


_HERE: Final = str(Path(__file__).parent)
