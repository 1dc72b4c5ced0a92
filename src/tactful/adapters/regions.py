"""Which regions there are: the codes of ISO 3166 that come with tactful, and those a shop adds."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from tactful.adapters.map_files import REGIONS

ALSO_SAID: Final = frozenset({"UK"})
"""Reserved for the United Kingdom beside `GB`, and widely used."""

_PACK = files("tactful") / "pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCodes:
    """
    The codes that stand for a region, in upper case: `DE`, `US-CA`, `EU`.

    The states of a country are told from codes that do not exist where `states` lists them.
    """

    countries: frozenset[str]
    states: Mapping[str, frozenset[str]]
    added: frozenset[str] = frozenset()

    def __contains__(self, code: object) -> bool:
        if code in self.countries or code in self.added:
            return True
        return isinstance(code, str) and self._is_part(code)

    def _is_part(self, code: str) -> bool:
        country, dash, state = code.partition("-")
        if not dash or not state or country not in self.countries:
            return False
        listed = self.states.get(country)
        return listed is None or state in listed


def region_codes(added: Collection[str] = ()) -> RegionCodes:
    """Return the codes that exist, with those *added* by the regimes of a shop."""
    return RegionCodes(countries=_countries(), states=_states(), added=frozenset(added))


@cache
def _countries() -> frozenset[str]:
    known = tomllib.loads((_PACK / "mappings" / REGIONS).read_text("utf-8"))
    return frozenset(known) | ALSO_SAID


@cache
def _states() -> Mapping[str, frozenset[str]]:
    listed = tomllib.loads((_PACK / "subdivisions.toml").read_text("utf-8"))
    return {country: frozenset(states) for country, states in listed.items()}
