"""
What a store adds to the gate: a million subjects on the disk, most of them not in memory.

`python -m benchmarks.standings` prints the figures and writes `benchmarks/results/standings.json`.
The policy is the pack's.  Nine subjects in ten have said something; one in two hundred is a minor.
Beside a figure stands the least that SQLite and the disk take for it, or its processor time,
which says more where others use the machine too.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.report import median, percentile, print_table, timed, write_result
from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.policy_files import load_policy
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.histories import microseconds
from tactful.gate import Door, Permit, Visit
from tactful.terms import Policy, Statement, StatementKind, SubjectId

SUBJECTS = 1_000_000
ASKED = 100_000
STATEMENTS = 2_000
RUMOURS = 50
NOW = datetime.now(UTC)
PURPOSE = "individual_personalization"
ACTIVITY = "recommend-individual"
KINDS = ("grant", "grant", "deny", "withdraw")
REGIONS = ("DE", "US-CA", "CA", "IN", None)
CHILD = date(2015, 6, 1)

RETAKE_BAR_SECONDS = 25.0
COLD_LOOKUP_BAR_MICROSECONDS = 60.0
MEMORY_BAR_MILLISECONDS = 5.0
STORE_BAR_MILLISECONDS = 1_000.0
STATEMENT_BAR_MILLISECONDS = 20.0
RUMOUR_BAR_MILLISECONDS = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the store is, and what it runs under."""

    folder: Path
    policy: Policy

    def open(self, *, policy_hash: str = "running") -> SqliteStore:
        """Open it."""
        key = KeyFile(self.folder.parent / "master.key")
        return open_store(
            self.folder,
            self.policy,
            key,
            clock=lambda: datetime.now(UTC),
            policy_hash=policy_hash,
        )

    def door(self, store: SqliteStore) -> Door:
        """Return a door onto *store*."""
        return Door(self.policy, standings=store.standings, uses=store.uses)


def main() -> None:
    """Take the figures, print them and write them down."""
    with tempfile.TemporaryDirectory() as made:
        create_key_file(Path(made) / "master.key")
        place = Place(folder=Path(made) / "data", policy=load_policy(None))
        place.folder.mkdir()
        figures = measure(place)
    print_table("standings", figures)
    print(f"  written to {write_result('standings', figures)}")


def measure(place: Place) -> dict[str, object]:
    """Fill the store, and take every figure."""
    place.open(policy_hash="old").close()
    chance = random.Random(7)
    fill(place.folder / FILE, chance)
    begun, used = time.perf_counter(), time.process_time()
    store = place.open()
    figures: dict[str, object] = {
        "subjects": SUBJECTS,
        "opening under another policy, s": time.perf_counter() - begun,
        "opening, of the processor's, s": time.process_time() - used,
        "opening bar, s": RETAKE_BAR_SECONDS,
    }
    try:
        figures |= look_up(place, store, chance)
        figures |= audience(place, store)
        figures |= statements(place, store, chance)
        figures |= rumours(place, store)
    finally:
        store.close()
    return figures


def fill(path: Path, chance: random.Random) -> None:
    """Put the subjects and what they said into the tables, past the ports."""
    db = connect(path)
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO subjects (id, created_at, region, born) VALUES (?, 0, ?, ?)",
        (
            (subject, chance.choice(REGIONS), CHILD.toordinal() if subject % 200 == 0 else None)
            for subject in range(1, SUBJECTS + 1)
        ),
    )
    db.executemany(
        "INSERT INTO statements"
        " (subject, purpose, kind, at, notice, notice_hash, regime, locale, source, ui, record)"
        " VALUES (?, ?, ?, ?, 'privacy@1', ?, 'EU-GDPR', 'en', 'http', 'banner 1', ?)",
        said(chance),
    )
    db.execute("COMMIT")
    db.close()


def said(chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Yield a statement of each of nine subjects in ten, at any moment of the last 500 days."""
    now = microseconds(NOW)
    for subject in range(1, SUBJECTS + 1):
        if subject % 10:
            at = now - chance.randrange(500 * 86_400_000_000)
            record = f"{chance.getrandbits(128):032x}"
            yield subject, PURPOSE, chance.choice(KINDS), at, "f" * 64, record


def look_up(place: Place, store: SqliteStore, chance: random.Random) -> dict[str, object]:
    """Ask about subjects of whom half are in memory, and read the bare rows as well."""
    door, now = place.door(store), datetime.now(UTC)
    drawn = chance.sample(range(1, SUBJECTS + 1), ASKED)
    warm = set(drawn[: ASKED // 2])
    for subject in warm:
        store.standings.digest(SubjectId(subject))
    chance.shuffle(drawn)
    taken = [ask(door, SubjectId(subject), now) for subject in drawn]
    cold = [t for t, subject in zip(taken, drawn, strict=True) if subject not in warm]
    hot = [t for t, subject in zip(taken, drawn, strict=True) if subject in warm]
    bare = bare_rows(place.folder / FILE, chance)
    return {
        "look-up, half cold, p50 µs": median(taken),
        "look-up, half cold, p99 µs": percentile(taken, 0.99),
        "look-up of the hot, p50 µs": median(hot),
        "look-up of the cold, p50 µs": median(cold),
        "look-up of the cold, bar µs": COLD_LOOKUP_BAR_MICROSECONDS,
        "bare row by key, p50 µs": median(bare),
        "cold look-up / bare row": median(cold) / median(bare),
    }


def ask(door: Door, subject: SubjectId, at: datetime) -> float:
    """Return how long one question took, in microseconds."""
    visit = Visit(subject=subject, region="DE")
    begun = time.perf_counter_ns()
    door.ask(ACTIVITY, visit, at)
    return (time.perf_counter_ns() - begun) / 1000


def bare_rows(path: Path, chance: random.Random) -> list[float]:
    """Return how long it takes to read one row of the same table, in microseconds."""
    db = connect(path)
    blocks = db.execute("SELECT max(block) FROM digests").fetchone()[0]
    taken = []
    for _ in range(ASKED // 10):
        block = chance.randrange(blocks)
        begun = time.perf_counter_ns()
        db.execute("SELECT facts FROM digests WHERE block = ?", (block,)).fetchone()
        taken.append((time.perf_counter_ns() - begun) / 1000)
    db.close()
    return taken


def audience(place: Place, store: SqliteStore) -> dict[str, object]:
    """Ask for everybody: from the disk, in a store just opened, and then from memory."""
    fresh = [from_the_disk(place) for _ in range(5)]
    door = place.door(store)
    permit = everybody(door)
    held = timed(lambda: everybody(door), times=100)
    return {
        "audience of": SUBJECTS,
        "permitted": len(permit.audience.members),
        "audience from the store, p50 ms": median([taken for taken, _ in fresh]) * 1000,
        "audience from the store, of the processor's, ms": median([cpu for _, cpu in fresh]) * 1000,
        "audience from the store, bar ms": STORE_BAR_MILLISECONDS,
        "audience from memory, p50 ms": median(held) * 1000,
        "audience from memory, bar ms": MEMORY_BAR_MILLISECONDS,
    }


def from_the_disk(place: Place) -> tuple[float, float]:
    """Return how long the first such question takes in a store just opened, and on a processor."""
    with place.open() as store:
        door, used = place.door(store), time.process_time()
        taken = timed(lambda: everybody(door), times=1)[0]
        return taken, time.process_time() - used


def everybody(door: Door) -> Permit:
    """Return the permit for all that the activity may touch."""
    permit = door.ask_audience(ACTIVITY, datetime.now(UTC))
    assert isinstance(permit, Permit)
    return permit


def statements(place: Place, store: SqliteStore, chance: random.Random) -> dict[str, object]:
    """Let subjects change their minds, and ask about each of them at once afterwards."""
    door, taken, unseen = place.door(store), [], 0
    for kind in chance.choices((StatementKind.GRANT, StatementKind.OBJECT), k=STATEMENTS):
        subject = SubjectId(chance.randrange(1, SUBJECTS, 2))
        begun = time.perf_counter()
        say(door, store, subject, kind)
        taken.append(1000 * (time.perf_counter() - begun))
        answer = door.ask(ACTIVITY, Visit(subject=subject, region="DE"), datetime.now(UTC))
        unseen += kind is StatementKind.OBJECT and isinstance(answer, Permit)
    bare = bare_commits(place.folder.parent / "bare.db")
    return {
        "statement durable, p50 ms": median(taken),
        "statement durable, p99 ms": percentile(taken, 0.99),
        "statement durable, p99 bar ms": STATEMENT_BAR_MILLISECONDS,
        "bare commit, p50 ms": median(bare),
        "bare commit, p99 ms": percentile(bare, 0.99),
        "statements that the next question did not see": unseen,
    }


def say(door: Door, store: SqliteStore, subject: SubjectId, kind: StatementKind) -> None:
    """Record one statement; it is durable on return."""
    at = datetime.now(UTC)
    permit = door.ask("record-statement", Visit(subject=subject), at)
    assert isinstance(permit, Permit)
    said = Statement(
        purpose=PURPOSE, kind=kind, at=at, notice="privacy@1", regime="EU-GDPR", locale="en"
    )
    store.statements.append(permit, [said])


def bare_commits(path: Path) -> list[float]:
    """Return how long the disk takes to make one small row durable, in milliseconds."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE t (a)")
    taken = timed(lambda: db.execute("INSERT INTO t VALUES (1)"), times=STATEMENTS // 4)
    db.close()
    return [1000 * seconds for seconds in taken]


def rumours(place: Place, store: SqliteStore) -> dict[str, object]:
    """Return how long another process goes on permitting what was objected to here."""
    door, context = place.door(store), multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_listen, args=(place, theirs), daemon=True)
    process.start()
    try:
        taken = [_rumour(door, store, mine, SubjectId(number)) for number in _agreeing(RUMOURS)]
        mine.send(None)
        process.join(10)
    finally:
        process.kill()
        process.join()
    return {
        "seen by another process after, p50 ms": median(taken),
        "seen by another process after, worst ms": max(taken),
        "seen by another process after, bar ms": RUMOUR_BAR_MILLISECONDS,
    }


def _agreeing(count: int) -> Sequence[int]:
    """Return subjects that nothing else here was told of: even, of age, and not silent."""
    return [number for number in range(2, 20 * count, 2) if number % 10][:count]


def _rumour(door: Door, store: SqliteStore, line: Connection, subject: SubjectId) -> float:
    """Grant, wait until the other knows, object, and return how long until it knows that too."""
    say(door, store, subject, StatementKind.GRANT)
    line.send((subject, True))
    line.recv()
    say(door, store, subject, StatementKind.OBJECT)
    said = time.monotonic()
    line.send((subject, False))
    seen: float = line.recv()
    return max(0.0, 1000 * (seen - said))


def _listen(place: Place, line: Connection) -> None:
    """Tell, for each (subject, open) that comes in, when the door was first seen that way."""
    with place.open() as store:
        door = place.door(store)
        while (awaited := line.recv()) is not None:
            subject, opened = awaited
            visit = Visit(subject=subject, region="DE")
            while isinstance(door.ask(ACTIVITY, visit, datetime.now(UTC)), Permit) is not opened:
                time.sleep(0.001)
            line.send(time.monotonic())


if __name__ == "__main__":
    main()
