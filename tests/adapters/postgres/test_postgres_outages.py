"""A database that goes away, in the middle of things: refusals meanwhile, and nothing is lost."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres_shelf import PostgresShelf
from psycopg import errors

from postgres_worlds import Server
from tactful.adapters.postgres import writer
from tactful.adapters.postgres.connections import Connection
from tactful.adapters.postgres.troubles import trouble_of
from tactful.adapters.sqlite import ChangeKind
from tactful.adapters.sqlite.rows import to_row
from tactful.adapters.sqlite.writer import TICK_SECONDS, Job
from tactful.terms import Busy, Mistake, StatementKind, StoreAway, StoreFull, Trouble
from tactful.testing.conformance.durability import DurabilitySuite
from tactful.testing.conformance.shelf import user


class TestPostgresDurability(DurabilitySuite):
    """Killed while it writes."""

    @pytest.fixture
    def appender(self, url: str, key: Path) -> Sequence[str]:
        """Return the command."""
        here = Path(__file__).parent
        return [sys.executable, str(here / "postgres_appender.py"), url, str(key)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_the_database_goes_and_comes_back(
    shelf: PostgresShelf, postgres: Server, how: signal.Signals
) -> None:
    """While it is away all work is refused as busy; then all goes on, with all that was there."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot")
    postgres.stop(how)
    try:
        for _ in range(2):
            with pytest.raises(StoreAway, match="send again"):
                shelf.see(ann, "cup")
            with pytest.raises(StoreAway, match="send again"):
                shelf.subject("bob")
            with pytest.raises(StoreAway, match="send again"):
                shelf.store.profiles.residence(shelf.permit(ann))
    finally:
        postgres.start()
    assert shelf.see(ann, "teapot", "cup") == 1
    assert shelf.items(ann) == ["teapot", "cup"]
    assert shelf.subject("bob") != ann
    assert shelf.store.statements.standing(shelf.permit(ann)).statements


def test_nothing_remembered_is_believed_meanwhile(shelf: PostgresShelf, postgres: Server) -> None:
    """Where the others' withdrawals cannot be heard, no standing is answered from memory."""
    ann = shelf.subject()
    shelf.say(ann)
    assert shelf.store.standings.digest(ann)
    assert shelf.store.identities.find(user("ann")) == ann
    postgres.stop()
    try:
        time.sleep(3 * TICK_SECONDS)
        with pytest.raises(StoreAway):
            shelf.store.standings.digest(ann)
        with pytest.raises(StoreAway):
            shelf.store.identities.find(user("ann"))
    finally:
        postgres.start()
    assert shelf.store.standings.digest(ann)


def test_connections_cut_again_and_again(shelf: PostgresShelf, postgres: Server) -> None:
    """Whoever sends again what was refused has each event stored once, whenever it was cut."""
    ann = shelf.subject()
    done = threading.Event()

    def cut() -> None:
        with psycopg.connect(postgres.address("postgres"), autocommit=True) as db:
            while not done.wait(0.03):
                db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'tactful'"
                )

    cutting = threading.Thread(target=cut)
    cutting.start()
    refused = sent = 0
    try:
        # A quick machine slips between two cuts: it goes on until one has hit.
        while sent < 300 or (not refused and sent < 10_000):
            n, sent = sent, sent + 1
            events = [shelf.event(ann, f"{n} {each}") for each in range(3)]
            while True:
                try:
                    shelf.store.events.append(events).result()
                except StoreAway:
                    refused += 1
                else:
                    break
    finally:
        done.set()
        cutting.join()
    assert refused
    assert shelf.items(ann) == [f"{n} {each}" for n in range(sent) for each in range(3)]


def test_an_answer_that_was_lost(shelf: PostgresShelf) -> None:
    """Where the commit's answer was lost, what was committed is found out, and not stored again."""
    ann = shelf.subject()
    shelf.see(ann, "first")
    own = shelf.postgres._own
    told: list[ChangeKind] = []
    shelf.postgres._engine.changes.heed(lambda change: told.append(change.kind))

    def commit_and_lose() -> psycopg.Cursor[object]:
        del own.commit
        own.commit()
        own.beats -= 1
        own._inner.close()
        raise Busy("lost")

    own.commit = commit_and_lose  # type: ignore[method-assign]
    with pytest.raises(Busy, match="lost"):
        shelf.see(ann, "teapot")
    assert shelf.see(ann, "teapot") == 0
    assert shelf.items(ann) == ["first", "teapot"]
    assert told[:2] == [ChangeKind.MISSED, ChangeKind.ADMITTED]


def test_another_server_writes_for_long(
    shelf: PostgresShelf, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another keeps the turn, writing waits, is refused after a while, and then goes on."""
    monkeypatch.setattr(writer, "WAIT_SECONDS", 0.4)
    ann = shelf.subject()
    other = Connection(url)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="another server"):
        shelf.see(ann, "teapot")
    assert shelf.items(ann) == []
    other.execute("ROLLBACK")
    other.close()
    assert shelf.see(ann, "teapot") == 1


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (errors.DiskFull, StoreFull),
        (errors.ReadOnlySqlTransaction, StoreFull),
        (errors.LockNotAvailable, Busy),
        (errors.DeadlockDetected, Busy),
        (errors.AdminShutdown, StoreAway),
        (errors.TooManyConnections, StoreAway),
        (errors.InsufficientPrivilege, Trouble),
        (errors.UntranslatableCharacter, Mistake),
    ],
    ids=lambda kind: kind.__name__,
)
def test_what_errors_mean(error: type[psycopg.Error], meant: type[Exception]) -> None:
    """Each error of the database is one of ours, which the web knows how to answer."""
    assert type(trouble_of(error("secret words"))) is meant
    assert "secret words" not in str(trouble_of(error("secret words")))


def test_our_own_mistakes_stay_what_they_are() -> None:
    """An error that only a bug can cause is not dressed up as trouble."""
    error = errors.UndefinedColumn("x")
    assert trouble_of(error) is error


FULL = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON events_20260302 EXECUTE FUNCTION fail()
"""


def test_a_full_disk(shelf: PostgresShelf, url: str) -> None:
    """What could not be written is refused, not remembered as a duplicate, and taken later."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(FULL)
        for _ in range(2):
            with pytest.raises(StoreFull, match="free some space"):
                shelf.see(ann, "cup")
        assert shelf.subject("bob") != ann
        db.execute("DROP TRIGGER full_disk ON events_20260302")
    assert shelf.see(ann, "teapot", "cup") == 1
    assert shelf.items(ann) == ["teapot", "cup"]


def test_one_job_of_a_group_fails(shelf: PostgresShelf, url: str) -> None:
    """What one job could not do takes nothing of the others in its group with it."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "zeroth")
    append, intake = shelf.store.events.append, shelf.store.events._intake  # type: ignore[attr-defined]
    query = "INSERT INTO items (id, body) VALUES (?, ?)"

    def fail(db: Any) -> None:
        db.execute(query, ("half", b""))
        db.execute(query, ("half", b""))

    def fail_after_appending(db: Any) -> None:
        intake.insert(db, "events_20260302", [to_row(shelf.event(ann, "never"), bits)])
        raise ZeroDivisionError

    bits = shelf.postgres._engine.bits
    with grouped(shelf, url) as submit:
        jobs: list[Future[Any]] = [
            append([shelf.event(ann, "first")]),
            submit(Job(work=fail)),
            append([shelf.event(ann, "second"), shelf.event(ann, "first")]),
            submit(Job(work=fail_after_appending)),
            submit(Job(work=lambda db: db.execute(query, ("whole", b"")).rowcount)),
            append([shelf.event(ann, "third")]),
        ]
    assert [type(job.exception()) for job in jobs if job.exception()] == [
        errors.UniqueViolation,
        ZeroDivisionError,
    ]
    assert [len(jobs[n].result()) for n in (0, 2, 5)] == [1, 1, 1]
    assert shelf.items(ann) == ["zeroth", "first", "second", "third"]
    with psycopg.connect(url) as db:
        assert db.execute("SELECT id FROM items").fetchall() == [("whole",)]


def test_a_full_disk_in_the_middle_of_a_group(shelf: PostgresShelf, url: str) -> None:
    """Where rows of several cannot be sent, nothing of their group stays, and all are told."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot")
    query = "INSERT INTO items (id, body) VALUES ('x', ?)"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(FULL)
        with grouped(shelf, url) as submit:
            jobs: list[Future[Any]] = [
                shelf.store.events.append([shelf.event(ann, "cup")]),
                submit(Job(work=lambda db: db.execute(query, (b"",)).rowcount)),
                submit(Job(work=lambda _: None)),
            ]
        assert [type(job.exception()) for job in jobs] == [StoreFull] * 3
        assert db.execute("SELECT id FROM items").fetchall() == []
        db.execute("DROP TRIGGER full_disk ON events_20260302")
    assert shelf.see(ann, "cup") == 1


@contextmanager
def grouped(shelf: PostgresShelf, url: str) -> Iterator[Callable[[Job[Any]], Future[Any]]]:
    """Yield what submits a job; all that is submitted in the block is committed together."""
    other = Connection(url)
    other.execute("BEGIN IMMEDIATE")
    writer = shelf.postgres._engine.writer
    waiting = writer.submit(Job(work=lambda _: None))  # the writer waits for its turn with this
    while not waiting.running():
        time.sleep(0.01)
    try:
        yield writer.submit
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_connection_lost_in_the_middle_of_a_turn(
    shelf: PostgresShelf, url: str, key: Path
) -> None:
    """A server that then writes nothing still hears what others say."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.postgres.flush()
    own = shelf.postgres._own

    def lose(db: Any) -> None:
        own._inner.close()
        db.execute("SELECT 1")

    with pytest.raises(StoreAway):
        shelf.postgres._engine.writer.run(lose)
    before = shelf.store.standings.digest(ann)
    other = PostgresShelf(url, key)
    other.say(ann, StatementKind.OBJECT)
    other.store.close()
    time.sleep(3 * TICK_SECONDS)
    assert shelf.store.standings.digest(ann) != before


def test_a_connection_lost_in_the_middle_of_reading(shelf: PostgresShelf) -> None:
    """The next reading opens another one."""
    db: Any = shelf.postgres._engine.read()
    db.execute("BEGIN")
    db._inner.close()
    with pytest.raises(StoreAway):
        db.execute("COMMIT")
    assert db.execute("SELECT count(*) FROM subjects").fetchone() == (0,)
