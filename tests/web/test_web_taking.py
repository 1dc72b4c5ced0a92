"""Requests are taken in together, and each is told what became of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from tactful.terms import Busy, Trouble
from tactful.web.taking import CALLS_TOGETHER, Taking


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    """Yield threads that end with the test."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


def stored() -> Future[None]:
    """Return what resolves once calls are durable: now."""
    done: Future[None] = Future()
    done.set_result(None)
    return done


def fails(error: Exception) -> Future[None]:
    """Return what says that calls could not be stored."""
    done: Future[None] = Future()
    done.set_exception(error)
    return done


def test_each_is_told_of_its_own(executor: ThreadPoolExecutor) -> None:
    """One that cannot be taken, or not be stored, takes none of the others with it."""
    taking = Taking(executor, threads=1)

    def full() -> Future[None]:
        raise Busy("too much waits")

    async def ask() -> list[Any]:
        """Ask for all four at once."""
        works = [stored, full, lambda: fails(Trouble("no disk")), stored]
        asked = [taking.take(work, calls=1) for work in works]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second, third, fourth = asyncio.run(ask())
    assert (first, fourth) == (None, None)
    assert isinstance(second, Busy)
    assert isinstance(third, Trouble)


def test_what_waits_is_taken_by_one_thread(executor: ThreadPoolExecutor) -> None:
    """While one request holds the only thread, those that come are gathered, up to a bound."""
    taking = Taking(executor, threads=1)
    holding, begun, order = Event(), Event(), []

    def hold() -> Future[None]:
        begun.set()
        holding.wait(10)
        return stored()

    def note(number: int) -> Future[None]:
        order.append(number)
        return stored()

    async def ask() -> None:
        """Let one hold the thread, and the others come meanwhile."""
        first = asyncio.ensure_future(taking.take(hold, calls=1))
        await asyncio.to_thread(begun.wait, 10)
        rest = [
            asyncio.ensure_future(taking.take(lambda n=n: note(n), calls=CALLS_TOGETHER))  # type: ignore[misc]
            for n in range(5)
        ]
        await asyncio.sleep(0)
        holding.set()
        await asyncio.gather(first, *rest)

    asyncio.run(ask())
    assert order == [0, 1, 2, 3, 4]


def test_a_loop_that_closed_holds_nobody_up(executor: ThreadPoolExecutor) -> None:
    """Who gave up waiting is told nothing; who asks next, on another loop, is taken as ever."""
    taking = Taking(executor, threads=1)
    holding = Event()

    def hold() -> Future[None]:
        holding.wait(10)
        return stored()

    async def give_up() -> None:
        """Wait for a moment only."""
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await taking.take(hold, calls=1)

    async def ask() -> None:
        """Ask, and wait."""
        asked = asyncio.ensure_future(taking.take(stored, calls=1))
        await asyncio.sleep(0)
        holding.set()
        async with asyncio.timeout(10):
            await asked

    asyncio.run(give_up())
    asyncio.run(ask())
    asyncio.run(ask())
