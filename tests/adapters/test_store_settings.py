"""`[store] url`: an address of PostgreSQL, and never a password in the file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tactful.adapters.settings import read_settings
from tactful.assembly import init_shop, open_shop
from tactful.terms import Mistake, Trouble


def url_of(folder: Path, line: str = "", **environment: str) -> str:
    """Return the address that the settings end up with."""
    (folder / "tactful.toml").write_text(f'[shop]\nwrite_key = "wk"\n\n[store]\n{line}\n', "utf-8")
    return read_settings(folder, environment).store.url


def test_no_address_by_default(tmp_path: Path) -> None:
    """The store is a file in the shop folder."""
    assert url_of(tmp_path) == ""


def test_the_environment_outranks_the_file(tmp_path: Path) -> None:
    """An address stands in the file; a whole one, with its password, in the environment."""
    line = 'url = "postgresql://shop@db.example/shop"'
    whole = "postgresql://shop:secret@db.example/shop"
    assert url_of(tmp_path, line) == "postgresql://shop@db.example/shop"
    assert url_of(tmp_path, line, TACTFUL_STORE_URL=whole) == whole


@pytest.mark.parametrize(
    "url", ["postgresql://shop:secret@db/shop", "postgresql://db/shop?password=secret"]
)
def test_a_password_in_the_file_is_refused(tmp_path: Path, url: str) -> None:
    """The message says where it belongs, and does not repeat it."""
    with pytest.raises(Mistake, match="TACTFUL_STORE_URL") as said:
        url_of(tmp_path, f'url = "{url}"')
    assert "secret" not in str(said.value)


@pytest.mark.parametrize("url", ["mysql://a:secret@db/shop", "secret", "postgresql://[secret"])
def test_an_address_of_anything_else_is_refused(tmp_path: Path, url: str) -> None:
    """The message shows what an address looks like, and does not repeat this one."""
    with pytest.raises(Mistake, match="postgresql://tactful@db") as said:
        url_of(tmp_path, TACTFUL_STORE_URL=url)
    assert "secret" not in str(said.value)


def test_a_driver_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where psycopg is not installed the message says what to install."""
    init_shop(tmp_path / "shop")
    monkeypatch.setitem(sys.modules, "tactful.adapters.postgres", None)
    monkeypatch.setenv("TACTFUL_STORE_URL", "postgresql://db.example/shop")
    with pytest.raises(Trouble, match=r"pip install 'tactful\[postgres\]'"):
        open_shop(tmp_path / "shop")
