"""Map files: the shop's own, and those that come with tactful."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from tactful.adapters.table_lines import opened
from tactful.capabilities.collect.tables.mapping import FileMap, map_from
from tactful.terms import Mistake

_PACK = files("tactful") / "pack" / "mappings"
REGIONS = "regions.toml"


def read_map(path: Path, *, kind: str) -> FileMap:
    """
    Read a map file for an import of *kind*.

    Raises:
        Mistake: it is missing, is not TOML, or says something that cannot be used.
    """
    try:
        with opened(path) as file:
            return map_from(tomllib.load(file), kind=kind, regions=region_names())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Mistake(f"{path} is not TOML: {wrong}") from None
    except Mistake as wrong:
        raise Mistake(f"{path}: {wrong}") from None


@cache
def built_in_maps() -> tuple[FileMap, ...]:
    """Return the maps that come with tactful; they know their files by the columns."""
    parsed = (
        tomllib.loads(file.read_text("utf-8"))
        for file in sorted(_PACK.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name != REGIONS
    )
    return tuple(map_from(toml, kind=toml["as"], regions=region_names()) for toml in parsed)


@cache
def region_names() -> Mapping[str, str]:
    """Return region codes by the names, in small letters, that exports write for them."""
    parsed: dict[str, list[str]] = tomllib.loads((_PACK / REGIONS).read_text("utf-8"))
    return {name: code for code, names in parsed.items() for name in names}
