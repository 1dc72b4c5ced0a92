"""A catalogue that another process imports is what a running server decides from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from click.testing import CliRunner
from server_worlds import Running, running

from tactful.cli import main


def _import(server: Running, file: Path, *items: str, more: tuple[str, ...] = ()) -> None:
    file.write_text("".join(json.dumps({"id": i, "title": i}) + "\n" for i in items), "utf-8")
    shop = ["--as", "catalogue", "--shop", str(server.folder), *more]
    assert CliRunner().invoke(main, ["import", str(file), *shop]).exit_code == 0


def _shown(server: Running) -> list[str]:
    ask = {"slot": "trending", "anonymousId": "a"}
    headers = {"authorization": f"Bearer {server.keys.secret_key}"}
    answer = httpx.post(f"{server.address}/v1/decide", json=ask, headers=headers)
    return [item["id"] for item in answer.json()["items"]]


def _soon(condition: Callable[[], bool]) -> bool:
    """Wait up to five seconds for *condition*; one is what is promised."""
    last = time.monotonic() + 5
    while not condition() and time.monotonic() < last:
        time.sleep(0.02)
    return condition()


def test_an_import_beside_a_server_is_decided_from(tmp_path: Path) -> None:
    """What is put appears, what the whole catalogue lacks disappears, without a restart."""
    with running(tmp_path / "shop") as server:
        assert _shown(server) == []
        _import(server, tmp_path / "goods.jsonl", "mug", "cup", "pot")
        assert _soon(lambda: _shown(server) == ["mug", "cup", "pot"])
        _import(server, tmp_path / "goods.jsonl", "mug", "pan", "pot", more=("--complete",))
        assert _soon(lambda: _shown(server) == ["mug", "pot", "pan"])
