"""What an error of PostgreSQL means to whoever waits, said without the words of the server."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from tactful.terms import Busy, Mistake, StoreAway, StoreFull, TactfulError, Trouble

LOST: Final = "the database cannot be reached: send again in a moment"
HELD: Final = "another server holds the store: try again"

_CANNOT_WRITE = (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.IoError)
_HELD = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)


def trouble_of(error: psycopg.Error) -> TactfulError | psycopg.Error:
    """Return what *error* means: `StoreFull`, `StoreAway`, `Busy`, ... or itself: a bug."""
    if isinstance(error, _CANNOT_WRITE):
        return StoreFull(
            f"the store cannot write ({_said(error)}): free some space on the database's disk; "
            "nothing was half written"
        )
    if isinstance(error, _HELD):
        return Busy(HELD)
    if isinstance(error, errors.InsufficientPrivilege):
        return Trouble(f"the database's user may not do this ({_said(error)}): grant it")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreAway(LOST)
    if isinstance(error, psycopg.DataError):
        return Mistake(
            "a text or a number cannot be kept: send text without NUL, and smaller numbers"
        )
    return error


def reason_of(error: psycopg.Error) -> str:
    """Return the last line that libpq says, which names no password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _said(error: psycopg.Error) -> str:
    """Return the server's own summary, which quotes no row."""
    return error.diag.message_primary or type(error).__name__
