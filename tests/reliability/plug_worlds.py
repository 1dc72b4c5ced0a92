"""
Servers and other work in processes of their own, whose plug may be pulled at any moment.

    plug = Plug(folder, keys=init_shop(folder))
    plug.serve()             # ready when this returns; [server] settings as keywords
    plug.post("/v1/batch", ...)
    plug.kill()              # SIGKILL: nothing is flushed, nothing is said
    plug.restart()           # on the same folder, with the same settings

`pulled(after, work, *args)` does the same to any other function of a module: compaction, a move.
Moments are drawn by `Moments`, from a seed that is printed; TACTFUL_ROUNDS asks for more rounds.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any, Final, Self

import httpx

from tactful.assembly import NewKeys

READY_SECONDS: Final = 60.0
END_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 30.0
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares each request the reading of certificates that loopback has no use for."""

LOOPBACK: Final = "127.0.0.1"
BEGUN: Final = ".begun"
PULLED: Final = -signal.SIGKILL

_starting: Final = threading.Lock()


def rounds(usual: int) -> int:
    """Return how many rounds to play: TACTFUL_ROUNDS, or as many as are *usual* in the suite."""
    return int(os.environ.get("TACTFUL_ROUNDS", usual))


class Moments:
    """Moments to pull the plug at, from TACTFUL_SEED or a seed that is printed with a failure."""

    def __init__(self) -> None:
        self.seed = int(os.environ.get("TACTFUL_SEED", random.SystemRandom().randrange(1 << 31)))
        self._chance = random.Random(self.seed)  # noqa: S311 - nothing secret hangs on it
        print(f"moments drawn with TACTFUL_SEED={self.seed}")  # noqa: T201 - pytest shows it

    def within(self, seconds: float) -> float:
        """Return a moment within so many *seconds*."""
        return self._chance.uniform(0.0, seconds)


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


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(slots=True, kw_only=True, eq=False)
class Plug:
    """
    A shop that is served by a process of its own, whose plug can be pulled.

    Use it as a context manager: no process is left behind.
    """

    folder: Path
    keys: NewKeys
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    child: Child | None = None
    starts: int = 0

    @property
    def address(self) -> str:
        """Return where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def running(self) -> Child:
        """Return the process that serves."""
        assert self.child is not None, "not served: call serve()"
        return self.child

    @property
    def pid(self) -> int:
        """Return the number of the process that serves."""
        assert self.running.process.pid is not None
        return self.running.process.pid

    def serve(self, *, ready: bool = True, **settings: object) -> Plug:
        """Serve the shop with these `[server]` *settings*; ready on return, unless told not to."""
        self.settings |= {f"TACTFUL_SERVER_{k}".upper(): str(v) for k, v in settings.items()}
        self.starts += 1
        self.child = begin(
            serve_folder,
            self.folder,
            self.port,
            log=self.folder.parent / f"{self.folder.name}-{self.starts}.log",
            environment=self.settings,
        )
        if ready:
            self.await_ready()
        return self

    def kill(self) -> None:
        """Pull the plug: SIGKILL."""
        self.running.kill()

    def restart(self) -> Plug:
        """Serve the same folder again, where the plug was pulled or the server ended."""
        return self.serve()

    def stop(self) -> int | None:
        """Ask it to stop as an init system does, and return its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        return self.running.ended()

    def await_ready(self) -> None:
        """Wait until it says that it is ready."""
        last = time.monotonic() + READY_SECONDS
        while time.monotonic() < last:
            assert self.running.process.is_alive(), self.running.logged
            with suppress(httpx.TransportError):
                if self.get("/readyz").is_success:
                    return
            time.sleep(0.02)
        raise AssertionError(f"not ready: {self.running.logged}")

    def get(self, path: str, *, secret: bool = False) -> httpx.Response:
        """Get *path*, with the secret key or the write key."""
        return self._ask("GET", path, secret=secret)

    def post(self, path: str, body: object, *, secret: bool = False) -> httpx.Response:
        """Post *body* as JSON, with the secret key or the write key."""
        return self._ask("POST", path, body, secret=secret)

    def delete(self, path: str) -> httpx.Response:
        """Delete what *path* names, with the secret key."""
        return self._ask("DELETE", path, secret=True)

    def client(self) -> httpx.Client:
        """Return a client that keeps a connection, with the write key."""
        return httpx.Client(headers=self.headers(), timeout=ANSWER_SECONDS, verify=NO_TLS)

    def headers(self, *, secret: bool = False) -> dict[str, str]:
        """Return the header that shows the key."""
        if secret:
            return {"authorization": f"Bearer {self.keys.secret_key}"}
        return {"x-write-key": self.keys.write_key}

    def _ask(
        self, method: str, path: str, body: object = None, *, secret: bool = False
    ) -> httpx.Response:
        return httpx.request(
            method,
            f"{self.address}{path}",
            json=body,
            headers=self.headers(secret=secret),
            timeout=ANSWER_SECONDS,
            verify=NO_TLS,
        )

    def limit_files(self, largest: int = resource.RLIM_INFINITY) -> None:
        """Let no file of it grow over *largest* bytes, as where the disk is full; or any file."""
        limits = (largest, resource.RLIM_INFINITY)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, limits)

    def memory(self) -> int:
        """Return how many bytes of memory it holds now."""
        pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * resource.getpagesize()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child is not None and self.child.process.is_alive():
            self.child.kill()


def serve_folder(folder: Path, port: int) -> None:
    """Serve the shop in *folder*, as `tactful serve` does."""
    from tactful.web.server import serve

    serve(folder, port=port)


def remains(folder: Path, *needles: bytes) -> list[str]:
    """Return the files below *folder* in which any of *needles* can be read."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    contents = ((path, path.read_bytes()) for path in files)
    return [path.name for path, found in contents if any(needle in found for needle in needles)]


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
