"""Look at a port before anything is begun that would need it."""

from __future__ import annotations

import socket

from tactful.terms import Busy

ANSWER_SECONDS = 0.5
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server may be told
"""Addresses that stand for all of a machine's, and one of them that can be called."""


def require_free(host: str, port: int) -> None:
    """
    Make sure that a server could listen on *port* of *host*.

    Raises:
        Busy: something listens there already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Busy(f"port {port} is in use: stop what uses it, or name another") from None


def answers(host: str, port: int) -> bool:
    """Tell whether something accepts connections on *port* of *host*."""
    try:
        with socket.create_connection((EVERYWHERE.get(host, host), port), ANSWER_SECONDS):
            return True
    except OSError:
        return False
