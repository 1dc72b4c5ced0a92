"""
Read request bodies without ever holding more than the settings allow.

Neither `Content-Type` nor `Content-Encoding` is believed: gzip is known by its first two bytes.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from tactful.terms import Mistake
from tactful.web.exchange import Declined, Message, Receive

T = TypeVar("T")

BODY_SECONDS: Final = 30.0
"""A body that has not ended by then is not waited for."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], *, limit: int) -> bytes:
    """
    Return the body, of at most *limit* bytes.

    Raises:
        Declined: it says that it is longer, or turns out to be (413); it does not end (408, 400).
    """
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > limit:
        raise _too_large(limit)
    first = await receive()
    if not first.get("more_body"):
        return _whole([first], limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _rest(receive, first, limit)
    except TimeoutError:
        raise Declined(HTTPStatus.REQUEST_TIMEOUT, "the body did not end: send it again") from None


async def _rest(receive: Receive, message: Message, limit: int) -> bytes:
    messages, size = [message], len(message.get("body", b""))
    while message.get("more_body") and size <= limit:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
    return _whole(messages, limit)


def _whole(messages: Sequence[Message], limit: int) -> bytes:
    body = b"".join(message.get("body", b"") for message in messages)
    if len(body) > limit:
        raise _too_large(limit)
    if messages[-1]["type"] == "http.disconnect":
        raise Declined(HTTPStatus.BAD_REQUEST, "the connection was closed before the body ended")
    return body


def unpack(body: bytes, *, limit: int) -> bytes:
    """
    Return *body* unzipped, if it is zipped, without expanding it past *limit* bytes.

    Raises:
        Declined: it expands to more (413).
        Mistake: it begins like gzip but is not.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpacked = b""
    while body.startswith(_GZIP_MAGIC):  # RFC 1952, 2.2: members may follow one another
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            unpacked += stream.decompress(body, limit + 1 - len(unpacked))
        except zlib.error:
            raise Mistake("the body begins like gzip but cannot be unpacked") from None
        if len(unpacked) > limit:
            raise _too_large(limit)
        if not stream.eof:
            raise Mistake("the gzip body is cut off: send it whole")
        body = stream.unused_data
    return unpacked


def decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """
    Return *body* decoded.

    Raises:
        Mistake: it is not JSON, or not of the shape; nothing of what was sent is repeated.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as wrong:
        raise Mistake(f"the body has the wrong shape: {wrong}; see /openapi.json") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Mistake("the body is not JSON in UTF-8") from None


def _too_large(limit: int) -> Declined:
    return Declined(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is larger than {limit} bytes: send it in parts",
        (b"connection", b"close"),
    )
