"""
The lake: how fast it is fed, how small it gets, how quickly it forgets, how quickly it answers.

Events are made up: a shop with visits of a few events each, some of which buy.  A million go the
whole way through the store; the rest are put into the lake as batches are, since filling the store
with them measures the store.  `TACTFUL_LAKE_EVENTS` sets how many there are: 10 million by default.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.report import median, print_table, write_result
from tactful.adapters.analytics import cohort_retention, permitted, rfm
from tactful.adapters.lake.analysis import events_table
from tactful.adapters.lake.columns import to_table
from tactful.adapters.lake.lake import Lake, by_bucket
from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import Days, table_of
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.outflow import SqliteOutflow, note, owe_lake
from tactful.adapters.sqlite.rows import Row
from tactful.assembly import init_shop, open_shop
from tactful.gate import Audience, Permit

MEASUREMENT = "measurement"
EVENTS = int(os.environ.get("TACTFUL_LAKE_EVENTS", "10_000_000"))
THROUGH_THE_STORE = min(EVENTS, 1_000_000)
EVENTS_A_SUBJECT = 20
ITEMS = 20_000
BATCH = 500_000
ROUNDS = 5
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

MOST_MEGABYTES_A_MILLION = 40.0
MOST_SECONDS_TO_ERASE = 0.3
MOST_SECONDS_OF_RFM = 3.0


def rows(mask: int, seed: int = 1) -> Iterator[Row]:
    """Yield made-up events for ever: visits of one to nine events, one in ten of which buys."""
    chance, encode = random.Random(seed), msgspec.msgpack.Encoder().encode
    subjects = EVENTS // EVENTS_A_SUBJECT
    now = int(NOW.timestamp() * 1000)
    while True:
        subject, session = chance.randrange(subjects) + 1, f"{chance.randrange(10**12):x}"
        at = now - chance.randrange(365 * 86_400_000)
        for step in range(chance.randrange(1, 10)):
            item = f"sku-{int(ITEMS * chance.random() ** 2)}"
            price, buys = chance.randrange(100, 20_000) / 100, step == 8
            properties: dict[str, object] = {
                "price": price,
                "currency": "EUR",
                "category": "Kitchen",
            }
            if buys:
                properties = {"value": price, "currency": "EUR", "quantity": 1, "order_id": session}
            body = encode(((item,), properties, session, "http"))
            name = "Order Completed" if buys else "Product Viewed"
            at += chance.randrange(1_000, 120_000)
            yield Row(subject, at, name, mask, chance.randbytes(16), body)


def fill_store(lake: Lake, made: Iterator[Row]) -> None:
    """Put rows into today's table, past the port: that is not what is measured."""
    engine = engine_of(lake)
    subjects = ((n, 0) for n in range(1, EVENTS // EVENTS_A_SUBJECT + 1))

    def prepare(db: sqlite3.Connection) -> None:
        Days(db).make_room(db, NOW.date(), newest=int(NOW.timestamp() * 1000))
        db.executemany("INSERT INTO subjects (id, created_at) VALUES (?, ?)", subjects)

    engine.writer.run(prepare)
    insert = f"INSERT INTO {table_of(NOW.date())} VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
    for _ in range(THROUGH_THE_STORE // 50_000):
        chunk = list(islice(made, 50_000))
        engine.writer.run(lambda db, rows=chunk: db.executemany(insert, rows))  # type: ignore[misc]


def engine_of(lake: Lake) -> Engine:
    """Return what the store behind *lake* writes with."""
    assert isinstance(lake.outflow, SqliteOutflow)
    return lake.outflow._engine


def fill_lake(lake: Lake, made: Iterator[Row], count: int) -> None:
    """Put *count* rows into the lake, as batches that have passed."""
    day, engine = date(2025, 1, 1), engine_of(lake)
    number = lake.outflow.held().watermark
    while count > 0:
        number += 1
        size = min(count, BATCH)
        chunk = ((day, place, row) for place, row in enumerate(islice(made, size)))
        lake.table.append(by_bucket(to_table(chunk, batch=number)), batch=number)
        engine.writer.run(lambda db, n=number: note(db, "watermark", n))  # type: ignore[misc]
        count -= size
    engine.changes.tell(Change(subject=ANYBODY, kind=ChangeKind.APPENDED))


def seconds_to_erase(lake: Lake) -> list[float]:
    """Return how long it takes to forget one subject after another, vacuum included."""
    engine, found = engine_of(lake), []
    for subject in range(7, 7 + ROUNDS * 11, 11):
        engine.writer.run(lambda db, s=subject: owe_lake(db, s))  # type: ignore[misc]
        start = time.perf_counter()
        assert lake.forget() > 0
        found.append(time.perf_counter() - start)
    return found


def seconds_to_ask(lake: Lake, question: str) -> float:
    """Return how long one question over everybody takes, with the table opened anew."""
    members = np.arange(1, EVENTS // EVENTS_A_SUBJECT + 1, dtype=np.int64)
    permit = Permit(
        scope=Audience(members=members, refused={}),
        activity="measure",
        purpose=MEASUREMENT,
        basis="consent",
        regime="asking",
        decided_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
    )
    start = time.perf_counter()
    events = permitted(
        permit, events_table(lake), bit=lake.bits.bit(MEASUREMENT), plan=lake.plan, at=NOW
    )
    asked = rfm(events, at=NOW) if question == "rfm" else cohort_retention(events)
    assert asked.to_pyarrow().num_rows > 0
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print the figures beside what is asked of them."""
    with tempfile.TemporaryDirectory() as home:
        init_shop(Path(home) / "shop")
        opened = open_shop(Path(home) / "shop", clock=lambda: NOW)
        figures = measure(opened.lake.lake)
        opened.close()
    print_table(f"The lake, {EVENTS:,} events", figures)
    write_result("lake", figures)


def measure(lake: Lake) -> Mapping[str, object]:
    """Return the figures, each with its bar where it has one."""
    made = rows(lake.bits.mask(frozenset({MEASUREMENT})))
    fill_store(lake, made)
    start = time.perf_counter()
    lake.feed()
    fed = time.perf_counter() - start
    fill_lake(lake, made, EVENTS - THROUGH_THE_STORE)
    start = time.perf_counter()
    lake.compact(most_files=1)
    compacted = time.perf_counter() - start
    size = lake.status().bytes / EVENTS
    erased = seconds_to_erase(lake)
    asked = {name: min(seconds_to_ask(lake, name) for _ in range(3)) for name in ("rfm", "cohorts")}
    return {
        "fed from the store, events a second": THROUGH_THE_STORE / fed,
        "compacted, events a second": EVENTS / compacted,
        f"MB a million, compacted (bar {MOST_MEGABYTES_A_MILLION:.0f})": size,
        f"erase one subject, seconds, median (bar {MOST_SECONDS_TO_ERASE})": median(erased),
        "erase one subject, seconds, slowest": max(erased),
        f"RFM of everybody, seconds (bar {MOST_SECONDS_OF_RFM:.0f})": asked["rfm"],
        "cohorts of everybody, seconds": asked["cohorts"],
    }


if __name__ == "__main__":
    main()
