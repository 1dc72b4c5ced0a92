"""
Read `tactful.toml` and `TACTFUL_*` once, into one frozen value.

Secrets never stand in it: the master key and the digest of the secret key lie in the key folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from tactful.terms import Mistake, NotAShop

FILE = "tactful.toml"

T = TypeVar("T")


class ShopSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[shop]`: its name, its public write key, and whether it is a demonstration.

    `as_of` lets the shop's clock start at a moment in the past: for working with an old log.
    """

    name: str = "A tactful shop"
    write_key: str
    demo: bool = False
    as_of: datetime | None = None


class ServerSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`[server]`: where it listens, and what a request may weigh."""

    host: str = "127.0.0.1"
    port: int = 8787
    max_body_bytes: int = 4_000_000
    max_expanded_bytes: int = 16_000_000
    queue_calls: int = 100_000
    user_id_needs_secret_key: bool = False


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
        names = getattr(globals()[kind], "__struct_fields__", ())
        for name in names:
            value = environment.get(f"TACTFUL_{section}_{name}".upper())
            if value is not None:
                table = found.setdefault(section, {})
                if isinstance(table, dict):
                    table[name] = value


def _toml(text: str) -> str:
    return msgspec.json.encode(text).decode()
