"""The reference names every command, every option and every setting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from tactful.adapters.settings import Settings, read_settings
from tactful.assembly import init_shop
from tactful.cli import main

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
OBVIOUS = {"--help", "--shop", "--json"}


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, f"{path} {name}")


COMMANDS = dict(_commands(main, "tactful"))


@pytest.mark.parametrize("path", [path for path in COMMANDS if path != "tactful"])
def test_commands_are_documented(path: str) -> None:
    """A command has a section of its own, with an example and all its options."""
    text = (REFERENCE / "commands.md").read_text("utf-8")
    sections = dict(re.findall(r"^##+ (tactful .*)\n([\s\S]*?)(?=^##|\Z)", text, re.MULTILINE))
    options = {
        name
        for parameter in COMMANDS[path].params
        for name in parameter.opts
        if name.startswith("--")
    }

    assert path in sections
    if not isinstance(COMMANDS[path], click.Group):
        assert f"$ {path}" in sections[path]
    assert [name for name in options - OBVIOUS if f"{name}" not in sections[path]] == []


def _settings() -> Iterator[tuple[str, str, str]]:
    for section in msgspec.structs.fields(Settings):
        for setting in msgspec.structs.fields(section.type):
            variable = f"TACTFUL_{section.name}_{setting.name}".upper()
            yield section.name, setting.name, variable


@pytest.mark.parametrize(("section", "name", "variable"), list(_settings()))
def test_settings_are_documented(section: str, name: str, variable: str) -> None:
    """A setting stands in the table of its section, with its environment variable."""
    text = (REFERENCE / "settings.md").read_text("utf-8")
    table = text.partition(f"## `[{section}]`")[2].partition("\n## ")[0]

    assert f"| `{name}` | `{variable}` |" in table


def test_the_environment_outranks_the_file(tmp_path: Path) -> None:
    """What the reference says about environment variables is so."""
    init_shop(tmp_path / "shop")

    settings = read_settings(tmp_path / "shop", {"TACTFUL_SERVER_PORT": "9999"})

    assert settings.server.port == 9999
