"""What can be typed, called or set is documented, and every word has its entry."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from litestar import Litestar

from tactful import terms

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ENTRY = re.compile(r"^### (?P<word>[^·\n]+?)(?: · (?P<types>`.+`))?$", re.MULTILINE)


def documented(name: str) -> str:
    """Return a page of the reference."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def entries() -> list[re.Match[str]]:
    """Return the headings of the glossary: a word, and the types that stand for it."""
    return list(ENTRY.finditer((ROOT / "GLOSSARY.md").read_text(encoding="utf-8")))


def test_the_glossary_is_the_vocabulary() -> None:
    """Every exported term has exactly one entry, and every type in an entry is exported."""
    types = [name for entry in entries() for name in re.findall(r"`(\w+)`", entry["types"] or "")]

    assert sorted(types) == sorted(terms.__all__)


def test_the_glossary_explains_every_word_once() -> None:
    """Words stand in alphabetical order, so that one can be found and none is there twice."""
    words = [entry["word"].lower() for entry in entries()]

    assert words == sorted(set(words))


def test_every_command_is_documented() -> None:
    """Each command, and each of its options, stands in docs/reference/commands.md."""
    from tactful.cli import main

    page = documented("commands.md")
    spoken = {line for path, command in _commands(main, "tactful") for line in _said(path, command)}

    assert {line for line in spoken if line not in page} == set()


def test_every_route_is_documented() -> None:
    """Each route stands in docs/reference/routes.md."""
    page = documented("routes.md")
    routes = set(_routes())

    assert routes
    assert {route for route in routes if route not in page} == set()


def test_every_setting_is_documented() -> None:
    """Each setting stands, by the variable that sets it, in docs/reference/settings.md."""
    from tactful.adapters.settings import Settings

    page = documented("settings.md")
    settings = {
        f"`TACTFUL_{section.name}_{key.name}`".upper()
        for section in msgspec.structs.fields(Settings)
        for key in msgspec.structs.fields(section.type)
    }

    assert {setting for setting in settings if setting not in page} == set()


def test_the_examples_that_explain_run() -> None:
    """The Python in docs/explanation does what the text around it says."""
    for page in sorted((ROOT / "docs" / "explanation").glob("*.md")):
        blocks = re.findall(r"(?ms)^```python\n(.*?)^```", page.read_text(encoding="utf-8"))
        exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})  # noqa: S102


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(found, f"{path} {name}")


def _said(path: str, command: click.Command) -> Iterator[str]:
    yield path
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            yield max(option.opts, key=len)


def _routes() -> Iterator[str]:
    from tactful.web.pages import handlers
    from tactful.web.routes import ROUTES

    yield from (route.path for route in ROUTES)
    for page in Litestar(list(handlers), openapi_config=None).routes:
        yield re.sub(r"\{(\w+):\w+\}", r"{\1}", page.path)  # `{id:str}` is spelled `{id}`
