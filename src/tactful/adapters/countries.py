"""
The bundled table of countries by internet address: in which country a network was registered.

`pack/countries.md` says where it comes from, under which licence, and what it cannot tell.
"""

from __future__ import annotations

import zipfile
import zlib
from array import array
from bisect import bisect_right
from datetime import date
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tactful.terms import Trouble

TABLE: Final = Path(__file__).parents[1] / "pack" / "countries.npz"

_IPV6_BITS_LEFT_OUT: Final = 64
_DAMAGE: Final = (ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error)


class _Ranges:
    """Where ranges start, in order, and a country for each."""

    def __init__(self, starts: array[int], places: bytes, codes: tuple[str, ...]) -> None:
        if not len(starts) == len(places) or starts[0] != 0 or max(places) >= len(codes):
            raise ValueError("the columns do not fit each other")
        self._starts = starts
        self._places = places
        self._codes = codes

    def country_of(self, number: int) -> str | None:
        """Return the country at *number*, or None where none is known."""
        return self._codes[self._places[bisect_right(self._starts, number) - 1]] or None


class CountryTable:
    """
    Countries by address, as they were registered when the table was `made`.

    What is nobody's in particular (private, loopback, documentation, ...) has no country.
    """

    def __init__(self, made: date, ipv4: _Ranges, ipv6: _Ranges) -> None:
        self.made = made
        self._ipv4 = ipv4
        self._ipv6 = ipv6

    def country_of(self, address: IPv4Address | IPv6Address) -> str | None:
        """Return the ISO 3166-1 code of the country, or None where it is not known."""
        if isinstance(address, IPv4Address):
            return self._ipv4.country_of(int(address))
        inside = address.ipv4_mapped
        if inside is not None:
            return self._ipv4.country_of(int(inside))
        return self._ipv6.country_of(int(address) >> _IPV6_BITS_LEFT_OUT)


@cache
def open_countries(path: Path = TABLE) -> CountryTable:
    """
    Return the table in *path*, which is read once.

    Raises:
        Trouble: it is missing or damaged.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as columns:
            return _table(columns)
    except (*_DAMAGE, OSError) as wrong:
        raise Trouble(
            f"{path}, the table of countries by address, cannot be read: install tactful again, "
            "or set [server] country_lookup = false"
        ) from wrong


class _Columns(Protocol):
    def __getitem__(self, name: str, /) -> NDArray[np.generic]: ...


def _table(columns: _Columns) -> CountryTable:
    codes = tuple(str(code) for code in columns["codes"])
    ipv4 = array("I", columns["starts4"].astype("u4").tobytes())
    ipv6 = array("Q", columns["starts6"].astype("u8").tobytes())
    return CountryTable(
        made=date.fromisoformat(str(columns["made"])),
        ipv4=_Ranges(ipv4, columns["places4"].tobytes(), codes),
        ipv6=_Ranges(ipv6, columns["places6"].tobytes(), codes),
    )
