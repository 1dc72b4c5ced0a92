"""
Put a shop together: the only place where ports meet adapters.

Reads the settings, the policy and the keys once, opens the store, and hands out a `Shop` with what
its surroundings need to know about it.  Decides nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tactful.adapters import datasets
from tactful.adapters.access import (
    Access,
    Links,
    Tickets,
    create_secret_key,
    new_write_key,
    read_access,
)
from tactful.adapters.artefacts import ArtefactFolder
from tactful.adapters.folder_lock import FolderLock
from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.map_files import built_in_maps, read_map, region_names
from tactful.adapters.policy_beside import MEASURES, assessments_in
from tactful.adapters.policy_files import load_policy, policy_hash, write_policy
from tactful.adapters.settings import (
    FILE,
    ServerSettings,
    Settings,
    ShopSettings,
    read_settings,
    write_settings,
)
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.adapters.sqlite.migrate import HEAD
from tactful.adapters.tables import read_rows, table_shape
from tactful.capabilities.collect.tables.assortment import Assortment
from tactful.capabilities.collect.tables.feeds import (
    SubjectLine,
    calls_of_events,
    items_of_catalogue,
    subjects_of,
)
from tactful.capabilities.collect.tables.fitting import check_columns, choose
from tactful.capabilities.collect.tables.mapping import Dialect, FileMap, common_names
from tactful.capabilities.collect.tables.orders import calls_of_orders, items_of_orders
from tactful.capabilities.collect.tables.rows import Reject, Row, Skipped
from tactful.capabilities.collect.tables.wire import Wire
from tactful.capabilities.policy import Census
from tactful.gate import Door
from tactful.mechanisms.models import Settings as ModelSettings
from tactful.mechanisms.popularity import PopularitySettings
from tactful.shop import Parts, Shop, Store
from tactful.shop.census import census
from tactful.terms import Item, Mistake, Policy, TactfulError

KEY_FILE = "master.key"

Clock = Callable[[], datetime]


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
    lock: FolderLock | None = None

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
    secret = create_secret_key(keys)
    write_policy(folder / "policy")
    write_settings(folder, settings)
    return NewKeys(write_key=settings.shop.write_key, secret_key=secret)


def open_shop(folder: Path | str, *, clock: Clock | None = None, serving: bool = False) -> Opened:
    """
    Open the shop in *folder*.

    Args:
        folder: Where `tactful init` made it.
        clock: The shop's time; the system's by default, or `[shop] as_of`.
        serving: Whether to hold the folder against a second server.

    Raises:
        NotAShop: *folder* holds no shop.
        Mistake: its settings or its policy cannot stand.
        Trouble: keys or store cannot be read, or another server holds the folder.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    lock = FolderLock(folder) if serving else None
    try:
        return _opened(folder, settings, clock or _clock(settings), lock)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFolder:
    """A policy as it stands in a folder, with what lies beside it; `shop` is whose it is."""

    policy: Policy
    assessments: frozenset[str]
    measures: tuple[str, ...] = MEASURES
    shop: str = ""


def read_policy(folder: Path, *, shop: str = "") -> PolicyFolder:
    """
    Read the policy in *folder* over the pack; no store is opened.

    Raises:
        PolicyMistake: it cannot stand.
    """
    return PolicyFolder(policy=load_policy(folder), assessments=assessments_in(folder), shop=shop)


def read_shop_policy(folder: Path) -> PolicyFolder:
    """
    Read the policy of the shop in *folder*; its store is not opened.

    Raises:
        NotAShop: *folder* holds no shop.
        PolicyMistake: its policy cannot stand.
    """
    name = read_settings(folder).shop.name
    return read_policy(folder / "policy", shop=name)


def count_subjects(folder: Path, *, under: Policy) -> Census:
    """
    Count the subjects of the shop in *folder* by what the rules see of them.

    Raises:
        Mistake: the shop runs another policy than *under*, so that its counts would mislead.
    """
    if policy_hash(read_shop_policy(folder).policy) != policy_hash(under):
        raise Mistake(f"{folder} runs another policy than OLD: name {folder / 'policy'} as OLD")
    opened = open_shop(folder)
    try:
        return opened.census()
    finally:
        opened.close()


def _opened(folder: Path, settings: Settings, clock: Clock, lock: FolderLock | None) -> Opened:
    keys = folder / settings.store.keys
    key_file = KeyFile(keys / KEY_FILE)
    master = key_file.master()
    access = read_access(keys, write_key=settings.shop.write_key)
    policy = load_policy(folder / "policy")
    store = open_store(
        folder / settings.store.data, policy, key_file, policy_hash=policy_hash(policy), clock=clock
    )
    parts = Parts(
        policy=policy,
        door=Door(policy, standings=store.standings, uses=store.uses),
        store=_store(store),
        artefacts=ArtefactFolder(folder / settings.store.models),
        model_settings=_model_settings(settings),
        seal=Tickets(master),
        clock=clock,
    )
    return Opened(
        shop=Shop(parts),
        settings=settings,
        access=access,
        links=Links(master),
        folder=folder,
        census=lambda: census(store.standings, policy=policy, at=clock()),
        lock=lock,
    )


def _store(store: SqliteStore) -> Store:
    return Store(
        events=store.events,
        identities=store.identities,
        profiles=store.profiles,
        statements=store.statements,
        records=store.records,
        catalogue=store.catalogue,
        tallies=store.tallies,
        close=store.close,
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


Thing = Wire | SubjectLine | Item | Reject | Skipped
"""What lines of a file amount to."""

_READERS: Mapping[str, Callable[[Iterator[Row | Reject], FileMap], Iterator[Thing]]] = {
    "orders": calls_of_orders,
    "events": calls_of_events,
    "subjects": subjects_of,
    "catalogue": items_of_catalogue,
}


class Table:
    """A file on its way in: what its rows amount to, and how far reading has come."""

    def __init__(
        self,
        rows: Iterator[Row | Reject],
        read: Callable[[Iterator[Row | Reject]], Iterator[Thing]],
    ) -> None:
        self.rows = 0
        self.line = 0
        self.things = read(self._counted(rows))

    def _counted(self, rows: Iterator[Row | Reject]) -> Iterator[Row | Reject]:
        for row in rows:
            self.rows += 1
            self.line = row.line
            yield row


def read_table(
    path: Path,
    *,
    kind: str,
    map_file: Path | None = None,
    told: Callable[[int, int], None] = lambda _read, _total: None,
) -> Table:
    """
    Open a file that is to be imported; it is read as its `things` are.

    Args:
        path: CSV, JSON lines or Parquet.
        kind: `orders`, `events`, `subjects` or `catalogue`.
        map_file: Says which column means what; else a map that knows the file, or common names.
        told: Told how many bytes were read, of how many.

    Raises:
        Mistake: the file or the map cannot be used; the message says what to do.
    """
    file_map = _map_for(path, kind, map_file)
    rows = read_rows(path, dialect=file_map.dialect, progress=told)
    if kind == "catalogue" and file_map.kind == "orders":
        return Table(rows, lambda rows: items_of_orders(rows, file_map))
    return Table(rows, lambda rows: _READERS[kind](rows, file_map))


def _map_for(path: Path, kind: str, map_file: Path | None) -> FileMap:
    own = read_map(map_file, kind=kind) if map_file else None
    shape = table_shape(path, dialect=own.dialect if own else Dialect())
    known = own or choose(built_in_maps(), shape.columns, kind=kind)
    file_map = known or common_names(kind, regions=region_names())
    if shape.form != "jsonl":  # whose lines may differ: each is judged by itself
        check_columns(file_map, shape.columns, name=path.name)
    return file_map


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLog:
    """A purchase log, read whole: the orders as calls of a client, and the goods in them."""

    calls: list[dict[str, object]]
    items: list[Item]


def read_orders(path: Path, *, on_bytes: Callable[[int], None]) -> OrderLog:
    """
    Read the purchase log at *path*; lines that are left out or wrong are not in it.

    Raises:
        Mistake: it cannot be read as one.
    """
    file_map = _map_for(path, "orders", None)
    rows = read_rows(path, dialect=file_map.dialect, progress=lambda read, _total: on_bytes(read))
    goods = Assortment(file_map)
    calls = [found for found in calls_of_orders(rows, file_map, goods) if isinstance(found, dict)]
    return OrderLog(calls=calls, items=list(goods.items()))


def store_version() -> str:
    """Return the version of the tables that every open store has."""
    return HEAD


public_data = datasets
"""Readers of the public data sets that models are measured on."""
