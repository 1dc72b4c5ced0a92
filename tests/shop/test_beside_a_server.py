"""A command beside a running server, after the policy was edited and before the restart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tactful.assembly import init_shop, open_shop

POST_CARDS = """
[post_cards]
title = "Post cards"
categories = ["user.contact"]
uses = ["personalize.content.limited"]
"""


def policy_of_digests(folder: Path) -> bytes:
    """Return the hash of the policy that the digests on the disk were taken under."""
    db = sqlite3.connect(folder / "data" / "store.db")
    noted: bytes = db.execute("SELECT value FROM meta WHERE name = 'policy_hash'").fetchone()[0]
    db.close()
    return noted


def test_a_command_leaves_the_servers_digests(tmp_path: Path) -> None:
    """An edited policy is taken up by the next server, not by a command beside the old one."""
    folder = tmp_path / "shop"
    init_shop(folder)
    server = open_shop(folder, serving=True)
    before = policy_of_digests(folder)
    with (folder / "policy" / "purposes.toml").open("a", encoding="utf-8") as purposes:
        purposes.write(POST_CARDS)
    open_shop(folder).close()
    assert policy_of_digests(folder) == before
    server.close()
    open_shop(folder).close()
    assert policy_of_digests(folder) != before
