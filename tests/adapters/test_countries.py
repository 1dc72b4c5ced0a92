"""The bundled table of countries by address, and the codes that stand for a region."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.adapters.countries import TABLE, open_countries
from tactful.adapters.regions import region_codes
from tactful.terms import Trouble


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("130.149.7.201", "DE"),  # Technische Universität Berlin
        ("193.0.6.139", "NL"),  # RIPE NCC
        ("212.58.244.70", "GB"),  # BBC
        ("82.64.0.1", "FR"),  # Free
        ("8.8.8.8", "US"),  # Google
        ("24.48.0.1", "CA"),  # Vidéotron
        ("200.160.2.3", "BR"),  # NIC.br
        ("203.178.141.194", "JP"),  # WIDE
        ("49.36.0.1", "IN"),  # Reliance Jio
        ("114.114.114.114", "CN"),
        ("::ffff:130.149.7.201", "DE"),
        ("2001:67c:2e8:22::c100:68b", "NL"),  # RIPE NCC
        ("2001:4860:4860::8888", "US"),  # Google
        ("2001:638:809::1", "DE"),  # DFN
    ],
)
def test_known_addresses(address: str, country: str) -> None:
    """Networks whose holder is well known are in the country that the registry notes for them."""
    assert open_countries().country_of(ip_address(address)) == country


@pytest.mark.parametrize(
    "network",
    [
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24",
        "192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4",
        "240.0.0.0/4 255.255.255.255/32 ::/128 ::1/128 64:ff9b::/96 100::/64 2001::/32",
        "2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 ff00::/8",
    ],
)
@given(choice=st.data())
def test_what_is_nobody_s_has_no_country(network: str, choice: st.DataObject) -> None:
    """Private, shared, loopback, link-local, documentation and reserved addresses are unknown."""
    block = choice.draw(st.sampled_from(network.split()))
    address = choice.draw(st.ip_addresses(network=block))

    assert open_countries().country_of(address) is None


@given(st.ip_addresses())
def test_every_address_has_an_answer(address: object) -> None:
    """There is a country, by its ISO code, or none: never an error."""
    found = open_countries().country_of(address)  # type: ignore[arg-type]

    assert found is None or (found in region_codes() and re.fullmatch("[A-Z]{2}", found))


def test_the_table_says_where_it_comes_from() -> None:
    """Day, source and licence stand beside the table, which is small enough to be handed on."""
    beside = TABLE.with_name("countries.md").read_text("utf-8")

    assert open_countries().made.isoformat() in beside
    assert open_countries().made > date(2026, 1, 1)
    assert "nro.net" in beside
    assert "Attribution 4.0" in beside
    assert TABLE.stat().st_size < 1_500_000


def columns() -> dict[str, np.ndarray]:
    """Return a table of three ranges."""
    return {
        "codes": np.array(["", "DE"]),
        "made": np.array("2026-01-01"),
        "starts4": np.array([0, 5, 9], dtype=np.uint32),
        "places4": np.array([0, 1, 0], dtype=np.uint8),
        "starts6": np.array([0], dtype=np.uint64),
        "places6": np.array([0], dtype=np.uint8),
    }


def test_ranges_begin_and_end_where_they_say(tmp_path: Path) -> None:
    """The first address of a range belongs to it, the one before does not."""
    np.savez(tmp_path / "small.npz", **columns())  # type: ignore[arg-type]
    table = open_countries(tmp_path / "small.npz")

    found = [table.country_of(ip_address(number)) for number in (4, 5, 8, 9)]
    assert found == [None, "DE", "DE", None]


@pytest.mark.parametrize(
    "damage",
    [
        {"places4": np.array([0, 1], dtype=np.uint8)},
        {"places4": np.array([0, 2, 0], dtype=np.uint8)},
        {"starts4": np.array([1, 5, 9], dtype=np.uint32)},
        {"starts6": np.array([], dtype=np.uint64), "places6": np.array([], dtype=np.uint8)},
        {"made": np.array("yesterday")},
    ],
)
def test_columns_that_do_not_fit(damage: dict[str, np.ndarray], tmp_path: Path) -> None:
    """A table that would answer wrongly is refused when it is opened."""
    np.savez(tmp_path / "odd.npz", **(columns() | damage))  # type: ignore[arg-type]

    with pytest.raises(Trouble, match="cannot be read"):
        open_countries(tmp_path / "odd.npz")


@pytest.mark.parametrize("left", [0, 10, 100_000, 400_000])
def test_a_table_that_was_cut_off(left: int, tmp_path: Path) -> None:
    """A damaged file is told at once, with what to do."""
    (tmp_path / "cut.npz").write_bytes(TABLE.read_bytes()[:left])

    with pytest.raises(Trouble, match="country_lookup = false"):
        open_countries(tmp_path / "cut.npz")


def test_a_table_with_one_byte_changed(tmp_path: Path) -> None:
    """The archive's checksums find it."""
    whole = bytearray(TABLE.read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / "bent.npz").write_bytes(whole)

    with pytest.raises(Trouble):
        open_countries(tmp_path / "bent.npz")


def test_a_table_that_is_missing(tmp_path: Path) -> None:
    """No table is a trouble of the installation, and said so."""
    with pytest.raises(Trouble, match="install tactful again"):
        open_countries(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "code", ["DE", "EU", "UK", "GB", "GB-SCT", "US", "US-CA", "US-DC", "CA-QC"]
)
def test_regions_that_exist(code: str) -> None:
    """ISO 3166 countries, their parts, and the two names in wide use."""
    assert code in region_codes()


@pytest.mark.parametrize(
    "code", ["", "ZZ", "XX", "QQ-A", "US-", "DE-", "US-XX9", "US-QC", "CA-CA", "de"]
)
def test_regions_that_do_not_exist(code: str) -> None:
    """The states of the United States and Canada are known by name."""
    assert code not in region_codes()


def test_regions_that_a_shop_adds() -> None:
    """A regime of the shop's own may claim a code that ISO does not list."""
    assert "XK" not in region_codes()
    assert "XK" in region_codes({"XK"})
