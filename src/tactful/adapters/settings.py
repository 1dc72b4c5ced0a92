"""
Read `tactful.toml` and `TACTFUL_*` once, into one frozen value.

Secrets never stand in it: the master key and the digest of the secret key lie in the key folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from tactful.terms import Mistake, NotAShop

FILE = "tactful.toml"
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What may stand before the colon of a header (RFC 9110, 5.1)."""

T = TypeVar("T")


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


class StoreSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[store]`: the folders of data, keys and models, relative to the shop folder."""

    data: str = "data"
    keys: str = "keys"
    models: str = "models"


class Settings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Everything that `tactful.toml` can say."""

    shop: ShopSettings
    server: ServerSettings = ServerSettings()
    models: ModelSettings = ModelSettings()
    store: StoreSettings = StoreSettings()


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


def _overlay(found: dict[str, object], environment: Mapping[str, str]) -> None:
    """Let `TACTFUL_<SECTION>_<KEY>` outrank the file."""
    for section, kind in Settings.__annotations__.items():
        for key in msgspec.structs.fields(globals()[kind]):
            value = environment.get(f"TACTFUL_{section}_{key.name}".upper())
            if value is not None:
                table = found.setdefault(section, {})
                if isinstance(table, dict):
                    table[key.name] = value if key.type != tuple[str, ...] else _listed(value)


def _listed(value: str) -> list[str]:
    """Return the parts of *value*, which commas separate."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _toml(text: str) -> str:
    return msgspec.json.encode(text).decode()
