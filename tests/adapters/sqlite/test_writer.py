"""One thread writes for all: nobody's failure is another's, and nobody waits for nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from tactful.adapters.sqlite import writer as writing
from tactful.adapters.sqlite.connections import connect
from tactful.adapters.sqlite.writer import Job, Writer
from tactful.terms import Busy, Trouble


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database with one table."""
    path = tmp_path / "some.db"
    path.touch()
    db = connect(path)
    db.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
    db.close()
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    """Yield a writer that is not started yet."""
    db = connect(path)
    writer = Writer(db, watch=lambda _: None)
    yield writer
    writer.close()
    db.close()


def insert(n: int) -> Job[int]:
    """Return a job that inserts *n*."""

    def work(db: sqlite3.Connection) -> int:
        db.execute("INSERT INTO numbers VALUES (?)", (n,))
        return n

    return Job(work=work)


def numbers(path: Path) -> list[int]:
    """Return what another connection sees."""
    db = connect(path)
    found = [n for (n,) in db.execute("SELECT n FROM numbers ORDER BY n")]
    db.close()
    return found


def test_resolves_when_others_can_see_it(writer: Writer, path: Path) -> None:
    """A future resolves to the result, after the commit."""
    writer.start()
    assert writer.submit(insert(1)).result() == 1
    assert numbers(path) == [1]


def test_one_failure_is_nobody_elses(writer: Writer, path: Path) -> None:
    """Of a group, the job that fails is undone and told; the others are kept."""
    futures = [writer.submit(insert(n)) for n in (1, 2, 2, 3)]
    writer.start()
    assert [futures[n].result() for n in (0, 1, 3)] == [1, 2, 3]
    with pytest.raises(sqlite3.IntegrityError):
        futures[2].result()
    assert numbers(path) == [1, 2, 3]


def test_a_job_is_undone_whole(writer: Writer, path: Path) -> None:
    """A job that fails halfway leaves nothing of its first half, and hears that it is lost."""
    lost = threading.Event()

    def work(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO numbers VALUES (1)")
        raise ValueError("halfway")

    future = writer.submit(Job(work=work, lost=lost.set))
    writer.start()
    with pytest.raises(ValueError, match="halfway"):
        future.result()
    assert lost.is_set()
    assert numbers(path) == []


def test_kept_comes_before_the_answer(writer: Writer, path: Path) -> None:
    """What follows the commit has happened when the future resolves, and may fail."""
    seen: list[int] = []
    writer.start()
    writer.submit(Job(work=insert(1).work, kept=lambda: seen.extend(numbers(path)))).result()
    assert seen == [1]

    def fail() -> None:
        raise ValueError("afterwards")

    with pytest.raises(ValueError, match="afterwards"):
        writer.submit(Job(work=insert(2).work, kept=fail)).result()
    assert writer.submit(insert(3)).result() == 3


def test_too_much_is_refused(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too much waits, more is refused at once; what waits is done."""
    monkeypatch.setattr(writing, "CAPACITY", 3)
    futures = [writer.submit(insert(n)) for n in range(3)]
    with pytest.raises(Busy, match="send again"):
        writer.submit(insert(3))
    writer.start()
    assert [future.result() for future in futures] == [0, 1, 2]


def test_who_gave_up_is_left_out(writer: Writer, path: Path) -> None:
    """A job that was cancelled before its turn is not run, and harms nobody."""
    futures: list[Future[int]] = [writer.submit(insert(n)) for n in range(3)]
    assert futures[1].cancel()
    writer.start()
    assert futures[2].result() == 2
    assert numbers(path) == [0, 2]


def test_closing_finishes_what_waits(writer: Writer, path: Path) -> None:
    """What was taken is done before the end; nothing more is taken."""
    futures = [writer.submit(insert(n)) for n in range(1000)]
    writer.start()
    writer.close()
    assert all(future.done() for future in futures)
    assert len(numbers(path)) == 1000
    with pytest.raises(Trouble, match="closed"):
        writer.submit(insert(1000))


def test_bare_work_is_in_no_transaction(writer: Writer) -> None:
    """Bare work runs outside any transaction, and its failure is told."""
    writer.start()
    assert writer.run_bare(lambda db: db.in_transaction) is False
    with pytest.raises(sqlite3.OperationalError):
        writer.run_bare(lambda db: db.execute("NONSENSE"))


def test_chores_are_done_without_being_asked(writer: Writer, path: Path) -> None:
    """What is to be done now and then is done while nothing else is."""
    todo = [insert(1), insert(2)]
    writer.chore(lambda: todo.pop() if todo else None)
    writer.start()
    done = threading.Event()
    for _ in range(100):
        if numbers(path) == [1, 2]:
            break
        done.wait(0.05)
    assert numbers(path) == [1, 2]


def test_flushing_does_all_chores(writer: Writer, path: Path) -> None:
    """After a flush nothing is left to do."""
    todo = [insert(n) for n in range(5)]
    writer.chore(lambda: todo.pop() if todo else None)
    writer.start()
    writer.flush()
    assert numbers(path) == [0, 1, 2, 3, 4]


def insert_together(db: sqlite3.Connection, about: Sequence[int]) -> Sequence[int]:
    """Insert all of *about* at once."""
    db.executemany("INSERT INTO numbers VALUES (?)", [(n,) for n in about])
    return about


def test_one_that_fails_among_those_done_together_fails_alone(writer: Writer, path: Path) -> None:
    """Jobs of a kind are done at once; where that fails, each is done on its own."""
    jobs = [insert(n) for n in (1, 2, 2, 3)]
    for job, n in zip(jobs, (1, 2, 2, 3), strict=True):
        job.about, job.together = n, insert_together
    waiting = [writer.submit(job) for job in jobs]
    writer.start()
    assert [waiting[0].result(10), waiting[1].result(10), waiting[3].result(10)] == [1, 2, 3]
    assert isinstance(waiting[2].exception(10), sqlite3.IntegrityError)
    assert numbers(path) == [1, 2, 3]
