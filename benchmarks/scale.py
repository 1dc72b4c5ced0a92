"""
Measure that size costs nothing: many subjects, many events, and the memory of a server.

    python -m benchmarks.scale

Three stores are filled by SQL, past the ports: a small one, one with many subjects, one with many
events.  All are served at once, and asked in turn, round by round, so that what else the machine
does befalls each alike; of each the best round counts.  The senders that are measured are real,
spread evenly among the others.  Larger or smaller by the environment:

    SCALE_SUBJECTS=5000000 SCALE_EVENTS=20000000 SCALE_BASE_EVENTS=1000000 make bench
"""

from __future__ import annotations

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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import load
from benchmarks.report import print_table, write_result
from tactful.adapters.sqlite.days import table_of, to_ms
from tactful.assembly import Opened, init_shop, open_shop
from tactful.capabilities.collect import calls_from
from tactful.shop import Who

SUBJECTS = int(os.environ.get("SCALE_SUBJECTS", "1000000"))
FEW_SUBJECTS = int(os.environ.get("SCALE_FEW_SUBJECTS", "1000"))
EVENTS = int(os.environ.get("SCALE_EVENTS", "5000000"))
BASE_EVENTS = int(os.environ.get("SCALE_BASE_EVENTS", "250000"))
SECONDS = float(os.environ.get("SCALE_SECONDS", "4"))
ROUNDS = int(os.environ.get("SCALE_ROUNDS", "3"))

SENDERS = 400
STEPS = 20
DAYS = 30
BATCH = 100
CONNECTIONS = 8
STAMP = b"@@@@@@@@"
START_SECONDS = 600.0

SUBJECT_BAR = 1.5
EVENT_BAR = 1.3
MEMORY_BAR_MB = 1_000.0

_SERVE = (
    "import sys; from tactful.web.server import serve; serve(sys.argv[1], port=int(sys.argv[2]))"
)
_CLONED = ("keys", "identifiers", "persons", "statements")
"""What there is of each subject; in tables that this store does not have, nothing."""


@dataclass(slots=True, kw_only=True)
class Sized:
    """A store of some size, its server, and what was measured."""

    name: str
    subjects: int
    events: int
    folder: Path
    write_key: str = ""
    port: int = 0
    pid: int = 0
    rates: dict[str, list[float]] = field(default_factory=dict)
    p99: dict[str, list[float]] = field(default_factory=dict)

    def best(self, what: str) -> float:
        """Return the best rate of *what*."""
        return max(self.rates[what])


def main() -> None:
    """Fill, serve, measure; print the figures and write `benchmarks/results/scale.json`."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        stores = [
            Sized(name="base", subjects=FEW_SUBJECTS, events=BASE_EVENTS, folder=Path(made) / "a"),
            Sized(name="subjects", subjects=SUBJECTS, events=BASE_EVENTS, folder=Path(made) / "b"),
            Sized(name="events", subjects=FEW_SUBJECTS, events=EVENTS, folder=Path(made) / "c"),
        ]
        figures: dict[str, object] = {}
        for store in stores:
            begun = time.perf_counter()
            fill(store)
            figures[f"{store.name}: filled in, s"] = time.perf_counter() - begun
        for store in stores:
            begun = time.perf_counter()
            stack.enter_context(served(store))
            figures[f"{store.name}: ready after, s"] = time.perf_counter() - begun
        for number in range(ROUNDS):
            for store in stores:
                measure(store, number)
        figures |= report(*stores)
    print_table("scale", figures)
    print(f"  written to {write_result('scale', figures)}")


def report(base: Sized, subjects: Sized, events: Sized) -> dict[str, object]:
    """Return rates, ratios beside their bars, and memory."""
    figures: dict[str, object] = {}
    for store in (base, subjects, events):
        title = f"{store.subjects:,} subjects, {store.events:,} events"
        for what in store.rates:
            figures[f"{title}: {what}, per second"] = store.best(what)
            figures[f"{title}: {what}, p99 ms"] = min(store.p99[what])
        figures[f"{title}: memory, MB"] = memory(store.pid) / 1e6
    for what in base.rates:
        figures[f"{what}: cost with many subjects, ratio"] = base.best(what) / subjects.best(what)
    figures["bar: cost with many subjects"] = SUBJECT_BAR
    for what in base.rates:
        figures[f"{what}: cost with many events, ratio"] = base.best(what) / events.best(what)
    figures["bar: cost with many events"] = EVENT_BAR
    figures["bar: memory, MB"] = MEMORY_BAR_MB
    return figures


def fill(store: Sized) -> None:
    """Make a shop, and let it grow: real senders, and between them copies of one of them."""
    store.write_key = init_shop(store.folder).write_key
    opened = open_shop(store.folder)
    db = bulk_connection(store.folder)
    try:
        template = 0
        for step in range(STEPS):
            lines = [sender_call(n) for n in range(step, SENDERS, STEPS)]
            opened.shop.take(calls_from(lines), source="api").stored.result()
            template = template or first_subject(opened, db)
            copy_subjects(db, template, (store.subjects - SENDERS) // STEPS)
        copy_events(db, store.events, subjects=store.subjects)
        db.execute("UPDATE meta SET value = x'' WHERE name = 'policy_hash'")  # digests anew
    finally:
        db.close()
        opened.close()


def first_subject(opened: Opened, db: sqlite3.Connection) -> int:
    """Let the first sender say something, and return their number."""
    who = Who(anonymous_id="sender-0", region="US-CA")
    opened.shop.consent(who, {"individual_personalization": "grant"}, notice="privacy@1")
    return int(db.execute("SELECT min(id) FROM subjects").fetchone()[0])


def bulk_connection(folder: Path) -> sqlite3.Connection:
    """Return a connection that writes fast, and would lose all with the power."""
    db = sqlite3.connect(folder / "data" / "store.db", isolation_level=None, timeout=60)
    for setting in ("synchronous = OFF", "cache_size = -400000", "foreign_keys = OFF"):
        db.execute(f"PRAGMA {setting}")
    return db


def copy_subjects(db: sqlite3.Connection, template: int, count: int) -> None:
    """Add *count* subjects who are like *template* in all but their identifiers."""
    if count <= 0:
        return
    first = db.execute("SELECT max(id) FROM subjects").fetchone()[0] + 1
    db.execute("BEGIN IMMEDIATE")
    for table, column in (("subjects", "id"), *((table, "subject") for table in _CLONED)):
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        if not columns:
            continue
        special = {column: "n", "blind_index": "randomblob(length(blind_index))"}
        if column != "id":
            special["id"] = "NULL"
        values = ", ".join(special.get(name, name) for name in columns)
        db.execute(
            f"WITH RECURSIVE new(n) AS (VALUES (?1) UNION ALL SELECT n + 1 FROM new WHERE n < ?2)"  # noqa: S608 - our own tables
            f" INSERT INTO {table} SELECT {values} FROM new, {table} WHERE {column} = ?3",
            (first, first + count - 1, template),
        )
    db.execute("COMMIT")


def copy_events(db: sqlite3.Connection, count: int, *, subjects: int) -> None:
    """Add *count* events like the newest, spread over the last days and all subjects."""
    now = datetime.now(UTC)
    source = table_of(now.date())
    create, index = (
        db.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ?", (source, kind)
        ).fetchone()[0]
        for kind in ("table", "index")
    )
    for ago in range(DAYS):
        day = now - timedelta(days=ago)
        table = table_of(day.date())
        db.execute("BEGIN IMMEDIATE")
        if ago:
            db.execute(create.replace(source, table))
        rows, midnight = count // DAYS, day.replace(hour=0, minute=0, second=0, microsecond=0)
        db.execute(
            f"WITH RECURSIVE new(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM new WHERE n < ?1),"  # noqa: S608 - our own tables
            f" like_this AS (SELECT * FROM {source} LIMIT 1)"
            f" INSERT INTO {table} SELECT 1 + abs(random()) % ?2, ?3 + n % 1000, name, purposes,"
            " randomblob(length(message)), body FROM new, like_this",
            (rows - 1, subjects, to_ms(midnight)),
        )
        if ago:
            db.execute(index.replace(source, table))
            newest = to_ms(midnight) + 3_600_000
            db.execute("INSERT INTO days VALUES (?, ?)", (day.date().isoformat(), newest))
        db.execute("COMMIT")


@contextmanager
def served(store: Sized) -> Iterator[None]:
    """Serve *store* by a process of its own."""
    with socket.socket() as probe:
        probe.bind((load.LOOPBACK, 0))
        store.port = probe.getsockname()[1]
    with (store.folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, store.folder, str(store.port)], stderr=log
        )
        store.pid = process.pid
        try:
            await_ready(store.port, process)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server on *port* is ready; with many subjects that takes its time."""
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and process.poll() is None:
        connection = http.client.HTTPConnection(load.LOOPBACK, port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise load.NotAnswered("the server did not become ready")


def measure(store: Sized, number: int) -> None:
    """Measure batches, single events and statements, once."""
    what = {
        f"batches of {BATCH}": batch_requests(store, number),
        "single events": single_requests(store, number),
        "statements": statement_requests(store),
    }
    for name, requests in what.items():
        outcome = load.run(
            load.Load(
                port=store.port,
                requests=requests,
                connections=CONNECTIONS,
                seconds=SECONDS,
                stamp=STAMP,
            )
        )
        store.rates.setdefault(name, []).append(outcome.rate)
        store.p99.setdefault(name, []).append(outcome.latency_ms(0.99))


def batch_requests(store: Sized, number: int) -> Sequence[bytes]:
    """Return batches of which no message was sent before."""
    requests = []
    for first in range(0, SENDERS, BATCH):
        calls = [
            sender_call(first + n) | {"messageId": f"b{number}-{STAMP.decode()}-{n}"}
            for n in range(BATCH)
        ]
        body = json.dumps({"batch": calls}).encode()
        requests.append(load.post("/v1/batch", body, write_key=store.write_key))
    return requests


def single_requests(store: Sized, number: int) -> Sequence[bytes]:
    """Return single events of all senders in turn."""
    calls = (
        sender_call(n) | {"messageId": f"s{number}-{n}-{STAMP.decode()}"} for n in range(SENDERS)
    )
    return [
        load.post("/v1/track", json.dumps(call).encode(), write_key=store.write_key)
        for call in calls
    ]


def statement_requests(store: Sized) -> Sequence[bytes]:
    """Return statements of all senders in turn; each says yes to one purpose."""
    asks = (
        {
            "anonymousId": f"sender-{n}",
            "statements": {"individual_personalization": "grant"},
            "notice": "privacy@1",
            "region": "US-CA",
        }
        for n in range(SENDERS)
    )
    return [
        load.post("/v1/consent", json.dumps(ask).encode(), write_key=store.write_key)
        for ask in asks
    ]


def sender_call(sender: int) -> dict[str, object]:
    """Return a call by a sender in California, where keeping is allowed until they object."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "anonymousId": f"sender-{sender}",
        "messageId": f"first-{sender}",
        "context": {"region": "US-CA"},
        "properties": {"product_id": str(sender * 7 % 997), "price": 12.5, "currency": "USD"},
    }


def memory(pid: int) -> int:
    """Return how many bytes of memory the process *pid* holds."""
    pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
