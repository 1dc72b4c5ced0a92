"""
Ask a server on this machine the same questions over and over, and say how long it took.

HTTP/1.1 over kept-alive connections, from a process of its own.  *Closed loop*: every connection
asks again as soon as it is answered; gives the rate.  *Open loop*: questions are due at fixed
times, whatever the server does; latency counts from the moment a question was due, so that a
server that stalls cannot hide it.  An answer that is not 2xx ends the measurement: errors are fast.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import selectors
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 20.0
"""How long after its planned end a measurement may take before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """
    What to send: whole requests, taken in turn, over `connections` to `port` on loopback.

    `rate` per second makes it an open loop.  Ends after `seconds` or `most` answers.  What is
    answered in the first `warm_seconds` is not counted.  Where `stamp` stands in a request, its
    number is put, as wide: so no two requests are alike.
    """

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    rate: float | None = None
    most: int = 5_000_000
    warm_seconds: float = 1.0
    stamp: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came back: answers counted, over how long, and each one's latency, sorted."""

    answers: int
    seconds: float
    latencies_ms: Sequence[float] = field(repr=False)

    @property
    def rate(self) -> float:
        """Return answers per second."""
        return self.answers / self.seconds

    def latency_ms(self, share: float) -> float:
        """Return the latency that *share* of the answers did not exceed."""
        place = min(len(self.latencies_ms) - 1, int(share * len(self.latencies_ms)))
        return self.latencies_ms[place]


class NotAnswered(Exception):
    """The server answered something else than 2xx, too late, or not at all."""


def post(path: str, body: bytes, *, write_key: str) -> bytes:
    """Return a whole request that posts *body* to *path*."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nX-Write-Key: {write_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(load: Load) -> Outcome:
    """
    Carry out *load* in another process and return what came back.

    Raises:
        NotAnswered: the server gave an error, or went away.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_in_process, args=(load, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not mine.poll(load.seconds + load.warm_seconds + GRACE_SECONDS):
            raise NotAnswered("no result in time")
        result = mine.recv()
    except EOFError:
        raise NotAnswered("the load process died") from None
    finally:
        process.kill()
        process.join()
    if isinstance(result, Outcome):
        return result
    raise NotAnswered(result)


def _in_process(load: Load, results: multiprocessing.connection.Connection) -> None:
    # select() takes microseconds where epoll rounds to milliseconds: an open loop needs them.
    with asyncio.Runner(loop_factory=_precise_loop if load.rate else uvloop.new_event_loop) as it:
        try:
            results.send(it.run(_Generator(load).carry_out()))
        except (NotAnswered, OSError, TimeoutError) as wrong:
            results.send(f"{type(wrong).__name__}: {wrong}")


def _precise_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


class _Generator:
    """Keeps the connections busy, and notes when each answer came."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._sent = 0
        self._idle: deque[_Connection] = deque()
        self._due: deque[float] = deque()
        self._counted_from = 0.0
        self._latencies: list[float] = []
        self._last = 0.0

    async def carry_out(self) -> Outcome:
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = loop.create_future()
        connections = [
            (await loop.create_connection(lambda: _Connection(self), LOOPBACK, self._load.port))[1]
            for _ in range(self._load.connections)
        ]
        begun = time.perf_counter()
        self._counted_from = begun + self._load.warm_seconds
        self._ends = self._counted_from + self._load.seconds
        if self._load.rate:
            self._idle.extend(connections)
            pacing = loop.create_task(self._pace(begun, self._load.rate))
        else:
            for connection in connections:
                connection.ask(self._next(), time.perf_counter())
        await asyncio.wait_for(self._over, self._load.seconds + GRACE_SECONDS)
        if self._load.rate:
            pacing.cancel()
        return self._outcome()

    def answered(self, connection: _Connection, due: float) -> None:
        """Note an answer to what was due at *due*, and ask the next."""
        now = time.perf_counter()
        if now >= self._counted_from and not self._over.done():
            self._latencies.append(now - due)
            self._last = now
        if now >= self._ends or len(self._latencies) >= self._load.most:
            self._finish()
        elif not self._load.rate:
            connection.ask(self._next(), now)
        elif self._due:
            connection.ask(self._next(), self._due.popleft())
        else:
            self._idle.append(connection)

    def failed(self, why: str) -> None:
        """End the measurement: it would measure something else."""
        if not self._over.done():
            self._over.set_exception(NotAnswered(why))

    async def _pace(self, begun: float, rate: float) -> None:
        number = 0
        while not self._over.done():
            due = begun + number / rate
            number += 1
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            if self._idle:
                self._idle.popleft().ask(self._next(), due)
            else:
                self._due.append(due)

    def _next(self) -> bytes:
        self._sent += 1
        request = self._load.requests[self._sent % len(self._load.requests)]
        stamp = self._load.stamp
        if not stamp:
            return request
        return request.replace(stamp, str(self._sent).rjust(len(stamp), "0").encode())

    def _finish(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _outcome(self) -> Outcome:
        if not self._latencies:
            raise NotAnswered("nothing was answered")
        return Outcome(
            answers=len(self._latencies),
            seconds=self._last - self._counted_from,
            latencies_ms=sorted(1000 * latency for latency in self._latencies),
        )


class _Connection(asyncio.Protocol):
    """One kept-alive connection with at most one question on its way."""

    def __init__(self, generator: _Generator) -> None:
        self._generator = generator
        self._came = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop derives from nothing

    def ask(self, request: bytes, due: float) -> None:
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if not found:
            return
        if head[9:10] != b"2":
            self._generator.failed(self._came[:300].decode("latin-1"))
        elif len(body) >= _length(head):
            self._came = b""
            self._generator.answered(self, self._due)

    def connection_lost(self, _: Exception | None) -> None:
        self._generator.failed("the server closed the connection")


def _length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 : head.find(b"\r\n", at + 17) % (len(head) + 1)]) if at >= 0 else 0
