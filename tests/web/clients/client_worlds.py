"""Real clients of other makers, as they come from PyPI and npm, pointed at a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from npm_worlds import node_modules
from server_worlds import Running

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CLIENTS = ROOT / "docs" / "reference" / "clients.md"
SECONDS = 120
NOTICE = "privacy@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom calls speak of: by the shop's id, or by the browser's alone."""

    user_id: str | None = None
    anonymous_id: str | None = None

    @property
    def names(self) -> dict[str, str]:
        """Return the names as `/v1/consent` takes them."""
        said = {"userId": self.user_id, "anonymousId": self.anonymous_id}
        return {name: value for name, value in said.items() if value}


def grant(server: Running, person: Person) -> None:
    """Let *person* in Germany say yes to a history of their own."""
    said = {"statements": {"individual_personalization": "grant"}, "notice": NOTICE, "region": "DE"}
    answer = httpx.post(
        f"{server.address}/v1/consent",
        json={**said, **person.names, "writeKey": server.keys.write_key},
    )
    assert answer.is_success, answer.text


def known(server: Running, user_id: str) -> dict[str, Any]:
    """Return everything that is known about *user_id*; nothing where nobody is."""
    headers = {"authorization": f"Bearer {server.keys.secret_key}"}
    answer = httpx.get(f"{server.address}/v1/subjects/{user_id}", headers=headers)
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return found


def events(server: Running, person: Person) -> list[dict[str, Any]]:
    """Return the kept events of *person*; who has no id of the shop's logs in to be asked for."""
    user_id = person.user_id
    if user_id is None:
        user_id = f"late-{person.anonymous_id}"
        call = {"userId": user_id, "anonymousId": person.anonymous_id}
        body = {**call, "writeKey": server.keys.write_key}
        assert httpx.post(f"{server.address}/v1/identify", json=body).is_success
    found: list[dict[str, Any]] = known(server, user_id).get("events", [])
    return found


def tallied(server: Running, what: str) -> float:
    """Return the figure called *what* of the server's metrics."""
    text = httpx.get(f"{server.address}/metrics").text
    found = re.search(rf"^{re.escape(what)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def run_node(program: str, **given: object) -> str:
    """Run *program*, an ES module, where the packages are; return what it prints."""
    folder = node_modules()
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", program],
        cwd=folder,
        env={**_plain_environment(), "GIVEN": json.dumps(given)},
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _plain_environment() -> Mapping[str, str]:
    """Return the environment without proxies: the server is on loopback."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("proxy")}


def snippets(language: str) -> dict[str, str]:
    """Return the snippets of the documentation in *language*, by the heading they stand under."""
    sections = CLIENTS.read_text("utf-8").split("\n### ")[1:]
    fence = f"```{language}\n"
    return {
        section.partition("\n")[0]: section.split(fence)[1].partition("```")[0]
        for section in sections
        if fence in section.partition("\n## ")[0]
    }


def pointed_at(server: Running, snippet: str) -> str:
    """Return *snippet* with the address and the write key of *server*."""
    there = snippet.replace("http://127.0.0.1:8787", server.address)
    return there.replace("wk_...", server.keys.write_key)
