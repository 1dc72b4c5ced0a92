"""A PostgreSQL server of the tests' own: private, on a socket in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ACCOUNT = "postgres"
"""Who runs it where we are root, whom PostgreSQL does not serve."""

READY_SECONDS = 60


class Server:
    """A running server; `stop` and `start` it again at will."""

    def __init__(self, binaries: Path, home: Path) -> None:
        self._binaries = binaries
        self._home = home
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, database: str) -> str:
        """Return the address of *database*."""
        return f"postgresql://{ACCOUNT}@/{database}?host={self._home}"

    def make(self) -> None:
        """Make the cluster: trusting, for nobody else gets at the socket."""
        self._run("initdb", "-A", "trust", "-U", ACCOUNT, "-E", "UTF8", "--locale=C", "-D", "data")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._home),
            "shared_buffers": "32MB",
            "max_connections": "80",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._home / "data", *settings],
                stdout=log,
                stderr=log,
                cwd=self._home,
                **_as_account(),
            )
        self._await()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: by SIGINT at once, with SIGQUIT as a crash does."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def new_database(self, template: str = "template0") -> str:
        """Make a database like *template*, and return its address."""
        name = f"shop{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def drop(self, url: str) -> None:
        """Drop the database at *url*, whoever is connected."""
        self.execute(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")

    def execute(self, query: str, database: str = "postgres") -> None:
        """Run one query in *database*."""
        with psycopg.connect(self.address(database), autocommit=True) as db:
            db.execute(query.encode())

    def _await(self) -> None:
        last = time.monotonic() + READY_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < last, (self._home / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._binaries / program, *words],
            cwd=self._home,
            check=True,
            capture_output=True,
            timeout=120,
            **_as_account(),
        )


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    elsewhere = shutil.which("initdb")
    initdb = found[-1] if found else elsewhere and Path(elsewhere).resolve()
    return initdb.parent if initdb else None


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server until the block ends."""
    place = binaries()
    assert place is not None
    home = Path(tempfile.mkdtemp(prefix="tactful-pg-"))
    if _as_account():
        shutil.chown(home, ACCOUNT)
        home.chmod(0o755)
    server = Server(place, home)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop(signal.SIGQUIT)  # as nobody wants to wait for what is thrown away
        shutil.rmtree(home)


def why_not() -> str:
    """Return why no server can be started here; empty where one can."""
    if binaries() is None:
        return "no PostgreSQL is installed: `sh packaging/system-packages postgres`"
    try:
        _as_account()
    except KeyError:
        return f"root cannot run PostgreSQL, and there is no account {ACCOUNT}"
    return ""


def _as_account() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam(ACCOUNT)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
