"""
Find the address that a request really came from, behind the proxies that hand it on.

Each proxy appends the address it was called from, so only the right end of the list is its word;
everything to the left may be the client's own invention.  The walk therefore starts at the right
and ends at the first address that is no trusted proxy.  Addresses are returned, never kept.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Header: TypeAlias = tuple[bytes, bytes]

MOST_PROXIES: Final = 32
"""No request passes more: a longer list was made up."""

_WITH_PORT: Final = re.compile(r"\[(?P<ipv6>[^]]+)\](?::\w+)?|(?P<ipv4>\d+\.\d+\.\d+\.\d+):\w+")
_FOR: Final = re.compile(
    r"""\s*for\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^"\s]*))\s*""", re.IGNORECASE
)


class TrustedProxies:
    """The networks whose word about a request is believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        known = [ipaddress.ip_network(network) for network in networks]
        self._bounds = {
            version: tuple((int(n[0]), int(n[-1])) for n in known if n.version == version)
            for version in (4, 6)
        }

    def __contains__(self, address: Address) -> bool:
        number = int(address)
        return any(low <= number <= high for low, high in self._bounds[address.version])


def sender(peer: Address, headers: Sequence[Header], trusted: TrustedProxies) -> Address | None:
    """
    Return the address of whoever sent a request, or None where the proxies do not say.

    A proxy may speak by `X-Forwarded-For` or by `Forwarded` (RFC 7239), and hands on the other as
    it came; so where both are there and contradict each other, neither is believed.

    Args:
        peer: Who is connected to this server.
        headers: All of them in the order they came, their names in lower case.
        trusted: The proxies that are believed.
    """
    if peer not in trusted:
        return peer
    lists = _forwarded_for(headers), _forwarded(headers)
    found = [_walk(said, trusted) for said in lists if said]
    return found[0] if found and all(one == found[0] for one in found) else None


def address_of(text: str) -> Address | None:
    """Return the address that *text* writes, with or without a port; None where it is none."""
    if match := _WITH_PORT.fullmatch(text):
        text = match["ipv6"] or match["ipv4"]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def _walk(said: Sequence[str], trusted: TrustedProxies) -> Address | None:
    for text in said[: -MOST_PROXIES - 1 : -1]:
        address = address_of(text)
        if address is None or address not in trusted:
            return address
    return None


def _forwarded_for(headers: Sequence[Header]) -> list[str]:
    """Return what `X-Forwarded-For` lists: several lines of a header are one (RFC 9110, 5.3)."""
    lines = (value for name, value in headers if name == b"x-forwarded-for")
    return [text.strip() for line in lines for text in line.decode("latin-1").split(",")]


def _forwarded(headers: Sequence[Header]) -> list[str]:
    """Return for whom `Forwarded` says each proxy asked: an empty word where one does not say."""
    lines = (value for name, value in headers if name == b"forwarded")
    return [_for(text) for line in lines for text in line.decode("latin-1").split(",")]


def _for(element: str) -> str:
    """Return what stands behind `for=` in one element, which must say it once."""
    matches = [match for pair in element.split(";") if (match := _FOR.fullmatch(pair))]
    return matches[0]["quoted"] or matches[0]["plain"] or "" if len(matches) == 1 else ""
