"""A real server: a process of its own, on a port of loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tactful.assembly import NewKeys, init_shop

SERVE = (
    "import sys; from tactful.web.server import serve; serve(sys.argv[1], port=int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server, how to reach it, and its process."""

    folder: Path
    keys: NewKeys
    address: str
    process: subprocess.Popen[str]

    def stop(self) -> str:
        """Ask it to stop as an init system does, and return what it logged."""
        self.process.send_signal(signal.SIGTERM)
        _, logged = self.process.communicate(timeout=30)
        return logged

    def events_of(self, user_id: str) -> list[str]:
        """Return the names of the events that are kept of *user_id*."""
        headers = {"authorization": f"Bearer {self.keys.secret_key}"}
        answer = httpx.get(f"{self.address}/v1/subjects/{user_id}", headers=headers)
        return [e["event"] for e in answer.json()["events"]] if answer.is_success else []


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    """Make a shop in *folder* and serve it, with `[server]` *settings*, until the block ends."""
    environment = {f"TACTFUL_SERVER_{k}".upper(): v for k, v in settings.items()}
    with serving_of(folder, init_shop(folder), environment) as server:
        yield server


@contextmanager
def serving_of(folder: Path, keys: NewKeys, environment: Mapping[str, str]) -> Iterator[Running]:
    """Serve the shop in *folder*, which has *keys*, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder), str(port)],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Running(folder=folder, keys=keys, address=f"http://127.0.0.1:{port}", process=process)
    try:
        await_ready(server)
        yield server
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def await_ready(server: Running) -> None:
    """Wait until *server* says that it is ready."""
    for _ in range(300):
        assert server.process.poll() is None, server.process.communicate()[1]
        try:
            if httpx.get(f"{server.address}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not become ready")
