"""
Put a shop together: settings, policy and keys are read once, the store is opened, ports are filled.

Decides nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tactful.adapters.access import (
    Access,
    Links,
    Tickets,
    create_secret_key,
    new_write_key,
    read_access,
)
from tactful.adapters.artefacts import ArtefactFolder
from tactful.adapters.condition import Condition
from tactful.adapters.folder_lock import FolderLock
from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.pace import Pace
from tactful.adapters.policy_files import load_policy, policy_hash, write_policy
from tactful.adapters.settings import (
    FILE,
    ServerSettings,
    Settings,
    ShopSettings,
    read_settings,
    write_settings,
)
from tactful.adapters.signing_key import open_signer, receipt_keys
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.adapters.sqlite.condition import look_over
from tactful.adapters.sqlite.migrate import HEAD
from tactful.capabilities.consent import Controller
from tactful.capabilities.policy import Census
from tactful.gate import Door
from tactful.mechanisms.models import Settings as ModelSettings
from tactful.mechanisms.popularity import PopularitySettings
from tactful.mechanisms.sealing import blind_index, derive
from tactful.mechanisms.signing import PublicKey
from tactful.shop import Parts, ReceiptParts, Shop, Store
from tactful.shop.census import census
from tactful.terms import Mistake, Policy, TactfulError

KEY_FILE = "master.key"

Clock = Callable[[], datetime]

Progress = Callable[[int, int], None]
"""Told how many things are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeys:
    """The keys of a new shop.  The secret key is not kept anywhere: note it down."""

    write_key: str
    secret_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A shop, with what those who serve it need besides."""

    shop: Shop
    settings: Settings
    access: Access
    links: Links
    folder: Path
    census: Callable[[], Census]
    receipt_keys: Callable[[], tuple[PublicKey, ...]]
    lock: FolderLock | None = None
    pace: Pace | None = None
    probe: Callable[[], None] | None = None
    condition: Callable[[], Condition] | None = None

    def close(self) -> None:
        """Make everything durable and let go of the folder."""
        self.shop.close()
        if self.lock:
            self.lock.close()


def init_shop(
    folder: Path,
    *,
    name: str = "A tactful shop",
    demo: bool = False,
    port: int = 8787,
    as_of: datetime | None = None,
) -> NewKeys:
    """
    Make a new shop folder: settings, an editable policy, an empty store and keys.

    Raises:
        Mistake: *folder* holds a shop already, or something that is not ours.
    """
    if (folder / FILE).exists():
        raise Mistake(f"{folder} is a shop already: open it, or name another folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Mistake(f"{folder} is not empty: name a new folder for the shop")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = Settings(
        shop=ShopSettings(name=name, write_key=new_write_key(), demo=demo, as_of=as_of),
        server=ServerSettings(port=port),
    )
    for part in (settings.store.data, settings.store.keys, settings.store.models):
        (folder / part).mkdir(mode=0o700)
    keys = folder / settings.store.keys
    create_key_file(keys / KEY_FILE)
    open_signer(keys)
    secret = create_secret_key(keys)
    write_policy(folder / "policy")
    write_settings(folder, settings)
    return NewKeys(write_key=settings.shop.write_key, secret_key=secret)


def open_shop(
    folder: Path | str,
    *,
    clock: Clock | None = None,
    serving: bool = False,
    progress: Progress | None = None,
) -> Opened:
    """
    Open the shop in *folder*.

    Args:
        folder: Where `tactful init` made it.
        clock: The shop's time; the system's by default, or `[shop] as_of`.
        serving: Whether to hold the folder against a second server.
        progress: Told, while a changed policy is taken up, how many of how many subjects are done.

    Raises:
        NotAShop: *folder* holds no shop.
        Mistake: its settings or its policy cannot stand.
        Trouble: keys or store cannot be read, or another server holds the folder.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    lock = FolderLock(folder) if serving else None
    try:
        return _opened(
            folder, settings, clock=clock or _clock(settings), lock=lock, progress=progress
        )
    except BaseException:
        if lock:
            lock.close()
        raise


def is_demo_shop(folder: Path) -> bool:
    """Tell whether *folder* holds a demonstration, which may be thrown away."""
    try:
        return read_settings(folder).shop.demo
    except TactfulError:
        return False


def _opened(
    folder: Path,
    settings: Settings,
    *,
    clock: Clock,
    lock: FolderLock | None,
    progress: Progress | None,
) -> Opened:
    keys = folder / settings.store.keys
    key_file = KeyFile(keys / KEY_FILE)
    master = key_file.master()
    policy = load_policy(folder / "policy", on=clock().date())
    store = open_store(
        folder / settings.store.data,
        policy,
        key_file,
        policy_hash=policy_hash(policy),
        clock=clock,
        take_over=lock is not None or not FolderLock.is_held(folder),
        progress=progress,
    )
    return Opened(
        shop=Shop(_parts(store, policy, settings, folder=folder, master=master, clock=clock)),
        settings=settings,
        access=read_access(keys, write_key=settings.shop.write_key),
        links=Links(master),
        folder=folder,
        census=lambda: census(store.standings, policy=policy, at=clock()),
        receipt_keys=lambda: receipt_keys(keys),
        lock=lock,
        pace=store.pace,
        probe=store.probe,
        condition=lambda: look_over(folder / settings.store.data, today=clock().date()),
    )


def _parts(
    store: SqliteStore,
    policy: Policy,
    settings: Settings,
    *,
    folder: Path,
    master: bytes,
    clock: Clock,
) -> Parts:
    return Parts(
        policy=policy,
        door=Door(policy, standings=store.standings, uses=store.uses),
        store=_store(store),
        artefacts=ArtefactFolder(folder / settings.store.models),
        model_settings=_model_settings(settings),
        seal=Tickets(master),
        clock=clock,
        new_id=lambda: secrets.token_hex(16),
        receipts=_receipt_parts(settings, folder / settings.store.keys, master),
    )


def _store(store: SqliteStore) -> Store:
    return Store(
        events=store.events,
        identities=store.identities,
        profiles=store.profiles,
        statements=store.statements,
        showings=store.showings,
        records=store.records,
        catalogue=store.catalogue,
        tallies=store.tallies,
        close=store.close,
    )


def _receipt_parts(settings: Settings, keys: Path, master: bytes) -> ReceiptParts:
    key = derive(master, "receipts")
    return ReceiptParts(
        controller=Controller(name=settings.shop.name, contact=settings.shop.contact),
        signer=open_signer(keys),
        pseudonym=lambda subject: blind_index(key, "subject", str(subject)).hex(),
    )


def _model_settings(settings: Settings) -> ModelSettings:
    least = settings.models.minimum_subjects
    return ModelSettings(popularity=PopularitySettings(least_owners=least))


def _clock(settings: Settings) -> Clock:
    as_of = settings.shop.as_of
    if as_of is None:
        return lambda: datetime.now(UTC)
    aware = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
    behind = datetime.now(UTC) - aware
    return lambda: datetime.now(UTC) - behind


def store_version() -> str:
    """Return the version of the tables that every open store has."""
    return HEAD
