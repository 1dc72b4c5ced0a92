"""`[server]`: what it says about edges and proxies is read, or told what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tactful.adapters.settings import ServerSettings, read_settings
from tactful.terms import Mistake

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "tell-regions-apart.md"


def settings(folder: Path, server: str = "", **environment: str) -> ServerSettings:
    """Return what `[server]` says."""
    text = f'[shop]\nwrite_key = "wk"\n\n[server]\n{server}\n'
    (folder / "tactful.toml").write_text(text, "utf-8")
    return read_settings(folder, environment).server


def test_by_default_nothing_is_believed_but_this_machine(tmp_path: Path) -> None:
    """No edge, proxies on loopback only, and addresses are looked up."""
    found = settings(tmp_path)

    assert (found.region_header, found.subdivision_header) == ("", "")
    assert found.trusted_proxies == ("127.0.0.0/8", "::1/128")
    assert found.country_lookup


def test_networks_stand_in_a_list(tmp_path: Path) -> None:
    """A network, or a single address, of either version."""
    found = settings(tmp_path, 'trusted_proxies = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]')

    assert found.trusted_proxies == ("10.0.0.0/8", "192.0.2.7", "2001:db8::/32")


@pytest.mark.parametrize(
    ("value", "networks"),
    [("10.0.0.0/8", ("10.0.0.0/8",)), (" 10.0.0.0/8 , ::1 ", ("10.0.0.0/8", "::1")), ("", ())],
)
def test_commas_part_a_list_in_the_environment(
    value: str, networks: tuple[str, ...], tmp_path: Path
) -> None:
    """A variable of the environment outranks the file; an empty one trusts nobody."""
    environment: Mapping[str, str] = {"TACTFUL_SERVER_TRUSTED_PROXIES": value}

    assert settings(tmp_path, **environment).trusted_proxies == networks


def test_what_the_how_to_shows_can_be_written(tmp_path: Path) -> None:
    """Every `[server]` in docs/how-to/tell-regions-apart.md is taken."""
    page = HOW_TO.read_text("utf-8")
    shown = re.findall(
        r"^```toml tactful.toml\n\[server\]\n(.*?)^```", page, re.DOTALL | re.MULTILINE
    )

    assert len(shown) == 5
    first, *_ = [settings(tmp_path, server) for server in shown]
    assert first == ServerSettings()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('trusted_proxies = ["10.0.0.1/8"]', "10.0.0.1/8 has host bits set; write 10.0.0.0/8"),
        ('trusted_proxies = ["proxy.example"]', "'proxy.example' does not appear to be"),
        ('trusted_proxies = "10.0.0.0/8"', "Expected `array`"),
        ('region_header = "CF-IPCountry: "', "'CF-IPCountry: ' is no name of a header"),
        ('subdivision_header = "CF-Region-Code"', "a state alone is no region"),
        ('country_lookup = "perhaps"', "country_lookup"),
    ],
)
def test_what_cannot_be_is_told(line: str, told: str, tmp_path: Path) -> None:
    """The message names the file, what is wrong, and what to write."""
    with pytest.raises(Mistake) as mistake:
        settings(tmp_path, line)

    assert "tactful.toml" in str(mistake.value)
    assert told in str(mistake.value)
