"""
Turn rows of events, subjects and a catalogue into what the rest of collection takes.

Pure.  Whether any of it may be kept is asked later; here it is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from tactful.capabilities.collect.tables.fields import (
    moment,
    name_of,
    number,
    plain_number,
    region,
    subject_name,
    text,
)
from tactful.capabilities.collect.tables.fitting import Reader
from tactful.capabilities.collect.tables.goods import item_of
from tactful.capabilities.collect.tables.mapping import FileMap
from tactful.capabilities.collect.tables.rows import Reject, Row, Skipped, Unfit, rejected
from tactful.capabilities.collect.tables.wire import Wire, named, said
from tactful.terms import Item

NUMBERS = frozenset(
    {"quantity", "price", "value", "total", "revenue", "discount", "position", "rating", "step"}
)
"""Properties that CSV can only write as text and that are read as the numbers they are."""

ENVELOPE = frozenset(
    {"sentAt", "sent_at", "originalTimestamp", "receivedAt", "received_at", "writeKey"}
    | {"integrations", "channel", "version", "_metadata"}
)
"""What Segment's clients write around a call; it says nothing about what happened."""

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
TRAITS_OF = frozenset({"identify", "group"})
PLACED = frozenset(
    {"type", "event", "userId", "anonymousId", "messageId", "timestamp", "sessionId", "region"}
)
ANSWERS = {
    **{kind: kind for kind in ("grant", "deny", "withdraw", "object")},
    **dict.fromkeys(("yes", "true", "1", "granted", "opt_in", "opted_in"), "grant"),
    **dict.fromkeys(("no", "false", "0", "denied", "opt_out", "opted_out"), "deny"),
}
CONSENT = ("consent.", "consent_")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubjectLine:
    """One subject of a file: who they are, where they live, and what they said about purposes."""

    user_id: str
    traits: Mapping[str, object] = field(default_factory=dict)
    email: str = ""
    region: str | None = None
    statements: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    at: datetime | None = None

    def __repr__(self) -> str:
        """Count only: everything else is personal."""
        return f"SubjectLine({len(self.traits)} traits, {len(self.statements)} statements)"


def calls_of_events(
    rows: Iterable[Row | Reject], file_map: FileMap
) -> Iterator[Wire | Reject | Skipped]:
    """
    Yield a call for each row: a Segment-shaped line, or flat columns that amount to one.

    A row without a `messageId` is named by a digest of its content, so that importing the file
    again adds nothing twice.
    """
    return _each(rows, file_map, _call)


def subjects_of(
    rows: Iterable[Row | Reject], file_map: FileMap
) -> Iterator[SubjectLine | Reject | Skipped]:
    """Yield each subject; columns `consent.<purpose>` hold what they said, the rest are traits."""
    return _each(rows, file_map, _subject)


def items_of_catalogue(
    rows: Iterable[Row | Reject], file_map: FileMap
) -> Iterator[Item | Reject | Skipped]:
    """Yield each item; columns without a meaning of their own become attributes."""
    return _each(rows, file_map, item_of)


def _each(
    rows: Iterable[Row | Reject],
    file_map: FileMap,
    read: Callable[[dict[str, object], dict[str, object], FileMap], T],
) -> Iterator[T | Reject | Skipped]:
    reader = Reader(file_map)
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        try:
            fields = reader.fields(row)
            rule = reader.skips(row, fields)
            if rule is not None:
                yield Skipped(line=row.line, reason=rule.reason)
            else:
                yield read(fields, reader.rest(row), file_map)
        except Unfit as wrong:
            yield rejected(row, str(wrong))


def _call(fields: dict[str, object], rest: dict[str, object], file_map: FileMap) -> Wire:
    kind = text(fields.get("type")) or "track"
    if kind not in TYPES:
        raise Unfit(f"type must be one of {', '.join(sorted(TYPES))}")
    call: Wire = {"type": kind}
    if event := text(fields.get("event")):
        call["event"] = file_map.events.get(event, event)
    elif kind == "track":
        raise Unfit("event is missing")
    for name in ("userId", "anonymousId"):
        if found := said(name, subject_name, fields.get(name)):
            call[name] = found
    if not call.keys() & {"userId", "anonymousId"}:
        raise Unfit("userId or anonymousId is needed")
    call["timestamp"] = _when("timestamp", fields, file_map).isoformat()
    _fill(call, fields, rest, file_map)
    return named(call, said("messageId", name_of, fields.get("messageId")))


def _fill(
    call: Wire, fields: dict[str, object], rest: dict[str, object], file_map: FileMap
) -> None:
    """Put what is left into properties or traits, and where it happened into the context."""
    given = {name: _object(name, rest.pop(name, None)) for name in ("properties", "traits")}
    context = _object("context", rest.pop("context", None))
    for name in ("previousId", "groupId", "name"):
        if call["type"] != "track" and text(rest.get(name)):
            call[name] = rest.pop(name)
    flat = {n: v for n, v in (fields | rest).items() if n not in PLACED | ENVELOPE and text(v)}
    home = "traits" if call["type"] in TRAITS_OF else "properties"
    given[home] = {n: _property(n, v, file_map) for n, v in flat.items()} | given[home]
    if text(fields.get("sessionId")):
        context = {"sessionId": name_of(fields["sessionId"]), **context}
    if code := region(fields.get("region"), file_map.regions):
        context = {"region": code, **context}
    call.update({n: v for n, v in (given | {"context": context}).items() if v})


def _property(name: str, value: object, file_map: FileMap) -> object:
    """Return *value* as a client would have sent it in JSON."""
    if name in NUMBERS and isinstance(value, str | Decimal):
        return plain_number(said(name, lambda v: number(v, decimal=file_map.decimal), value))
    if name == "products" and isinstance(value, str):
        return _json(name, value)
    if isinstance(value, date):
        return value.isoformat()
    return name_of(value) if name in {"product_id", "sku", "order_id"} else value


def _object(name: str, value: object) -> dict[str, object]:
    """Return an object that a cell holds, as JSON or as itself."""
    if value is None or value == "":
        return {}
    found = _json(name, value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise Unfit(f"{name} is not an object")
    return {str(key): inner for key, inner in found.items()}


def _json(name: str, value: str) -> object:
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        raise Unfit(f"{name} is not JSON") from None


def _when(name: str, fields: Mapping[str, object], file_map: FileMap) -> datetime:
    """Read the moment that *fields* name: an imported row must say when it happened."""
    if not text(fields.get(name)):
        raise Unfit(f"{name} is missing")
    return said(
        name,
        lambda value: moment(value, formats=file_map.formats, zone=file_map.zone),
        fields[name],
    )


def _subject(fields: dict[str, object], rest: dict[str, object], file_map: FileMap) -> SubjectLine:
    subject = said("userId", subject_name, fields.get("userId"))
    if not subject:
        raise Unfit("userId is missing")
    statements = _object("statements", rest.pop("statements", None))
    for column in [name for name in rest if name.startswith(CONSENT)]:
        statements[column[len(CONSENT[0]) :]] = rest.pop(column)
    own = {n: v for n, v in fields.items() if n not in {*PLACED, "email", "notice", "at"}}
    traits = {**own, **_object("traits", rest.pop("traits", None)), **rest}
    return SubjectLine(
        user_id=subject,
        traits={name: value for name, value in traits.items() if text(value)},
        email=_email(fields.get("email")),
        region=region(fields.get("region"), file_map.regions),
        statements={purpose: _answer(purpose, said) for purpose, said in statements.items()},
        notice=text(fields.get("notice")),
        at=_when("at", fields, file_map) if statements else None,
    )


def _answer(purpose: str, value: object) -> str:
    answer = ANSWERS.get(text(value).lower().replace("-", "_"))
    if answer is None:
        raise Unfit(f"consent for {purpose[:64]} must be grant, deny, withdraw or object")
    return answer


def _email(value: object) -> str:
    found = text(value)
    if found and not (0 < found.find("@") < len(found) - 1):
        raise Unfit("email is not an address")
    return found
