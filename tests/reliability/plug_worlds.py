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

import os
import random
import resource
import signal
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import httpx

from child_worlds import PULLED, Child, begin, pulled, until
from tactful.assembly import NewKeys

__all__ = [
    "PULLED",
    "Child",
    "Moments",
    "Plug",
    "begin",
    "free_port",
    "pulled",
    "remains",
    "rounds",
    "serve_folder",
    "until",
]

READY_SECONDS: Final = 60.0
ANSWER_SECONDS: Final = 30.0
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares each request the reading of certificates that loopback has no use for."""

LOOPBACK: Final = "127.0.0.1"


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
