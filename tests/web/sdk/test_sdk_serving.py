"""The modules are small, compressed, checkable, and for good under the name of their digest."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_worlds import World, served

from tactful.adapters.banner_words import banner_words, words_in
from tactful.terms import PolicyMistake
from tactful.web.sdk.serving import FOLDER, modules

CORE_BYTES = 5 * 1024
ALL_BYTES = 10 * 1024


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a shop that is served; the tests only look."""
    with served(tmp_path_factory.mktemp("modules") / "shop") as found:
        yield found


def test_small() -> None:
    """The core takes at most 5 KB on the wire, with the banner 10 KB."""
    packed = {module.name: len(module.packed) for module in modules()}
    assert packed["tactful"] <= CORE_BYTES
    assert packed["tactful"] + packed.get("consent", 0) <= ALL_BYTES


def test_what_is_served(world: World) -> None:
    """Plain or compressed, it is the source without comments, and its digest is what is listed."""
    listed = world.send("GET", "/sdk/integrity.json", key=None).json()
    for module in modules():
        plain = world.send(
            "GET", f"/sdk/{module.name}.js", key=None, headers={"accept-encoding": ""}
        )
        digest = base64.b64encode(hashlib.sha384(plain.content).digest()).decode()
        assert listed[module.name] == {
            "src": f"/sdk/{module.lasting_name}",
            "integrity": f"sha384-{digest}",
        }
        assert gzip.decompress(module.packed) == plain.content
        assert b"/**" not in plain.content
        assert len(plain.content) < (FOLDER / f"{module.name}.js").stat().st_size


def test_how_long_it_is_kept(world: World) -> None:
    """Under the name with its digest a browser keeps a module; under its own it asks again."""
    (module, *_) = modules()
    lasting = world.send("GET", f"/sdk/{module.lasting_name}", key=None)
    plain = world.send("GET", f"/sdk/{module.name}.js", key=None)
    assert "immutable" in lasting.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]
    for answer in (lasting, plain):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["vary"] == "accept-encoding"


def test_asked_again(world: World) -> None:
    """A browser that has it already is told so in a few bytes."""
    first = world.send("GET", "/sdk/tactful.js", key=None)
    again = world.send(
        "GET", "/sdk/tactful.js", key=None, headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["tactful-0000000000000000.js", "other.js", "..%2fserving.py", "tactful.js.map"]
)
def test_nothing_else(world: World, name: str) -> None:
    """No other file is served, and an old version is not silently replaced by a new one."""
    assert world.send("GET", f"/sdk/{name}", key=None).status_code == 404


def test_no_file_is_forgotten() -> None:
    """Every module in the folder is served."""
    assert {module.name for module in modules()} == {
        path.stem for path in Path(FOLDER).glob("*.js")
    }


def test_the_words_of_the_banner_are_the_shops_to_change(tmp_path: Path) -> None:
    """A shop changes single words, or brings a language; the rest stays as it comes."""
    folder = tmp_path / "banner"
    folder.mkdir()
    (folder / "en.toml").write_text('accept = "Fine with me"\n', "utf-8")
    spoken = banner_words(tmp_path)
    assert words_in(spoken, "en-GB")["accept"] == "Fine with me"
    assert words_in(spoken, "en")["reject"] == "Reject all"
    assert words_in(spoken, "fi") == words_in(spoken, "en")
    (folder / "fi.toml").write_text('accept = "Sopii"\n', "utf-8")
    with pytest.raises(PolicyMistake, match=r"policy/banner/fi.toml: about is missing"):
        banner_words(tmp_path)
    (folder / "fi.toml").write_text('aksept = "Sopii"\n', "utf-8")
    with pytest.raises(PolicyMistake, match="no word is called aksept: use about, accept"):
        banner_words(tmp_path)
    (folder / "fi.toml").write_text("accept = 3\n", "utf-8")
    with pytest.raises(PolicyMistake, match="accept needs a text in quotes"):
        banner_words(tmp_path)
