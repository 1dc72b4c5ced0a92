"""The plug of a server on PostgreSQL is pulled: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from plug_worlds import Moments, Plug, rounds, until
from sender_worlds import Chooser, Sender

from postgres_worlds import Server
from tactful.assembly import init_shop

ROUNDS = 10
LONGEST = 0.25


@pytest.fixture
def plug(tmp_path: Path, postgres: Server) -> Iterator[Plug]:
    """Return a shop on a database of its own, which is not served yet."""
    folder, url = tmp_path / "shop", postgres.new_database()
    keys = init_shop(folder)
    with (folder / "tactful.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[store]\nurl = "{url}"\n')
    with Plug(folder=folder, keys=keys) as found:
        yield found
    postgres.drop(url)


def test_nothing_acknowledged_is_lost_on_postgres(plug: Plug) -> None:
    """
    Killed at any moment of taking events and statements in, it loses nothing that it answered.

    The database lives on, with connections whose other end is gone: the next server takes over
    at once.  Each acknowledged message is there once, and a withdrawal is never undone.
    """
    moments = Moments()
    plug.serve()
    everybody: list[Sender] = []
    for number in range(rounds(ROUNDS)):
        senders = [Sender(plug=plug, name=f"r{number}-{n}") for n in range(3)]
        chooser = Chooser(plug=plug, name=f"c{number}")
        _pull(plug, senders, chooser, after=moments.within(LONGEST))
        plug.restart()
        assert chooser.told is None or chooser.stands() in chooser.may_stand()
        for sender in senders:
            sender.retry()
            assert sender.stored() == dict.fromkeys(sender.acknowledged, 1)
        everybody += senders
    assert sum(len(sender.acknowledged) for sender in everybody) > 0
    assert all(s.stored() == dict.fromkeys(s.acknowledged, 1) for s in everybody)


def _pull(plug: Plug, senders: Sequence[Sender], chooser: Chooser, *, after: float) -> None:
    clients: list[Sender | Chooser] = [*senders, chooser]
    for client in clients:
        client.start()
    until(lambda: all(s.statuses[200] for s in senders) and chooser.told_often > 0)
    time.sleep(after)
    plug.kill()
    for client in clients:
        client.join()
