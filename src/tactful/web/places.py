"""
Where a visitor is: what they say, else what the edge says, else where their address is registered.

A region is an ISO 3166 code.  What does not exist, or is not known, is None: the strictest law
holds there.  The address is looked at and forgotten; only the region goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from tactful.assembly import Opened, open_countries, region_codes
from tactful.capabilities.collect import Call, ip_of, region_of
from tactful.terms import Mistake
from tactful.terms.regime import REGION_CODE
from tactful.web.proxies import Address, Header, TrustedProxies, address_of, sender

NOWHERE: Final = frozenset({"XX", "T1", "ZZ"})
"""What edges write for "unknown": Cloudflare `XX`, and `T1` for Tor; others `ZZ`."""

_LONGEST: Final = len("US-CAL")
_STATE: Final = re.compile("[A-Z0-9]{1,3}")
_BROWSERS_ONLY: Final = frozenset({b"origin", b"sec-fetch-site"})
"""Headers that browsers send, and programs have no reason to."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Places:
    """Which regions there are, whose word on them is taken, and where addresses are registered."""

    known: Container[str]
    region_header: bytes
    subdivision_header: bytes
    trusted: TrustedProxies
    country_of: Callable[[Address], str | None]
    note_gap: Callable[[str], None]

    @classmethod
    def of(cls, opened: Opened) -> Places:
        """
        Return what the settings and the policy of *opened* say about places.

        Raises:
            Trouble: addresses are to be looked up, and the table cannot be read.
        """
        server, shop = opened.settings.server, opened.shop
        return cls(
            known=region_codes({code for regime in shop.policy.regimes for code in regime.regions}),
            region_header=server.region_header.lower().encode(),
            subdivision_header=server.subdivision_header.lower().encode(),
            trusted=TrustedProxies(server.trusted_proxies),
            country_of=open_countries().country_of if server.country_lookup else _unknown,
            note_gap=shop.note_gap,
        )

    def origin(self, scope: Any) -> Origin:  # noqa: ANN401 - ASGI's own
        """Return where the request in *scope* comes from, to be asked."""
        client = scope.get("client")
        return Origin(places=self, peer=client[0] if client else "", headers=scope["headers"])

    def accept(self, said: str | None) -> str | None:
        """Return the region that *said* means, if there is one; a code that is none is counted."""
        code = shaped(said)
        if code is None or code in self.known:
            return code
        self.note_gap(f"region {code}")
        return None

    def require(self, said: str | None) -> str | None:
        """
        Return the region that *said* means; what cannot be a code counts as unknown.

        Raises:
            Mistake: it is shaped like a code, and there is no such region.
        """
        code = shaped(said)
        if code is not None and code not in self.known:
            raise Mistake(f"there is no region {code}: write an ISO 3166 code, DE or US-CA")
        return code


@dataclass(frozen=True, kw_only=True, repr=False)
class Origin:
    """Where a request comes from: worked out when asked, and said to nobody else."""

    places: Places
    peer: str
    headers: Sequence[Header]

    def __repr__(self) -> str:
        return "Origin(...)"

    @cached_property
    def region(self) -> str | None:
        """Return where the sender is: by the edge's word, else by their address."""
        return self.told or self._found

    @property
    def region_of_asker(self) -> str | None:
        """
        Return where somebody is for whom a question is asked without a region.

        A shop's server may ask with the write key, too; its own address says nothing about
        anybody, so addresses count only where a browser asks.
        """
        return self.region if self.by_browser else self.told

    @cached_property
    def told(self) -> str | None:
        """Return the region that a trusted edge says."""
        address = self._peer
        if not self.places.region_header or address is None or address not in self.places.trusted:
            return None
        country = self._said(self.places.region_header)
        if country in NOWHERE:
            return None
        state = self._said(self.places.subdivision_header)
        return self.places.accept(_joined(country, state, self.places.known))

    @cached_property
    def by_browser(self) -> bool:
        """Tell whether a browser sent it: then the sender is the visitor, not a shop's server."""
        return any(name in _BROWSERS_ONLY for name, _ in self.headers)

    def region_of_call(self, call: Call) -> str | None:
        """
        Return where the sender of a call of analytics seems to be.

        What the call says comes first: its region, then the address it carries.  The request's own
        origin counts only where a browser sent it; a server's says nothing about a visitor.
        """
        if said := region_of(call):
            return self.places.accept(said)
        if (address := address_of(ip_of(call))) and (found := self.places.country_of(address)):
            return found
        return self.region if self.by_browser else None

    @property
    def _found(self) -> str | None:
        if self._peer is None:
            return None
        address = sender(self._peer, self.headers, self.places.trusted)
        return None if address is None else self.places.country_of(address)

    @cached_property
    def _peer(self) -> Address | None:
        return address_of(self.peer)

    def _said(self, header: bytes) -> str:
        """Return what *header* says; where several lines of it differ, nothing."""
        said = {value.strip().upper() for name, value in self.headers if name == header}
        return said.pop().decode("latin-1") if len(said) == 1 else ""


def shaped(said: str | None) -> str | None:
    """Return *said* in upper case if it can be an ISO 3166 code; else the region is unknown."""
    return _read(said) if said and len(said) <= _LONGEST and said.isascii() else None


@lru_cache(maxsize=1024)
def _read(said: str) -> str | None:
    code = said.upper()
    return code if REGION_CODE.fullmatch(code) else None


def _joined(country: str, state: str, known: Container[str]) -> str:
    """Return `US-CA` for `US` and `CA`, `US-CA` or `USCA`; the country where that is no region."""
    part = state.removeprefix(country).removeprefix("-") if len(state) > len(country) else state
    joined = f"{country}-{part}"
    return joined if _STATE.fullmatch(part) and joined in known else country


def _unknown(_: Address) -> None:
    """Know no country: addresses are not to be looked up."""
