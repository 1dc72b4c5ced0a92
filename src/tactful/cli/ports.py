"""Look at a port before anything is begun that would need it."""

from __future__ import annotations

import errno
import socket

from tactful.terms import Busy, Mistake

ANSWER_SECONDS = 0.5


def require_free(host: str, port: int) -> None:
    """
    Make sure that a server could listen on *port* of *host*.

    Raises:
        Busy: something listens there.
        Mistake: this machine has no such address, or the port may not be used.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Mistake(f"{host[:64]!r} is no address of this machine: use 127.0.0.1") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Busy(
                f"port {port} is in use: stop what listens there, or name another with --port"
            ) from None
        raise Mistake(f"cannot listen on {host}:{port}: {error.strerror}") from None


def answers(host: str, port: int) -> bool:
    """Tell whether something accepts connections on *port* of *host*."""
    try:
        with socket.create_connection((host, port), timeout=ANSWER_SECONDS):
            return True
    except OSError:
        return False
