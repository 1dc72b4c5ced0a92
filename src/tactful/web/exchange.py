"""
What a route sees of HTTP: a request it can read, a reply it gives.

Every route is one function from `Asked` to `Reply`.  The framework and the front for the busiest
routes call the same function, so that there is one definition of what a route does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl

import msgspec

from tactful.assembly import Opened, Pace
from tactful.terms import TactfulError
from tactful.web.backlog import BYTES_A_MEGABYTE, Backlog, Room
from tactful.web.lake_figures import LakeFigures
from tactful.web.metrics import Metrics
from tactful.web.places import Origin, Places
from tactful.web.pressure import Pressure
from tactful.web.request_figures import RequestFigures
from tactful.web.taking import Taking

T = TypeVar("T")

Scope: TypeAlias = Any
Message: TypeAlias = Any
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
"""ASGI's own; every library spells them a little differently."""

Header: TypeAlias = tuple[bytes, bytes]
JSON: Final = b"application/json"

ASKING_THREADS: Final = 8
TAKING_THREADS: Final = 2
"""Taking calls in has threads of its own, so that a flood of events holds nobody's answer up."""

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, kw_only=True, repr=False)
class Asked:
    """One request: header names in lower case, the body as it came."""

    origin: Origin
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    query_string: bytes = b""
    path: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "http"
    room: Room | None = None

    @cached_property
    def query(self) -> Mapping[str, str]:
        """Return the query's fields; of a repeated one, the last."""
        return dict(parse_qsl(self.query_string.decode("latin-1"), keep_blank_values=True))

    @property
    def gpc(self) -> bool:
        """Return whether the browser sends Global Privacy Control."""
        return self.headers.get(b"sec-gpc", b"").strip() == b"1"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reply:
    """What goes back."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    media_type: bytes = JSON


@dataclass(kw_only=True)
class Serving:
    """A shop that is being served: what routes share, and how much is waiting for the disk."""

    opened: Opened
    metrics: Metrics
    places: Places
    backlog: Backlog
    asking: Executor = field(default_factory=lambda: ThreadPoolExecutor(ASKING_THREADS))
    taking_threads: Executor = field(default_factory=lambda: ThreadPoolExecutor(TAKING_THREADS))
    waiting_calls: int = 0
    stopping: bool = False

    @classmethod
    def of(cls, opened: Opened) -> Serving:
        """Return what serves *opened*."""
        room = opened.settings.server.queue_megabytes * BYTES_A_MEGABYTE
        serving = cls(
            opened=opened,
            metrics=Metrics(opened.shop),
            places=Places.of(opened),
            backlog=Backlog(most_bytes=room),
        )
        pressure = Pressure(backlog=serving.backlog, pace=opened.pace or Pace())
        serving.metrics.watch(pressure)
        serving.metrics.watch(LakeFigures(opened))
        serving.metrics.watch(RequestFigures(opened))
        serving.metrics.waiting.set_function(lambda: serving.waiting_calls)
        return serving

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run *work*, which may wait for the disk, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.asking, work)

    @cached_property
    def taking(self) -> Taking:
        """Return what takes calls in, beside the event loop."""
        return Taking(self.taking_threads, threads=TAKING_THREADS)

    def close(self) -> None:
        """Let what is under way finish."""
        self.asking.shutdown()
        self.taking_threads.shutdown()
        self.metrics.close()


Endpoint: TypeAlias = Callable[[Serving, Asked], Awaitable[Reply]]


class Declined(TactfulError):
    """A request that HTTP has a status of its own for; the message says what to do."""

    def __init__(self, status: HTTPStatus, detail: str, *headers: Header) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers


def answer(value: object, *, status: int = HTTPStatus.OK) -> Reply:
    """Return *value* as a JSON reply."""
    return Reply(status=status, body=_encoder.encode(value))
