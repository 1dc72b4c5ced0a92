"""Move a shop's store into a database, and let the settings name it."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tactful.adapters.settings import FILE, read_settings
from tactful.adapters.store_address import check_address, has_password, without_password
from tactful.terms import Mistake, Trouble

if TYPE_CHECKING:
    from tactful.adapters.postgres.moving import MovedTable

_SECTION = re.compile(r"^\[store\][^\S\n]*(#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved where; `password` tells that the address has one, which no file holds."""

    tables: tuple[MovedTable, ...]
    where: str
    password: bool


def move_store(folder: Path, url: str, *, progress: Callable[[int, int], None]) -> Moved:
    """
    Move the store of the shop in *folder* to the database at *url*, and name it in the settings.

    Raises:
        Mistake: *url* names no database, or the store is in one already.
        Trouble: it could not be moved; nothing was.
    """
    try:
        check_address(url)
    except ValueError as wrong:
        raise Mistake(str(wrong)) from None
    settings = read_settings(folder)
    if settings.store.url:
        raise Mistake("[store] url names a database already: there is no file to move")
    try:
        from tactful.adapters.postgres.moving import move
    except ImportError as missing:
        raise Trouble(
            "to move needs the PostgreSQL driver: pip install 'tactful[postgres]'"
        ) from missing
    tables = move(folder / settings.store.data, url, progress=progress)
    _name_in_settings(folder / FILE, url)
    return Moved(tables=tables, where=without_password(url), password=has_password(url))


def _name_in_settings(path: Path, url: str) -> None:
    """Write *url*, but for a password, into the section of the store."""
    line = f"url = {msgspec.json.encode(_kept(url)).decode()}"
    text = path.read_text(encoding="utf-8")
    found = _SECTION.search(text)
    if found is None:
        text = f"{text.rstrip()}\n\n[store]\n{line}\n"
    else:
        text = f"{text[: found.end()]}\n{line}{text[found.end() :]}"
    tomllib.loads(text)
    whole = path.with_name(f".{path.name}.new")  # cut short, the settings are what they were
    whole.write_text(text, encoding="utf-8")
    shutil.copymode(path, whole)
    whole.replace(path)


def _kept(url: str) -> str:
    """Return *url* as the settings may hold it: whole, but where it has a password."""
    return without_password(url) if has_password(url) else url
