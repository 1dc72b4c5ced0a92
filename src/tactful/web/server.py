"""
Serve a shop: one process, one event loop, until it is told to stop.

Stopping loses nothing that was acknowledged: the server finishes what it has begun, and the shop
makes everything durable before the process ends.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tactful.assembly import Opened, open_shop
from tactful.shop import Shop
from tactful.terms import Busy, TactfulError, Trouble
from tactful.web.app import create_app
from tactful.web.chores import background_of
from tactful.web.logs import configure_logging, say_held
from tactful.web.problems import log_unexpected
from tactful.web.stopping import Stopping

TICK_SECONDS: Final = 1.0

YOUNG_OBJECTS: Final = 50_000
"""How many new objects start a search for garbage: what a request leaves is mostly not circular."""
BACKLOG: Final = 1024
SWITCH_SECONDS: Final = 0.001
"""How long a thread that takes calls in may keep the interpreter from the event loop."""

_log = structlog.get_logger("tactful.web")


def serve(
    folder: Path | str,
    *,
    host: str | None = None,
    port: int | None = None,
    opening: Callable[[int, int], None] | None = None,
) -> None:
    """
    Serve the shop in *folder* until SIGTERM or SIGINT; *host* and *port* outrank its settings.

    *opening* is told, while a changed policy is taken up, how many of how many subjects are done.

    Raises:
        Busy: another server runs on the folder, or something else on the port.
        Trouble: the shop cannot be opened, or the address is not one of this machine.
    """
    opened = open_shop(folder, serving=True, progress=opening)
    server = opened.settings.server
    stopping = Stopping(drain=server.drain_seconds, limit=server.stop_seconds)
    try:
        address = _free_address(host or server.host, server.port if port is None else port)
        configure_logging()
        _warm(opened.shop)
        sys.setswitchinterval(SWITCH_SECONDS)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(opened, *address, stopping=stopping))
    finally:
        opened.close()
        stopping.done()


async def _serve(opened: Opened, host: str, port: int, *, stopping: Stopping) -> None:
    app = create_app(opened)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
    )

    def interrupt() -> None:
        server.interrupt_signal = True  # its own `stop` does just this, but is untyped
        server.main_loop_interrupt.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.ask, app.serving, interrupt)
    ticking = asyncio.create_task(_tick(app.serving.opened.shop))
    background = background_of(opened)
    background.start()
    _log.info("serving", address=f"http://{host}:{port}")
    await server.serve()
    await asyncio.to_thread(background.stop)
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking
    say_held(all_of_it=True)
    _log.info("stopped")


async def _tick(shop: Shop) -> None:
    """Take up models that `tactful train` has published meanwhile."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        say_held()
        try:
            await asyncio.to_thread(_refresh, shop)
        except (TactfulError, OSError, ValueError) as error:
            log_unexpected(error)


def _refresh(shop: Shop) -> None:
    before = shop.models.name
    shop.refresh()
    if shop.models.name != before:
        _warm(shop)


def _warm(shop: Shop) -> None:
    """Compile what is compiled on first use, and let the garbage collector forget the rest."""
    shop.models.current.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _free_address(host: str, port: int) -> tuple[str, int]:
    """
    Return *host* as a number, with *port*, if nobody listens there.

    The server itself would share the port with another server of its kind, without a word.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _unusable(host, port, error) from error
    return str(address[0]), port


def _unusable(host: str, port: int, error: OSError) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        return Busy(f"port {port} of {host} is in use: stop what uses it, or choose another --port")
    return Trouble(f"cannot listen on {host} port {port}: {error.strerror}; choose another --host")
