"""Chores are done when they are due, by one of several processes, and again when they fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from shop_worlds import Clock

from tactful.assembly import Opened, open_shop
from tactful.shop.background import LEASE, Background, Chore
from tactful.terms import Trouble

HOUR = timedelta(hours=1)


class Diary:
    """A chore that notes that it was done, or fails as long as it is told to."""

    def __init__(self) -> None:
        self.done = 0
        self.fails: Exception | None = None

    def __call__(self, _stopping: Callable[[], bool]) -> None:
        """Do the chore."""
        if self.fails:
            raise self.fails
        self.done += 1


class Told:
    """What was reported."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def __call__(self, chore: str, error: Exception | None) -> None:
        """Note a report."""
        self.heard.append((chore, type(error).__name__))


@pytest.fixture
def told() -> Told:
    """Return where reports go."""
    return Told()


@pytest.fixture
def diary() -> Diary:
    """Return a chore."""
    return Diary()


@pytest.fixture
def beside(opened: Opened, clock: Clock) -> Iterator[Opened]:
    """Open the same shop a second time, as another process would."""
    beside = open_shop(opened.folder, clock=clock)
    yield beside
    beside.close()


def background(opened: Opened, diary: Diary, told: Told) -> Background:
    """Return what does *diary* every hour."""
    chore = Chore(name="diary", every=HOUR, do=diary)
    return Background(
        opened.work, [chore], clock=opened.shop.now, tallies=opened.tallies, report=told
    )


def test_when_it_is_due(opened: Opened, clock: Clock, diary: Diary, told: Told) -> None:
    """A chore is done at once, and again once its time has passed."""
    doing = background(opened, diary, told)
    assert [doing.do_due(), doing.do_due()] == [1, 0]
    clock.go(minutes=59)
    assert doing.do_due() == 0
    clock.go(minutes=1)
    assert doing.do_due() == 1
    assert opened.work.last_done() == {"diary": clock.now}
    assert opened.shop.totals()["work", "diary done"] == diary.done == 2


def test_one_of_two(opened: Opened, beside: Opened, clock: Clock, diary: Diary) -> None:
    """Of two processes, one does the chore; when it is due again, either may."""
    told = Told()
    both = [background(opened, diary, told), background(beside, diary, told)]
    assert sum(one.do_due() for one in both) == 1
    clock.go(hours=1)
    assert sum(one.do_due() for one in reversed(both)) == 1


def test_at_the_same_moment(opened: Opened, beside: Opened, clock: Clock) -> None:
    """However many ask at once, one gets it."""
    got: list[bool] = []
    start = threading.Barrier(8)

    def ask(one: Opened) -> None:
        start.wait()
        got.append(one.work.claim("diary", clock(), lease=LEASE))

    threads = [threading.Thread(target=ask, args=(one,)) for one in [opened, beside] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_process_that_died(opened: Opened, beside: Opened, clock: Clock) -> None:
    """Who dies with a claim keeps it for the lease, and then another may."""
    assert opened.work.claim("diary", clock(), lease=LEASE)
    clock.now += LEASE - timedelta(seconds=1)
    assert not beside.work.claim("diary", clock(), lease=LEASE)
    clock.go(seconds=1)
    assert beside.work.claim("diary", clock(), lease=LEASE)
    opened.work.done("diary", clock(), next_due=clock.now + HOUR)
    assert opened.work.last_done() == {}


def test_what_fails_is_tried_again(opened: Opened, clock: Clock, diary: Diary, told: Told) -> None:
    """A failure is reported once, tried again later and later, and its end is reported too."""
    doing = background(opened, diary, told)
    diary.fails = Trouble("the lake is gone")
    waits = []
    for _ in range(12):
        assert doing.do_due() == 0
        start = clock.now
        while not opened.work.claim("diary", clock(), lease=LEASE):
            clock.go(seconds=15)
        opened.work.put_off("diary", next_due=clock.now)
        waits.append((clock.now - start).total_seconds())
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    diary.fails = None
    assert doing.do_due() == 1
    assert told.heard == [("diary", "Trouble"), ("diary", "NoneType")]
    assert opened.shop.totals()["work", "diary failed"] == 12


def test_the_thread(opened: Opened, diary: Diary, told: Told) -> None:
    """The thread does what is due, and stops when it is told to; stopping twice is no error."""
    did = threading.Event()
    chore = Chore(name="diary", every=HOUR, do=lambda _: did.set())
    doing = Background(
        opened.work, [chore], clock=opened.shop.now, tallies=opened.tallies, report=told
    )
    doing.start()
    assert did.wait(20)
    doing.stop()
    doing.stop()
    assert not [t for t in threading.enumerate() if t.name == "tactful-background"]


def test_stopping_without_a_start(opened: Opened, diary: Diary, told: Told) -> None:
    """What never began can be stopped, and does nothing then."""
    doing = background(opened, diary, told)
    doing.stop()
    assert doing.do_due() == 0
