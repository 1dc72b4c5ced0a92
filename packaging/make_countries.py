"""
Make the table of countries by address that comes with tactful, from ranges as CSV.

`python packaging/make_countries.py FOLDER DATE` reads every `*-ipv4-num.csv` and `*-ipv6-num.csv`
in FOLDER (first address, last address, ISO 3166 code; as numbers, both inclusive) as it stood on
DATE (2026-06-17), and writes `src/tactful/pack/countries.npz`.  `src/tactful/pack/countries.md`
says where the ranges come from, and under which licence; it moves with the table.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import csv
import ipaddress
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

PACK: Final = Path(__file__).parents[1] / "src" / "tactful" / "pack"
UNKNOWN: Final = ""
IPV6_BITS_LEFT_OUT: Final = 64
"""No range is narrower than this: registries give no network less than a /64."""

NOBODYS: Final = {
    4: (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by the subjects of a provider (RFC 6598)
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation (RFC 5737), with 198.51.100.0 and 203.0.113.0
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    ),
    6: (
        "::/3",  # all but 2000::/3 is for special purposes
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "4000::/2",
        "8000::/1",
    ),
}
"""Blocks for special purposes (the IANA registries of RFC 6890): no address in them has a place."""

Range = tuple[int, int, str]


def main(folder: Path, made: date) -> None:
    """Read the ranges in *folder*, write the table, and say how large it is."""
    codes = _codes()
    tables = {version: _starts(_ranges(folder, version, codes), version) for version in (4, 6)}
    names = sorted({code for starts in tables.values() for _, code in starts})
    place = {code: index for index, code in enumerate(names)}
    columns: dict[str, np.ndarray] = {}
    for version, starts in tables.items():
        width = np.uint32 if version == 4 else np.uint64  # noqa: PLR2004 - IPv4
        columns[f"starts{version}"] = np.array([start for start, _ in starts], dtype=width)
        columns[f"places{version}"] = np.array([place[code] for _, code in starts], dtype=np.uint8)
    made_on = np.array(made.isoformat())
    path = PACK / "countries.npz"
    np.savez_compressed(path, codes=np.array(names), made=made_on, **columns)
    counts = ", ".join(f"{len(starts):,} of IPv{version}" for version, starts in tables.items())
    print(f"{path}: {path.stat().st_size:,} bytes, {len(names) - 1} regions, ranges: {counts}")  # noqa: T201


def _codes() -> frozenset[str]:
    """Return the codes that stand for one country; a range for all of Europe tells nothing."""
    known = tomllib.loads((PACK / "mappings" / "regions.toml").read_text("utf-8"))
    return frozenset(known) - {"EU"}


def _ranges(folder: Path, version: int, codes: frozenset[str]) -> Iterator[Range]:
    for path in sorted(folder.glob(f"*-ipv{version}-num.csv")):
        with path.open(encoding="ascii", newline="") as file:
            for first, last, code in csv.reader(file):
                yield int(first), int(last), code if code in codes else UNKNOWN


def _starts(ranges: Iterable[Range], version: int) -> list[tuple[int, str]]:
    """Return where the country changes, in order; between the ranges, it is unknown."""
    shift = IPV6_BITS_LEFT_OUT if version == 6 else 0  # noqa: PLR2004 - IPv6
    changes: list[tuple[int, str]] = [(0, UNKNOWN)]
    for first, last, code in sorted(_cut(ranges, version)):
        start, end = first >> shift, (last >> shift) + 1
        if start < changes[-1][0]:
            raise ValueError(f"two ranges overlap at {first}")
        changes.append((start, code))
        changes.append((end, UNKNOWN))
    return list(_without_repeats(changes))


def _cut(ranges: Iterable[Range], version: int) -> Iterator[Range]:
    """Yield *ranges* without the blocks that are nobody's."""
    blocks = [ipaddress.ip_network(block) for block in NOBODYS[version]]
    holes = sorted((int(block[0]), int(block[-1])) for block in blocks)
    for first, last, code in ranges:
        start = first
        for low, high in holes:
            if high < start or low > last:
                continue
            if start < low:
                yield start, low - 1, code
            start = high + 1
        if start <= last:
            yield start, last, code


def _without_repeats(changes: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield of several changes at one address the last, and none that changes nothing."""
    last_of = dict(changes)
    before: str | None = None
    for start, code in last_of.items():
        if code != before:
            yield start, code
        before = code


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
