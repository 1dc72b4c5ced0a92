"""The plug is pulled while events and statements come in: nothing acknowledged is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext

from plug_worlds import Moments, Plug, rounds, until
from sender_worlds import Chooser, Sender, held_up

ROUNDS = 20
LONGEST = 0.25
HANGING = 0.1


def test_nothing_acknowledged_is_lost_or_there_twice(plug: Plug) -> None:
    """
    Killed at any moment of taking events and statements in, a server loses nothing it answered.

    Every other time the disk hangs first, so that whoever answers too early is found out.  Each
    acknowledged message is there exactly once after the restart, a batch that nobody answered
    is stored once however often it is sent again, and the last word on a purpose is one that was
    given last: a withdrawal that was answered is never undone.
    """
    moments = Moments()
    plug.serve()
    everybody: list[Sender] = []
    for number in range(rounds(ROUNDS)):
        senders = [Sender(plug=plug, name=f"r{number}-{n}") for n in range(3)]
        chooser = Chooser(plug=plug, name=f"c{number}")
        _pull(plug, senders, chooser, after=moments.within(LONGEST), hanging=number % 2 == 1)
        plug.restart()
        assert chooser.told is None or chooser.stands() in chooser.may_stand()
        for sender in senders:
            sender.retry()
            assert sender.stored() == dict.fromkeys(sender.acknowledged, 1)
        everybody += senders
    assert sum(len(sender.acknowledged) for sender in everybody) > 0
    assert all(s.stored() == dict.fromkeys(s.acknowledged, 1) for s in everybody)


def _pull(
    plug: Plug, senders: Sequence[Sender], chooser: Chooser, *, after: float, hanging: bool
) -> None:
    clients: list[Sender | Chooser] = [*senders, chooser]
    for client in clients:
        client.start()
    until(lambda: all(s.statuses[200] for s in senders) and chooser.told_often > 0)
    time.sleep(after)
    with held_up(plug.folder) if hanging else nullcontext():
        time.sleep(HANGING if hanging else 0)
        plug.kill()
    for client in clients:
        client.join()
