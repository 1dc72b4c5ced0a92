"""
Put a shop together: settings, policy and keys are read once, the store is opened, ports are filled.

Decides nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
from tactful.adapters.banner_words import Words, banner_words
from tactful.adapters.condition import Condition
from tactful.adapters.erasure_log import ErasureLog, NotedRecords
from tactful.adapters.folder_lock import FolderLock
from tactful.adapters.key_file import create_key_file
from tactful.adapters.lake import LakeBehind, LakeEvents, LakeRecords
from tactful.adapters.pace import Pace
from tactful.adapters.policy_files import load_policy, write_policy
from tactful.adapters.settings import (
    FILE,
    ServerSettings,
    Settings,
    ShopSettings,
    read_settings,
    write_settings,
)
from tactful.adapters.signing_key import open_signer, receipt_keys
from tactful.adapters.sqlite import SqliteStore
from tactful.adapters.sqlite.condition import look_over
from tactful.adapters.sqlite.shop_keys import RECEIPTS
from tactful.adapters.webhook_secrets import WebhookSecrets
from tactful.assembly.backgrounds import chores_of, lake_behind, retaining_of
from tactful.assembly.correspondence import SqliteLetters, letters_chores, signing_in_of
from tactful.assembly.keys import MasterKeys, ShopKeyStore
from tactful.assembly.requests import request_chores, request_rules
from tactful.assembly.stores import Opening, open_shop_store
from tactful.capabilities.collect import Events
from tactful.capabilities.consent import Controller
from tactful.capabilities.policy import Census
from tactful.capabilities.profile import Limits
from tactful.capabilities.rights import CERTIFICATE_KIND, Records
from tactful.gate import Door
from tactful.mechanisms.keyring import Keyring
from tactful.mechanisms.models import Settings as ModelSettings
from tactful.mechanisms.popularity import PopularitySettings
from tactful.mechanisms.sealing import blind_index
from tactful.mechanisms.signing import PublicKey
from tactful.shop import Parts, ReceiptParts, Shop, Store, Tallies
from tactful.shop.background import Chore, Work
from tactful.shop.census import census
from tactful.shop.erasing_again import erase_again
from tactful.shop.letters import Letters, Postbox
from tactful.shop.retaining import Retaining
from tactful.shop.signing_in import SigningIn
from tactful.terms import Mistake, Policy, SubjectId, TactfulError

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
    words: Mapping[str, Words]
    census: Callable[[], Census]
    uses_since: Callable[[date], Mapping[str, int]]
    receipt_keys: Callable[[], tuple[PublicKey, ...]]
    master_keys: MasterKeys
    numbers: Callable[[], Iterator[SubjectId]]
    erase_again: Callable[[Iterable[SubjectId], Callable[[int], None]], int]
    chores: Sequence[Chore]
    work: Work
    tallies: Tallies
    lake: LakeBehind
    retaining: Retaining
    letters: Letters
    outbox: SqliteLetters
    signing_in: SigningIn
    lock: FolderLock | None = None
    pace: Pace | None = None
    probe: Callable[[], None] | None = None
    condition: Callable[[], Condition] | None = None

    @property
    def webhook_secrets(self) -> WebhookSecrets:
        """Return the secrets that webhooks are signed with."""
        return WebhookSecrets(self.folder / self.settings.store.keys)

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
        serving: Whether to serve; a folder with a store of its own is held against a second server.
        progress: Told, while a changed policy is taken up, how many of how many subjects are done.

    Raises:
        NotAShop: *folder* holds no shop.
        Mistake: its settings or its policy cannot stand.
        Trouble: keys or store cannot be read, or another server holds the folder.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    lock = FolderLock(folder) if serving and not settings.store.url else None
    opening = Opening(
        folder=folder,
        settings=settings,
        clock=clock or _clock(settings),
        serving=serving,
        progress=progress,
    )
    try:
        return _opened(opening, lock=lock)
    except BaseException:
        if lock:
            lock.close()
        raise


def write_key_of(folder: Path) -> str:
    """
    Return the public key that the pages of the shop in *folder* carry.

    Raises:
        NotAShop: there is no shop.
    """
    return read_settings(folder).shop.write_key


def is_demo_shop(folder: Path) -> bool:
    """Tell whether *folder* holds a demonstration, which may be thrown away."""
    try:
        return read_settings(folder).shop.demo
    except TactfulError:
        return False


def _opened(opening: Opening, *, lock: FolderLock | None) -> Opened:
    folder, settings, clock = opening.folder, opening.settings, opening.clock
    keys, data = folder / settings.store.keys, folder / settings.store.data
    ring = Keyring(ShopKeyStore(folder=folder))  # before the store: without a key nothing is made
    policy = load_policy(folder / "policy", on=clock().date())
    words = banner_words(folder / "policy")
    store = open_shop_store(opening, policy, ring, limits=_limits(settings))
    lake = lake_behind(store, policy, settings, folder=folder, clock=clock)
    parts = _parts(store, lake, policy, settings, folder=folder, clock=clock)
    shop = Shop(parts)
    letters = _postbox(store, clock)
    retaining = retaining_of(store, lake, policy)
    signing_in = signing_in_of(store, parts, letters, settings)
    return Opened(
        shop=shop,
        words=words,
        letters=letters,
        outbox=store.letters,
        signing_in=signing_in,
        chores=(
            *letters_chores(store, signing_in, settings, clock=clock),
            *chores_of(store, lake, retaining, settings, clock=clock),
            *request_chores(shop),
        ),
        work=store.work,
        tallies=store.tallies,
        lake=lake,
        retaining=retaining,
        settings=settings,
        access=read_access(keys, write_key=settings.shop.write_key),
        links=Links(store.keys.ring.masters),
        folder=folder,
        uses_since=store.uses.since,
        census=lambda: census(store.standings, policy=policy, at=clock()),
        receipt_keys=lambda: receipt_keys(keys),
        master_keys=MasterKeys(folder=folder, rekeying=store.rekeying),
        numbers=store.numbers,
        erase_again=lambda who, told: erase_again(parts, shop.models, who, progress=told),
        lock=lock,
        pace=store.pace,
        probe=store.probe,
        condition=None if settings.store.url else lambda: look_over(data, today=clock().date()),
    )


def _postbox(store: SqliteStore, clock: Clock) -> Postbox:
    return Postbox(store.letters, clock=clock, tallies=store.tallies)


def _mailed(store: SqliteStore, settings: Settings, clock: Clock) -> Postbox | None:
    """Return where letters are put that somebody reads: whoever was not told is not said to be."""
    reaches_people = settings.mail.host or settings.shop.demo  # whose outbox is looked at
    return _postbox(store, clock) if reaches_people else None


def _parts(
    store: SqliteStore,
    lake: LakeBehind,
    policy: Policy,
    settings: Settings,
    *,
    folder: Path,
    clock: Clock,
) -> Parts:
    store.features.go_on_with(lake)
    return Parts(
        policy=policy,
        door=Door(policy, standings=store.standings, uses=store.uses),
        store=_store(
            store,
            events=LakeEvents(store.events, lake, policy=policy, bits=lake.bits),
            records=LakeRecords(_noted(store, folder / settings.store.keys), lake),
        ),
        artefacts=ArtefactFolder(folder / settings.store.models),
        model_settings=_model_settings(settings),
        seal=Tickets(store.keys.ring.masters),
        clock=clock,
        new_id=lambda: secrets.token_hex(16),
        receipts=_receipt_parts(settings, folder / settings.store.keys, store),
        requests=request_rules(settings, store.keys, _mailed(store, settings, clock)),
        limits=_limits(settings),
    )


def _noted(store: SqliteStore, keys: Path) -> NotedRecords:
    return NotedRecords(records=store.records, log=ErasureLog(keys), members=store.members)


def _store(
    store: SqliteStore, *, events: Events | None = None, records: Records | None = None
) -> Store:
    return Store(
        events=events or store.events,
        identities=store.identities,
        profiles=store.profiles,
        features=store.features,
        statements=store.statements,
        showings=store.showings,
        records=records or store.records,
        requests=store.requests,
        catalogue=store.catalogue,
        tallies=store.tallies,
        letters=store.letters,
        sessions=store.sessions,
        close=store.close,
    )


def _receipt_parts(settings: Settings, keys: Path, store: SqliteStore) -> ReceiptParts:
    key, signer = store.keys.shop.all(RECEIPTS)[-1], open_signer(keys)
    return ReceiptParts(
        controller=Controller(name=settings.shop.name, contact=settings.shop.contact),
        signer=signer,
        certifier=signer.of(CERTIFICATE_KIND),
        pseudonym=lambda subject: blind_index(key, "subject", str(subject)).hex(),
    )


def _limits(settings: Settings) -> Limits:
    identity = settings.identity
    return Limits(
        user_id=identity.user_ids,
        anonymous_id=identity.anonymous_ids,
        external=identity.external_ids,
        email=identity.emails,
        phone=identity.phones,
        sharing=identity.sharing,
        blocked=frozenset(value.strip().lower() for value in identity.blocked),
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
