"""
Read request bodies without ever holding more than the settings allow.

Neither `Content-Type` nor `Content-Encoding` is believed: gzip is known by its first two bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from tactful.terms import Mistake
from tactful.web.exchange import Declined

T = TypeVar("T")

Receive: TypeAlias = Callable[[], Awaitable[Any]]

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], *, limit: int) -> bytes:
    """
    Return the body, of at most *limit* bytes.

    Raises:
        Declined: it says that it is longer, or turns out to be (413); the sender went away (400).
    """
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > limit:
        raise _too_large(limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
    if message["type"] == "http.disconnect":
        raise Declined(HTTPStatus.BAD_REQUEST, "the connection was closed before the body ended")
    if len(body) > limit:
        raise _too_large(limit)
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
