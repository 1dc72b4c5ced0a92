"""
Measure the HTTP interface: `/v1/decide` at session level, and `/v1/batch`, durable.

    python -m benchmarks.http [--data FOLDER]

FOLDER (or TACTFUL_DATA) holds `diginetica/`.  One server on a shop in a temporary folder, its
models taught by the Diginetica training sessions; the load comes from another process on the same
machine, so that both share its cores.  Beside the batches stands a bare append of the same rows:
what SQLite does with the same settings, in groups of 100, without anything of ours, to one table
that before each measurement is made as long as ours.  Both take turns, and medians are compared: a
machine that others use is as slow for one as for the other, but a lone append gets less of it.
"""

from __future__ import annotations

import argparse
import functools
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NoReturn

from rich.console import Console

from benchmarks import load
from benchmarks.report import print_table, write_result
from tactful.adapters import datasets
from tactful.adapters.sqlite.connections import connect
from tactful.assembly import init_shop, open_shop
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models

SECONDS = 10.0
CONNECTIONS = 64
OPEN_RATE = 1_000.0
BATCH = 100
ROUNDS = 3
BARE_ROWS = 100_000
SENDERS = 2_000
STAMP = b"@@@@@@@@"

_SERVE = (
    "import sys; from tactful.web.server import serve; serve(sys.argv[1], port=int(sys.argv[2]))"
)


def main() -> None:
    """Measure, print, and write `benchmarks/results/http.json`."""
    data = _data()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "shop"
        keys = init_shop(folder)
        with console.status("teach the models"):
            questions = _teach(folder, data)
        with console.status("measure"), _server(folder) as port:
            figures = {
                **decide(port, _decide_requests(questions, keys.write_key), keys.write_key),
                **events(port, keys.write_key, folder),
            }
    print_table("http", figures)
    print(f"  written to {write_result('http', figures)}")


def decide(port: int, requests: Sequence[bytes], write_key: str) -> dict[str, object]:
    """Measure `/v1/decide` in a closed and in an open loop, and without a question to a model."""
    ask = functools.partial(load.Load, port=port, connections=CONNECTIONS, seconds=SECONDS)
    plain = [load.post("/v1/decide", b'{"slot": "trending"}', write_key=write_key)]
    closed = load.run(ask(requests=requests))
    opened = load.run(ask(requests=requests, rate=OPEN_RATE))
    return {
        f"decide at {CONNECTIONS} connections, per second": closed.rate,
        f"decide at {CONNECTIONS} connections, p50 ms": closed.latency_ms(0.50),
        f"decide at {CONNECTIONS} connections, p99 ms": closed.latency_ms(0.99),
        "decide at 1000/s, answered per second": opened.rate,
        "decide at 1000/s, p50 ms": opened.latency_ms(0.50),
        "decide at 1000/s, p99 ms": opened.latency_ms(0.99),
        "the interface alone (slot trending), per second": load.run(ask(requests=plain)).rate,
    }


def events(port: int, write_key: str, folder: Path) -> dict[str, object]:
    """Measure `/v1/batch` and `/v1/track` with senders who are known and allow everything."""
    _post_all(port, _batch_requests(write_key, "known"))
    found: dict[str, list[load.Outcome]] = {}
    shares: dict[str, list[float]] = {}
    bare = Bare(folder / "data" / "store.db", folder / "bare.db")
    for number in range(ROUNDS):
        for connections in (8, CONNECTIONS):
            name = f"batches of {BATCH} at {connections} connections"
            requests = _batch_requests(write_key, f"{number}-{connections}")
            outcome = _load(port, requests, connections)
            found.setdefault(name, []).append(outcome)
            shares.setdefault(name, []).append(outcome.rate * BATCH / bare.rate())
        name = f"single events at {CONNECTIONS} connections"
        found.setdefault(name, []).append(
            _load(port, _single_requests(write_key, str(number)), CONNECTIONS)
        )
    figures: dict[str, object] = {}
    for name, outcomes in found.items():
        each = BATCH if name in shares else 1
        figures[f"{name}, durable events per second"] = median(o.rate for o in outcomes) * each
        figures[f"{name}, p50 ms"] = median(o.latency_ms(0.50) for o in outcomes)
        figures[f"{name}, p99 ms"] = median(o.latency_ms(0.99) for o in outcomes)
    for name, of_bare in shares.items():
        figures[f"{name}, ratio to a bare append to a table as long"] = median(of_bare)
    return figures | {"bare append in groups of 100, rows per second": median(bare.rates)}


def _load(port: int, requests: Sequence[bytes], connections: int) -> load.Outcome:
    return load.run(
        load.Load(
            port=port, requests=requests, connections=connections, seconds=SECONDS, stamp=STAMP
        )
    )


class Bare:
    """A table like that of the day in the store *ours*, in a file of its own."""

    def __init__(self, ours: Path, file: Path) -> None:
        self._ours = sqlite3.connect(ours, isolation_level=None)
        found = self._ours.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql NOTNULL AND type IN"
            " ('table', 'index') AND tbl_name GLOB 'events_*' ORDER BY type DESC"
        ).fetchall()
        self._table = found[0][1]
        rows = self._ours.execute(f"SELECT * FROM {self._table} LIMIT 2000").fetchall()  # noqa: S608 - ours
        self._rows = rows * (BARE_ROWS // len(rows))
        sqlite3.connect(file).close()
        self._db = connect(file)  # with the settings of ours
        for _, _, create in found:
            self._db.execute(create)
        self.rates: list[float] = []

    def rate(self) -> float:
        """Make the table as long as ours is now, append to it, and return rows per second."""
        count = f"SELECT count(*) FROM {self._table}"  # noqa: S608 - ours
        wanted, have = (db.execute(count).fetchone()[0] for db in (self._ours, self._db))
        self._append([self._rows[n % len(self._rows)] for n in range(max(0, wanted - have))])
        begun = time.perf_counter()
        for start in range(0, len(self._rows), BATCH):
            self._append(self._rows[start : start + BATCH])
        self.rates.append(len(self._rows) / (time.perf_counter() - begun))
        return self.rates[-1]

    def _append(self, rows: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            f"INSERT INTO {self._table} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - ours
            rows,
        )
        self._db.execute("COMMIT")


def _teach(folder: Path, data: Path) -> Sequence[datasets.Question]:
    """Put models of the training sessions into use; return the test questions."""
    visits = datasets.diginetica_visits(data / "diginetica")
    log = Interactions.of((visit.owner, visit.ended_at, visit.items) for visit in visits)
    opened = open_shop(folder)
    opened.shop.models.use(Models.build(log))
    opened.close()
    return datasets.diginetica_questions(data / "diginetica")


def _decide_requests(questions: Sequence[datasets.Question], key: str) -> list[bytes]:
    """Return questions for the slot `for-you` by nobody known, where sessions may be used."""
    asks = (
        {
            "slot": "for-you",
            "session": list(question.prefix)[-50:],
            "level": "session",
            "context": {"region": "US-CA"},
        }
        for question in questions[:20_000]
    )
    return [load.post("/v1/decide", json.dumps(ask).encode(), write_key=key) for ask in asks]


def _batch_requests(key: str, run: str) -> list[bytes]:
    """Return new batches by senders in California, where keeping is allowed until they object."""
    requests = []
    for first in range(0, SENDERS, BATCH):
        calls = [_call(first + place, f"{run}-{place}") for place in range(BATCH)]
        body = json.dumps({"batch": calls, "sentAt": "2026-01-01T00:00:00Z"}).encode()
        requests.append(load.post("/v1/batch", body, write_key=key))
    return requests


def _single_requests(key: str, run: str) -> list[bytes]:
    """Return single events by the same senders."""
    calls = (json.dumps(_call(sender, f"single-{run}")).encode() for sender in range(SENDERS))
    return [load.post("/v1/track", call, write_key=key) for call in calls]


def _call(sender: int, message: str) -> dict[str, object]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "anonymousId": f"sender-{sender}",
        "messageId": f"m-{STAMP.decode()}-{message}",
        "context": {"region": "US-CA"},
        "properties": {
            "product_id": str(sender * 7 % 997),
            "price": 12.5,
            "currency": "USD",
            "category": "mugs",
            "name": "A blue mug",
        },
    }


def _post_all(port: int, requests: Sequence[bytes]) -> None:
    """Send each request once, so that every sender is known."""
    with socket.create_connection((load.LOOPBACK, port)) as connection:
        for request in requests:
            connection.sendall(request)
            answer = connection.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise load.NotAnswered(answer[:200].decode("latin-1"))


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """Serve the shop in *folder* by a process of its own; yield the port."""
    with socket.socket() as probe:
        probe.bind((load.LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", _SERVE, folder, str(port)], stderr=log)
        try:
            _await_ready(port, process)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        connection = http.client.HTTPConnection(load.LOOPBACK, port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
        if process.poll() is not None:
            break
    raise load.NotAnswered("the server did not become ready: try `tactful serve` to see why")


def _data() -> Path:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=os.environ.get("TACTFUL_DATA"))
    data: Path | None = parser.parse_args().data
    if data is None or not (Path(data) / "diginetica").is_dir():
        _fail("name the folder that holds diginetica/ by --data or TACTFUL_DATA")
    return Path(data)


def _fail(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
