"""What waits in memory is bounded, before a body is read."""

from __future__ import annotations

import pytest
from web_worlds import World, is_problem, viewed

from tactful.web.backlog import Backlog, Crowded

LIMIT = 100


def announcing(size: int) -> dict[bytes, bytes]:
    """Return the headers of a request with a body of *size* bytes."""
    return {b"content-length": str(size).encode()}


def test_room_is_given_back() -> None:
    """Who finds no room is turned away, until somebody has been answered."""
    backlog = Backlog(most_bytes=50)
    with backlog.room(announcing(30), limit=LIMIT):
        with pytest.raises(Crowded):
            backlog.room(announcing(30), limit=LIMIT)
        assert backlog.size == 30
    with backlog.room(announcing(30), limit=LIMIT):
        assert backlog.turned_away == {"bytes": 1}
    assert backlog.size == 0


def test_a_body_of_unknown_length_may_be_as_large_as_any() -> None:
    """Room for the largest is held until it is read, and then for what it was."""
    backlog = Backlog(most_bytes=1_000)
    with backlog.room({b"transfer-encoding": b"chunked"}, limit=LIMIT) as room:
        assert backlog.size == LIMIT
        room.read(7)
        assert backlog.size == 7


@pytest.mark.parametrize("said", [b"", b"-1", b"seven", "²".encode()])
def test_a_length_that_is_none_counts_as_the_largest(said: bytes) -> None:
    """Nobody gets in by a header that nobody can read."""
    backlog = Backlog(most_bytes=1_000)
    with backlog.room({b"content-length": said}, limit=LIMIT):
        assert backlog.size == LIMIT


def test_alone_anything_is_taken() -> None:
    """A body larger than the queue is taken where nothing else waits: it would never be."""
    backlog = Backlog(most_bytes=10)
    with backlog.room(announcing(LIMIT), limit=LIMIT) as room:
        room.hold(5 * LIMIT)  # unzipped
        assert backlog.size == 5 * LIMIT
        with pytest.raises(Crowded):
            backlog.room(announcing(1), limit=LIMIT)
    assert backlog.size == 0


def test_growing_past_the_room_is_refused_and_forgotten() -> None:
    """What is unzipped counts as large as it is; who is turned away holds nothing any more."""
    backlog = Backlog(most_bytes=50)
    with backlog.room(announcing(10), limit=LIMIT):
        with (
            pytest.raises(Crowded),
            backlog.room(announcing(10), limit=LIMIT) as room,
        ):
            room.hold(60)
        assert backlog.size == 10


def test_the_oldest_counts_from_when_it_was_read() -> None:
    """A slow sender is no lag of ours; whoever was read first and waits still is the oldest."""
    now = [0.0]
    backlog = Backlog(most_bytes=50, clock=lambda: now[0])
    with backlog.room(announcing(1), limit=LIMIT) as first:
        now[0] = 5.0
        assert backlog.oldest_seconds() == 0.0
        first.read(1)
        now[0] = 7.0
        with backlog.room(announcing(1), limit=LIMIT) as second:
            second.read(1)
            now[0] = 8.0
            assert (backlog.oldest_seconds(), len(backlog)) == (3.0, 2)
    assert (backlog.oldest_seconds(), len(backlog)) == (0.0, 0)


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/consent", "/v1/decide"])
def test_a_full_server_says_when_to_come_again(world: World, path: str) -> None:
    """Any request with a body is answered 429 with `Retry-After`, and what needs none is not."""
    room = world.app.serving.backlog.room(announcing(1), limit=LIMIT)
    room.hold(10**9)
    answer = world.post(path, {"batch": [viewed()]})

    assert is_problem(answer, 429)
    assert answer.headers["retry-after"] == "1"
    assert world.send("GET", "/healthz").status_code == 200
    with room:
        pass
    assert world.post(path, {"batch": [viewed()]}).status_code != 429
