"""What a session with the database is set to, and what the database must promise."""

from __future__ import annotations

from typing import Final

from tactful.terms import Trouble

OLDEST: Final = 130_000

_SETTINGS: Final = (
    "SET idle_in_transaction_session_timeout = '{idle}s'; SET client_min_messages = warning;"
    " SET default_transaction_read_only = {only}; SET default_transaction_isolation = '{level}';"
    " SELECT current_setting('synchronous_commit'), current_setting('fsync'),"
    " current_setting('server_encoding'), current_setting('server_version_num')::int"
)
WRITING: Final = _SETTINGS.format(idle=60, only="off", level="read committed")
READING: Final = _SETTINGS.format(idle=60, only="on", level="repeatable read")


def check_promises(synchronous: str, fsync: str, encoding: str, version: int) -> None:
    """
    Raise unless the server keeps what it acknowledges.

    Raises:
        Trouble: it does not; the message says what to set.
    """
    if synchronous == "off" or fsync == "off":
        name = "fsync" if fsync == "off" else "synchronous_commit"
        raise Trouble(
            f"this database has {name} = off: it would acknowledge what a crash then loses; "
            f"set {name} = on and open the shop again"
        )
    if encoding != "UTF8":
        raise Trouble("this database is not in UTF8: make one with ENCODING 'UTF8'")
    if version < OLDEST:
        raise Trouble("this PostgreSQL is too old: tactful needs version 13 or newer")
