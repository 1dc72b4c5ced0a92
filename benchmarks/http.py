"""
Measure the HTTP interface: `/v1/decide` at session level, and `/v1/batch`, durable.

    python -m benchmarks.http [--data FOLDER]

FOLDER (or TACTFUL_DATA) holds `diginetica/`.  One server on a shop in a temporary folder, its
models taught by the Diginetica training sessions; the load comes from another process on the same
machine, so that both share its cores.  Beside the batches stands a bare append of the same rows:
what SQLite does with the same durability, in groups of 100, without anything of ours.
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
from typing import NoReturn

from rich.console import Console

from benchmarks import load
from benchmarks.report import print_table, write_result
from tactful.adapters import datasets
from tactful.assembly import init_shop, open_shop
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models

SECONDS = 10.0
CONNECTIONS = 64
OPEN_RATE = 1_000.0
BATCH = 100
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
                **batches(port, keys.write_key),
            }
        with console.status("append bare"):
            figures |= _beside_bare(folder, figures)
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


def batches(port: int, write_key: str) -> dict[str, object]:
    """Measure `/v1/batch` with senders who are known and allow everything."""
    requests = _batch_requests(write_key)
    _post_all(port, requests)
    figures: dict[str, object] = {}
    for connections in (8, CONNECTIONS):
        outcome = load.run(
            load.Load(
                port=port, requests=requests, connections=connections, seconds=SECONDS, stamp=STAMP
            )
        )
        name = f"batches of {BATCH} at {connections} connections"
        figures[f"{name}, durable events per second"] = outcome.rate * BATCH
        figures[f"{name}, p50 ms"] = outcome.latency_ms(0.50)
        figures[f"{name}, p99 ms"] = outcome.latency_ms(0.99)
    return figures


def _beside_bare(folder: Path, figures: dict[str, object]) -> dict[str, object]:
    """Append the rows that the batches left behind to a bare table; return rate and ratios."""
    bare = _bare_append(folder / "data" / "store.db", folder / "bare.db")
    ratios = {
        f"{name[: name.index(',')]}, ratio to a bare append": float(str(value)) / bare
        for name, value in figures.items()
        if name.endswith("durable events per second")
    }
    return {"bare append in groups of 100, rows per second": bare, **ratios}


def _bare_append(store: Path, bare: Path) -> float:
    """Append the day's rows of *store* to a table like theirs in *bare*, and return the rate."""
    source = sqlite3.connect(store)
    find = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name GLOB 'events_*'"
    table, create = source.execute(find).fetchone()
    indices = source.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOTNULL",
        (table,),
    ).fetchall()
    rows = source.execute(f"SELECT * FROM {table} LIMIT 300000").fetchall()  # noqa: S608 - ours
    source.close()
    target = sqlite3.connect(bare, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", create):
        target.execute(statement)
    for (index,) in indices:
        target.execute(index)
    insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - ours
    begun = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        target.execute("BEGIN IMMEDIATE")
        target.executemany(insert, rows[start : start + BATCH])
        target.execute("COMMIT")
    seconds = time.perf_counter() - begun
    target.close()
    return len(rows) / seconds


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


def _batch_requests(key: str) -> list[bytes]:
    """Return batches by senders in California, where keeping is allowed until they object."""
    requests = []
    for first in range(0, SENDERS, BATCH):
        calls = [_call(first + place, place) for place in range(BATCH)]
        body = json.dumps({"batch": calls, "sentAt": "2026-01-01T00:00:00Z"}).encode()
        requests.append(load.post("/v1/batch", body, write_key=key))
    return requests


def _call(sender: int, place: int) -> dict[str, object]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "anonymousId": f"sender-{sender}",
        "messageId": f"m-{STAMP.decode()}-{place}",
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
