"""The command line over a shop whose store is a PostgreSQL database."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from postgres_worlds import Server
from tactful.adapters.postgres.migrate import HEAD
from tactful.assembly import init_shop, open_shop
from tactful.cli import main


def test_commands_beside_servers(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers may hold the shop while commands look at it; no password is ever shown."""
    url = postgres.new_database()
    folder = tmp_path / "shop"
    init_shop(folder)
    monkeypatch.setenv("TACTFUL_STORE_URL", url.replace("postgres@", "postgres:secret@"))
    servers = [open_shop(folder, serving=True) for _ in range(2)]

    said = [
        CliRunner().invoke(main, [*shlex.split(command), "--shop", str(folder)])
        for command in ("doctor", "subject export nobody", "policy check")
    ]

    for server in servers:
        server.close()
    postgres.drop(url)
    assert "postgresql://postgres@" in said[0].output.replace("\n", "")
    assert HEAD in said[0].output
    assert said[2].exit_code == 0, said[2].output
    assert not any("secret" in each.output for each in said)
