"""
Read what analytics clients send, in Segment's shape, and say plainly what cannot be read.

Knows the wire only: whether a call may be kept is asked elsewhere.  What each client sends stands
in docs/reference/clients.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from tactful.capabilities.collect.dialects import elsewhere
from tactful.terms import Identifier, IdentifierKind, Mistake

MAX_ID_BYTES = 512
MAX_CALLS = 5_000
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LONGEST_SKEW = timedelta(days=1)
"""A sender's clock is corrected by at most this much: beyond it `sentAt` itself is wrong."""

ORDERS: Final = "Order "
"""How the names of events about an order begin, in Segment's e-commerce specification."""

UNNAMED: Final = "userId or anonymousId is needed"

Id = str | int | None
_NOBODY = (None, "")


class Call(msgspec.Struct, rename="camel", kw_only=True, frozen=True, gc=False):
    """One call of a client: who, what, when.  Everything in it is the sender's claim."""

    type: str = ""
    event: str | None = None
    name: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    message_id: str | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: datetime | None = None
    properties: dict[str, object] | None = None
    traits: dict[str, object] | None = None
    context: dict[str, object] | None = None

    @property
    def title(self) -> str:
        """Return the event's name in the tracking plan; pages and screens are events too."""
        if self.type == "track":
            return self.event or ""
        return self.type


class Envelope(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A batch as it stands on the wire; `api_key` is PostHog's name for the write key."""

    batch: list[msgspec.Raw]
    sent_at: datetime | None = None
    write_key: str | None = None
    api_key: str | None = msgspec.field(default=None, name="api_key")


class Batch(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """The same, decoded in one go: the ordinary case."""

    batch: list[Call]
    sent_at: datetime | None = None
    write_key: str | None = None
    api_key: str | None = msgspec.field(default=None, name="api_key")


class Single(Call, rename="camel", kw_only=True, frozen=True, gc=False):
    """One call on its own route; the write key may stand in the body."""

    write_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A call that cannot be read: its place in the batch and what is wrong with it."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What one request brought: readable calls, unreadable ones, and the key it named."""

    calls: tuple[Call, ...]
    malformed: tuple[Malformed, ...] = ()
    sent_at: datetime | None = None
    write_key: str | None = None


_batch = msgspec.json.Decoder(Batch)
_envelope = msgspec.json.Decoder(Envelope)
_call = msgspec.json.Decoder(Call)
_single = msgspec.json.Decoder(Single)


def read_batch(body: bytes) -> Incoming:
    """
    Read a batch; one unreadable call does not take the others with it.

    Raises:
        Mistake: the body as a whole is not a batch, or holds more than MAX_CALLS calls.
    """
    try:
        found = _batch.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _read_one_by_one(body)
    _bound(len(found.batch))
    return _checked(enumerate(found.batch), (), found)


def read_single(kind: str, body: bytes) -> Incoming:
    """
    Read one call of *kind* from a route of its own.

    Raises:
        Mistake: the call cannot be read, or lacks what its kind needs.
    """
    try:
        found = _single.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Mistake(_plain(wrong)) from None
    call = _whole(msgspec.structs.replace(found, type=kind))
    if reason := _fault(call):
        raise Mistake(reason)
    return Incoming(calls=(call,), sent_at=found.sent_at, write_key=found.write_key)


def calls_from(lines: Iterable[Mapping[str, object]]) -> Incoming:
    """Read calls that were already decoded: the Python interface and file imports."""
    good: list[tuple[int, Call]] = []
    bad: list[Malformed] = []
    for index, line in enumerate(lines):
        try:
            good.append((index, msgspec.convert(line, Call, strict=False)))
        except msgspec.ValidationError as wrong:
            bad.append(Malformed(index=index, reason=_plain(wrong)))
    return _checked(good, bad, None)


def only_named(incoming: Incoming) -> Incoming:
    """
    Return *incoming* without the orders that only an e-mail address names.

    An address counts by the shop's own word; from anybody else these calls name nobody.
    """
    if all(map(_is_named, incoming.calls)):
        return incoming
    taken = {wrong.index for wrong in incoming.malformed}
    places = (n for n in range(len(incoming.calls) + len(taken)) if n not in taken)
    numbered = list(zip(places, incoming.calls, strict=True))
    unnamed = [Malformed(index=n, reason=UNNAMED) for n, call in numbered if not _is_named(call)]
    return replace(
        incoming,
        calls=tuple(call for call in incoming.calls if _is_named(call)),
        malformed=tuple(sorted([*incoming.malformed, *unnamed], key=lambda m: m.index)),
    )


def identifiers_of(call: Call) -> tuple[Identifier, ...]:
    """Return who *call* speaks of, the strongest identifier first."""
    if call.user_id is None and call.type != "alias" and call.anonymous_id:
        return (Identifier(IdentifierKind.ANONYMOUS_ID, str(call.anonymous_id)),)
    found = []
    if call.user_id not in _NOBODY:
        found.append(Identifier(IdentifierKind.USER_ID, str(call.user_id)))
    if call.type == "alias" and call.previous_id not in _NOBODY:
        found.append(Identifier(IdentifierKind.USER_ID, str(call.previous_id)))
    if call.anonymous_id not in _NOBODY:
        found.append(Identifier(IdentifierKind.ANONYMOUS_ID, str(call.anonymous_id)))
    return tuple(found)


def happened_at(call: Call, *, sent_at: datetime | None, received_at: datetime) -> datetime:
    """
    Return when *call* happened by our clock.

    The sender's skew is `received - sentAt`; what still lies in the future is taken as now, so
    that no event escapes retention or erasure by its date.
    """
    claimed = call.timestamp or call.original_timestamp
    if claimed is None:
        return received_at
    claimed = _aware(claimed)
    sent = call.sent_at or sent_at
    skew = received_at - _aware(sent) if sent else timedelta(0)
    if abs(skew) <= LONGEST_SKEW and EARLIEST <= claimed <= received_at + LONGEST_SKEW:
        claimed += skew
    return min(claimed, received_at)


def message_digest(call: Call) -> bytes:
    """Return 16 bytes that name *call*: by its `messageId`, else by its content."""
    if call.message_id:
        named = f"{call.type}\0{call.message_id}".encode()
    else:
        named = msgspec.json.encode(call, order="sorted")
    return hashlib.blake2b(named, digest_size=16).digest()


def _read_one_by_one(body: bytes) -> Incoming:
    try:
        found = _envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Mistake(_plain(wrong)) from None
    _bound(len(found.batch))
    good: list[tuple[int, Call]] = []
    bad: list[Malformed] = []
    for index, raw in enumerate(found.batch):
        try:
            good.append((index, _call.decode(raw)))
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            bad.append(Malformed(index=index, reason=_plain(wrong)))
    return _checked(good, bad, found)


def _checked(
    numbered: Iterable[tuple[int, Call]],
    bad: Iterable[Malformed],
    around: Batch | Envelope | None,
) -> Incoming:
    calls: list[Call] = []
    malformed = list(bad)
    for index, call in numbered:
        if reason := _fault(call):
            malformed.append(Malformed(index=index, reason=reason))
        else:
            calls.append(_whole(call) if call.context else call)
    return Incoming(
        calls=tuple(calls),
        malformed=tuple(sorted(malformed, key=lambda m: m.index)),
        sent_at=around.sent_at if around else None,
        write_key=(around.write_key or around.api_key) if around else None,
    )


def _whole(call: Call) -> Call:
    """Return *call* with what its client says elsewhere in its usual place."""
    found = elsewhere(call.type, call.traits, call.context or {})
    return msgspec.structs.replace(call, **found) if found else call


_KINDS = frozenset({"track", "identify", "page", "screen", "group", "alias"})


def _fault(call: Call) -> str | None:
    """Say what *call* lacks, or None where it can be used."""
    if call.type not in _KINDS:
        return "type must be one of track, identify, page, screen, group, alias"
    if call.type == "track" and not call.event:
        return "a track call needs an event name"
    if not (_is_named(call) or _is_order_by_address(call)):
        return UNNAMED
    for value in (call.user_id, call.anonymous_id, call.previous_id, call.message_id):
        if value is not None and (reason := _bad_id(value)):
            return f"{_name_of(value, call)} {reason}"
    return None


def _is_named(call: Call) -> bool:
    return call.user_id not in _NOBODY or call.anonymous_id not in _NOBODY


def _is_order_by_address(call: Call) -> bool:
    """Tell whether *call* is an order of somebody whom only an e-mail address names."""
    if call.type != "track" or not call.title.startswith(ORDERS):
        return False
    beside = (call.context or {}).get("traits")
    places = (call.properties or {}, beside if isinstance(beside, Mapping) else {})
    return any(isinstance(place.get("email"), str) and place["email"] for place in places)


def _name_of(value: Id, call: Call) -> str:
    names = ("user_id", "anonymous_id", "previous_id", "message_id")
    name = next(name for name in names if getattr(call, name) == value)
    return name.replace("_i", "I")


def _bad_id(value: str | int) -> str | None:
    text = value if value.__class__ is str else str(value)
    if len(text) * 4 > MAX_ID_BYTES and len(text.encode("utf-8", "replace")) > MAX_ID_BYTES:
        return f"is longer than {MAX_ID_BYTES} bytes"
    return "contains a NUL byte" if "\0" in text else None


def _bound(calls: int) -> None:
    if calls > MAX_CALLS:
        raise Mistake(f"a batch holds at most {MAX_CALLS} calls, got {calls}: send it in parts")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain(wrong: Exception) -> str:
    """Say in one line what is wrong, without repeating what was sent."""
    if isinstance(wrong, UnicodeDecodeError):
        return "the body is not UTF-8"
    return f"malformed: {wrong}"
