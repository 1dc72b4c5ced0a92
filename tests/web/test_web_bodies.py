"""Bodies are read whole or not at all, and never past their bounds."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.terms import Mistake
from tactful.web import bodies
from tactful.web.bodies import read_body, unpack
from tactful.web.exchange import Declined, Message, Receive

LIMIT = 1000


def receiving(*chunks: bytes, then: Message | None = None) -> Receive:
    """Return what gives the body out in *chunks*, and after them *then*."""

    def messages() -> Iterator[Message]:
        for place, chunk in enumerate(chunks):
            more = then is not None or place < len(chunks) - 1
            yield {"type": "http.request", "body": chunk, "more_body": more}
        yield then

    coming = messages()

    async def receive() -> Message:
        """Give out the next message."""
        return next(coming)

    return receive


@given(st.lists(st.binary(max_size=LIMIT), min_size=1, max_size=5))
def test_a_body_arrives_whole_or_is_too_large(chunks: list[bytes]) -> None:
    """However it is cut up, a body is read as it was sent, or refused for its length."""
    whole = b"".join(chunks)
    read = read_body(receiving(*chunks), {}, limit=LIMIT)

    if len(whole) > LIMIT:
        with pytest.raises(Declined, match="larger than 1000 bytes"):
            asyncio.run(read)
    else:
        assert asyncio.run(read) == whole


def test_a_long_body_is_not_read_to_its_end() -> None:
    """Reading stops at the bound, whatever would still come."""
    given_out = 0

    async def endless() -> Message:
        """Give out more, every time."""
        nonlocal given_out
        given_out += 1
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    with pytest.raises(Declined):
        asyncio.run(read_body(endless, {}, limit=LIMIT))
    assert given_out == LIMIT // 100 + 1


def test_an_announced_length_is_refused_unread() -> None:
    """Where the header says that it is too long, nothing is read at all."""

    async def receive() -> Message:
        """Never be asked."""
        raise AssertionError

    with pytest.raises(Declined):
        asyncio.run(read_body(receive, {b"content-length": b"1001"}, limit=LIMIT))


def test_a_body_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender who stops in the middle does not hold the server."""
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.01)
    first = receiving(b"x", then={"type": "never"})
    begun = False

    async def receive() -> Message:
        """Give out the beginning, and then nothing for a long time."""
        nonlocal begun
        if begun:
            await asyncio.sleep(60)
        begun = True
        return await first()

    with pytest.raises(Declined, match="did not end"):
        asyncio.run(read_body(receive, {}, limit=LIMIT))


def test_a_body_cut_off_is_not_taken_for_whole() -> None:
    """What came before the connection broke is not used."""
    receive = receiving(b"x", then={"type": "http.disconnect"})

    with pytest.raises(Declined, match="closed before the body ended"):
        asyncio.run(read_body(receive, {}, limit=LIMIT))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_what_was_zipped_is_unzipped(parts: list[bytes]) -> None:
    """Gzip of one or several members is expanded; anything else is left as it is."""
    whole = b"".join(parts)
    zipped = b"".join(map(gzip.compress, parts))

    assert unpack(zipped, limit=LIMIT) == whole
    if not whole.startswith(b"\x1f\x8b"):
        assert unpack(whole, limit=LIMIT) == whole


@given(st.integers(min_value=0, max_value=LIMIT * 3), st.integers(min_value=1, max_value=40))
def test_nothing_expands_past_the_bound(size: int, members: int) -> None:
    """However it is divided over members, more than the bound is refused."""
    zipped = gzip.compress(b"x" * size) * members

    if size * members > LIMIT:
        with pytest.raises(Declined, match="larger than"):
            unpack(zipped, limit=LIMIT)
    else:
        assert len(unpack(zipped, limit=LIMIT)) == size * members


@given(st.binary(min_size=1, max_size=200), st.integers(min_value=1, max_value=8))
def test_cut_off_gzip_is_a_mistake(body: bytes, missing: int) -> None:
    """A zipped body that lost its end is refused, not read as far as it goes."""
    with pytest.raises(Mistake):
        unpack(gzip.compress(body)[:-missing], limit=LIMIT)
