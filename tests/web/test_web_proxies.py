"""The walk along forwarded addresses: nobody but a trusted proxy has a say in where they are."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.web.proxies import MOST_PROXIES, Address, Header, TrustedProxies, address_of, sender

OURS = TrustedProxies(["127.0.0.0/8", "::1/128", "10.0.0.0/8", "2001:db8:aa::/48"])
PROXY = ip_address("10.0.0.1")

proxies = st.one_of(
    st.ip_addresses(v=4, network="10.0.0.0/8"), st.ip_addresses(network="2001:db8:aa::/48", v=6)
)
strangers = st.ip_addresses().filter(lambda address: unmapped(address) not in OURS)
inventions = st.lists(
    st.one_of(
        st.ip_addresses().map(str),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20),
    ),
    max_size=50,
)


def unmapped(address: Address) -> Address:
    """Return *address*, out of the IPv6 that it may be wrapped in."""
    inside = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return inside or address


def x_forwarded_for(*entries: str) -> list[Header]:
    """Return the header with *entries*."""
    return [(b"x-forwarded-for", ", ".join(entries).encode("latin-1"))] if entries else []


def forwarded(*entries: str) -> list[Header]:
    """Return the header of RFC 7239 with elements for *entries*."""
    quoted = (f'for="[{entry}]"' if ":" in entry else f"for={entry}" for entry in entries)
    return [(b"forwarded", ", ".join(quoted).encode("latin-1"))] if entries else []


@given(strangers, inventions)
def test_who_is_no_proxy_is_the_sender(peer: Address, invented: list[str]) -> None:
    """Whatever a client writes into the headers, its own address is what counts."""
    headers = x_forwarded_for(*invented) + forwarded(*invented)

    assert sender(peer, headers, OURS) == peer


@given(inventions, strangers, st.lists(proxies, max_size=5), st.sampled_from(["x", "rfc"]))
def test_what_stands_left_of_the_client_changes_nothing(
    invented: list[str], client: Address, chain: list[Address], by: str
) -> None:
    """The trusted proxies tell of one client; what it had put before itself is never read."""
    write = x_forwarded_for if by == "x" else forwarded
    entries = [str(client), *map(str, chain)]
    honest = sender(PROXY, write(*entries), OURS)

    assert honest == unmapped(client)
    assert sender(PROXY, write(*invented, *entries), OURS) == honest


@given(inventions, strangers, st.lists(proxies, max_size=5))
def test_a_list_in_several_lines_is_one(
    invented: list[str], client: Address, chain: list[Address]
) -> None:
    """A proxy may add a line of its own behind what it was given."""
    headers = [
        line for entry in (*invented, client, *chain) for line in x_forwarded_for(str(entry))
    ]

    assert sender(PROXY, headers, OURS) == unmapped(client)


@given(inventions, strangers, st.sampled_from(["x", "rfc"]))
def test_the_header_that_the_proxy_leaves_alone_cannot_win(
    invented: list[str], client: Address, by: str
) -> None:
    """A forged second header leads at most to nothing being known."""
    told, forged = (x_forwarded_for, forwarded) if by == "x" else (forwarded, x_forwarded_for)

    assert sender(PROXY, told(str(client)) + forged(*invented), OURS) in {unmapped(client), None}


@given(st.lists(proxies, max_size=MOST_PROXIES + 5))
def test_a_proxy_is_nobody(chain: list[Address]) -> None:
    """Where the proxies name only each other, nothing is known: never a proxy's own address."""
    assert sender(PROXY, x_forwarded_for(*map(str, chain)), OURS) is None


@given(strangers, st.sampled_from(["unknown", "_hidden", "", "a.b.c.d", "999.1.1.1", "1.2.3"]))
def test_the_walk_does_not_pass_what_it_cannot_read(client: Address, broken: str) -> None:
    """Behind an entry that is no address, nothing is believed."""
    assert sender(PROXY, x_forwarded_for(str(client), broken), OURS) is None
    assert sender(PROXY, forwarded(str(client), broken), OURS) is None


@pytest.mark.parametrize(
    ("element", "address"),
    [
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ('For="192.0.2.43:47011"', "192.0.2.43"),
        ('proto=https; FOR = "192.0.2.43"', "192.0.2.43"),
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
        ("for=1.1.1.1;for=192.0.2.43", None),
        ('for="_gazonk"', None),
        ("by=203.0.113.43", None),
        ('for="192.0.2.43', None),
    ],
)
def test_the_examples_of_rfc_7239(element: str, address: str | None) -> None:
    """What RFC 7239, sections 4 and 6, shows is read; an element that names two or none is not."""
    found = sender(PROXY, [(b"forwarded", element.encode())], OURS)

    assert found == (ip_address(address) if address else None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", IPv4Address("192.0.2.1")),
        ("192.0.2.1:443", IPv4Address("192.0.2.1")),
        ("::ffff:192.0.2.1", IPv4Address("192.0.2.1")),
        ("2001:db8::1", IPv6Address("2001:db8::1")),
        ("[2001:db8::1]", IPv6Address("2001:db8::1")),
        ("[2001:db8::1]:443", IPv6Address("2001:db8::1")),
        ("", None),
        ("testclient", None),
        ("192.0.2.1:", None),
        ("192.0.2.1:443:1", None),
    ],
)
def test_an_address_with_or_without_a_port(text: str, address: Address | None) -> None:
    """Proxies write both; an IPv4 address inside IPv6 is what it holds."""
    assert address_of(text) == address
