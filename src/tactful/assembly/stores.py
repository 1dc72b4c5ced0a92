"""Open the store that the settings name: the file in the shop folder, or a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tactful.adapters.folder_lock import FolderLock
from tactful.adapters.policy_files import policy_hash
from tactful.adapters.settings import Settings
from tactful.adapters.sqlite import SqliteStore
from tactful.adapters.sqlite import open_store as open_sqlite
from tactful.adapters.sqlite.migrate import HEAD
from tactful.adapters.store_address import without_password
from tactful.capabilities.profile import Limits
from tactful.mechanisms.keyring import Keyring
from tactful.terms import Policy, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A shop that is being opened: where, how set up, when it is, and what for."""

    folder: Path
    settings: Settings
    clock: Callable[[], datetime]
    serving: bool = False
    progress: Callable[[int, int], None] | None = None


def open_shop_store(
    opening: Opening, policy: Policy, keys: Keyring, *, limits: Limits
) -> SqliteStore:
    """
    Open the store of the shop under *policy*; a new one where there is none yet.

    Raises:
        Trouble: it cannot be opened, or what it needs is not installed.
    """
    if opening.settings.store.url:
        return _in_postgres(opening, policy, keys, limits)
    return open_sqlite(
        opening.folder / opening.settings.store.data,
        policy,
        keys,
        policy_hash=policy_hash(policy),
        clock=opening.clock,
        take_over=opening.serving or not FolderLock.is_held(opening.folder),
        progress=opening.progress,
        limits=limits,
    )


def _in_postgres(opening: Opening, policy: Policy, keys: Keyring, limits: Limits) -> SqliteStore:
    try:
        from tactful.adapters.postgres import open_store
    except ImportError as missing:
        raise Trouble(
            "[store] url needs the PostgreSQL driver: pip install 'tactful[postgres]'"
        ) from missing
    return open_store(
        opening.settings.store.url,
        policy,
        keys,
        policy_hash=policy_hash(policy),
        clock=opening.clock,
        serving=opening.serving,
        progress=opening.progress,
        limits=limits,
    )


def store_version() -> str:
    """Return the version of the tables that every open store in a file has."""
    return HEAD


def store_in_words(settings: Settings) -> str:
    """Return which store an open shop has, and what becomes there of what is deleted."""
    if not settings.store.url:
        return f"version {HEAD}; what is deleted was seen to be wiped (secure_delete)"
    from tactful.adapters.postgres.migrate import HEAD as POSTGRES_HEAD

    where = without_password(settings.store.url)
    return f"{where}, version {POSTGRES_HEAD}; what is deleted is vacuumed"
