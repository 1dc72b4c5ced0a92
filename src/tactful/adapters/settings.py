"""
Read `tactful.toml` and `TACTFUL_*` once, into one frozen value.

Secrets never stand in it: the master key and the digest of the secret key lie in the key folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tactful.adapters.store_address import check_address, has_password
from tactful.capabilities.rights import is_place
from tactful.terms import Mistake, NotAShop, RequestKind

FILE = "tactful.toml"
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What may stand before the colon of a header (RFC 9110, 5.1)."""

_MAILBOX = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_BASE_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")

T = TypeVar("T")

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class ShopSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[shop]`: its name, how to reach it, its public write key, and whether it is a demonstration.

    `as_of` lets the shop's clock start at a moment in the past: for working with an old log.
    """

    name: str = "A tactful shop"
    contact: str = ""
    write_key: str
    demo: bool = False
    as_of: datetime | None = None


class ServerSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[server]`: where it listens, what a request may weigh, and whom it believes about places.

    The edge's headers and forwarded addresses count only where `trusted_proxies`, networks in
    CIDR notation, hand the request on.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    max_body_bytes: int = 4_000_000
    max_expanded_bytes: int = 16_000_000
    queue_calls: int = 100_000
    queue_megabytes: Annotated[int, msgspec.Meta(ge=1)] = 64
    drain_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    stop_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 20.0
    user_id_needs_secret_key: bool = False
    region_header: str = ""
    subdivision_header: str = ""
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    country_lookup: bool = True

    def __post_init__(self) -> None:
        for header in (self.region_header, self.subdivision_header):
            if header and not HEADER_NAME.fullmatch(header):
                raise ValueError(f"{header!r} is no name of a header")
        if self.subdivision_header and not self.region_header:
            raise ValueError("subdivision_header needs region_header: a state alone is no region")
        for network in self.trusted_proxies:
            try:
                ip_network(network)
            except ValueError as wrong:
                raise ValueError(f"trusted_proxies: {wrong}; write 10.0.0.0/8") from None


class ModelSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[models]`: how many different subjects must stand behind what is called popular."""

    minimum_subjects: int = 5


class IdentitySettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[identity]`: how many identifiers one person may have, and which values name nobody."""

    user_ids: AtLeastOne = 3
    anonymous_ids: AtLeastOne = 100
    external_ids: AtLeastOne = 20
    emails: AtLeastOne = 5
    phones: AtLeastOne = 5
    sharing: AtLeastOne = 3
    blocked: tuple[str, ...] = ()


class StoreSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[store]`: the folders of data, keys and models, relative to the shop folder.

    With a `url` the data are in that PostgreSQL database, and the folder of data is not used.
    """

    data: str = "data"
    keys: str = "keys"
    models: str = "models"
    url: str = ""

    def __post_init__(self) -> None:
        if self.url:
            check_address(self.url)


class WebhookSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[webhooks]`: whose Shopify webhooks are taken, and what their fields are to this shop.

    Their secrets lie in the key folder, or in the environment.
    """

    shopify_domain: str = ""
    shopify_user_id: Literal["id", "email", "phone"] = "id"
    shopify_item_id: Literal["product_id", "variant_id", "sku"] = "product_id"


class KeysSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[keys]`: which key store keeps the master key, and where a key service is reached.

    Credentials never stand here: `boto3` finds them in its own ways.
    """

    store: Literal["file", "aws-kms"] = "file"
    kms_key_id: str = ""
    region: str = ""
    endpoint_url: str = ""

    def __post_init__(self) -> None:
        if self.store == "aws-kms" and not self.kms_key_id:
            raise ValueError('store = "aws-kms" needs kms_key_id: the id, ARN or alias of the key')


class LakeSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[lake]`: whether events are brought into the lake, how often, and what stays besides.

    Events of the last two days are looked through for duplicates, so three stay at least.  The
    folder is `lake` in that of the store where none is named.
    """

    enabled: bool = True
    folder: str = ""
    every_minutes: Annotated[int, msgspec.Meta(ge=1)] = 5
    keep_recent_days: Annotated[int, msgspec.Meta(ge=3)] = 90


class RequestSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[requests]`: what waits for the officer, who is told, and which days are off.

    `place` is where the shop works, as an ISO 3166 code: its public holidays are no working days.
    """

    officer: str = ""
    review: tuple[str, ...] = ()
    place: str = ""
    time_zone: str = "UTC"
    complaint: str = "the data protection authority of your country"

    def __post_init__(self) -> None:
        known = [kind.value for kind in RequestKind if not kind.at_once]
        for kind in self.review:
            if kind not in known:
                raise ValueError(f"review: {kind!r} cannot wait; these can: {', '.join(known)}")
        if self.place and not is_place(self.place):
            raise ValueError(f"place: the holidays of {self.place!r} are not known; write DE-BY")
        try:
            zone_of(self.time_zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError(f"{self.time_zone!r} is no time zone; write Europe/Berlin") from None


def zone_of(name: str) -> tzinfo:
    """Return the time zone called *name*; UTC also where the system has no table of zones."""
    return UTC if name == "UTC" else ZoneInfo(name)


class MailSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[mail]`: by which server letters go out, in whose name, and where people reach the shop.

    The password never stands here: it is TACTFUL_MAIL_PASSWORD in the environment.
    """

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: str = ""
    sender_name: str = ""
    base_url: str = ""

    def __post_init__(self) -> None:
        if self.host and not _MAILBOX.fullmatch(self.sender):
            raise ValueError('[mail] needs sender, an address of yours: "privacy@example.org"')
        if not all(map(str.isprintable, self.sender_name)):
            raise ValueError("sender_name is one line")
        if self.user and self.security == "none":
            raise ValueError('a password is sent in clear with security = "none": use "starttls"')
        if self.base_url and not _BASE_URL.fullmatch(self.base_url):
            raise ValueError("base_url is where people reach the shop: https://privacy.example.org")


class Settings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Everything that `tactful.toml` can say."""

    shop: ShopSettings
    server: ServerSettings = ServerSettings()
    models: ModelSettings = ModelSettings()
    identity: IdentitySettings = IdentitySettings()
    store: StoreSettings = StoreSettings()
    webhooks: WebhookSettings = WebhookSettings()
    keys: KeysSettings = KeysSettings()
    lake: LakeSettings = LakeSettings()
    requests: RequestSettings = RequestSettings()
    mail: MailSettings = MailSettings()


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """
    Read the settings of the shop in *folder*; `TACTFUL_SERVER_PORT` outranks `[server] port`.

    Raises:
        NotAShop: there is no `tactful.toml`.
        Mistake: it cannot be read; the message names the key and what to write.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotAShop(f"{folder} is not a shop folder: make one with `tactful init {folder}`")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Mistake(f"{path} is not valid TOML: {wrong}") from None
    _require_no_password(found, path)
    _require_no_mail_password(found, path)
    _overlay(found, os.environ if environment is None else environment)
    try:
        return msgspec.convert(found, Settings, strict=False)
    except msgspec.ValidationError as wrong:
        raise Mistake(f"{path}: {wrong}; docs/reference/settings.md lists all settings") from None


def write_settings(folder: Path, settings: Settings) -> None:
    """Write a new `tactful.toml` that says what differs from the defaults."""
    lines = [
        "# Settings of this shop; docs/reference/settings.md lists them all.",
        "# Secrets do not belong here.",
        "",
        "[shop]",
        f"name = {_toml(settings.shop.name)}",
        f"write_key = {_toml(settings.shop.write_key)}  # public: it may stand in a page",
    ]
    if settings.shop.demo:
        lines.append("demo = true  # opens /shop, and the console without a key, on loopback")
    if settings.shop.as_of:
        lines.append(f"as_of = {settings.shop.as_of.isoformat()}")
    lines += ["", "[server]", f"port = {settings.server.port}", ""]
    (folder / FILE).write_text("\n".join(lines), encoding="utf-8")


def write_keys_settings(folder: Path, keys: KeysSettings) -> None:
    """Replace `[keys]` in the `tactful.toml` in *folder*, all at once; the rest stays as it is."""
    path = folder / FILE
    said = {name: value for name, value in msgspec.structs.asdict(keys).items() if value}
    section = "\n".join(["[keys]", *(f"{name} = {_toml(value)}" for name, value in said.items())])
    rest = re.sub(r"(?ms)^\[keys\].*?(?=^\[|\Z)", "", path.read_text(encoding="utf-8")).rstrip()
    draft = path.with_name(f".{FILE}.{os.getpid()}")
    draft.write_text(f"{rest}\n\n{section}\n", encoding="utf-8")
    draft.replace(path)


def _overlay(found: dict[str, object], environment: Mapping[str, str]) -> None:
    """Let `TACTFUL_<SECTION>_<KEY>` outrank the file."""
    for section, kind in Settings.__annotations__.items():
        for key in msgspec.structs.fields(globals()[kind]):
            value = environment.get(f"TACTFUL_{section}_{key.name}".upper())
            if value is not None:
                table = found.setdefault(section, {})
                if isinstance(table, dict):
                    table[key.name] = value if key.type != tuple[str, ...] else _listed(value)


def _require_no_password(found: Mapping[str, object], path: Path) -> None:
    """
    Raise where the address of the database in the file holds a password.

    Raises:
        Mistake: it does; the message does not repeat it.
    """
    store = found.get("store")
    url = store.get("url") if isinstance(store, dict) else None
    if isinstance(url, str) and has_password(url):
        raise Mistake(
            f"{path}: a password does not belong into [store] url: take it out, and give the whole "
            "address in the environment as TACTFUL_STORE_URL, or keep the password in ~/.pgpass"
        )


def _require_no_mail_password(found: Mapping[str, object], path: Path) -> None:
    """
    Raise where `[mail]` in the file holds a password.

    Raises:
        Mistake: it does; the message does not repeat it.
    """
    mail = found.get("mail")
    if isinstance(mail, dict) and "password" in mail:
        raise Mistake(
            f"{path}: a password does not belong into [mail]: take it out, and give it in the "
            "environment as TACTFUL_MAIL_PASSWORD"
        )


def _listed(value: str) -> list[str]:
    """Return the parts of *value*, which commas separate."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _toml(text: str) -> str:
    return msgspec.json.encode(text).decode()
