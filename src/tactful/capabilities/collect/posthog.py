"""
Read what PostHog's clients send, and say it in Segment's words.

    {"api_key": "wk_...", "sent_at": "...", "batch": [
      {"event": "Product Viewed", "distinct_id": "u-1", "uuid": "...", "timestamp": "...",
       "properties": {"product_id": "mug", "$lib": "posthog-node", "$set": {"country": "DE"}}}]}

Names that begin with `$` are PostHog's own: a few say what Segment says elsewhere, the others are
about its client and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from tactful.capabilities.collect.calls import MAX_CALLS, Incoming, calls_from
from tactful.terms import Mistake

Line = dict[str, Any]

_KINDS: Final = {
    "$pageview": "page",
    "$screen": "screen",
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
}
_NOT_PROPERTIES: Final = frozenset({"distinct_id", "token"})


class Envelope(msgspec.Struct, kw_only=True, frozen=True):
    """A batch as it stands on the wire; Segment's names are read as well."""

    batch: list[Any]
    api_key: str | None = None
    token: str | None = None
    write_key: str | None = msgspec.field(default=None, name="writeKey")
    sent_at: datetime | None = None
    sent_at_too: datetime | None = msgspec.field(default=None, name="sentAt")

    @property
    def key(self) -> str | None:
        """Return the key that the body names."""
        return self.api_key or self.token or self.write_key


_envelope = msgspec.json.Decoder(Envelope)


def read_posthog(body: bytes) -> Incoming:
    """
    Read a batch of PostHog's; an event that cannot be read does not take the others with it.

    Raises:
        Mistake: the body as a whole is not a batch, or holds more than MAX_CALLS events.
    """
    try:
        found = _envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Mistake(_plain(wrong)) from None
    if len(found.batch) > MAX_CALLS:
        raise Mistake(f"a batch holds at most {MAX_CALLS} events: send it in parts")
    lines = [(index, line) for index, one in enumerate(found.batch) for line in _lines(one)]
    incoming = calls_from([line for _, line in lines])
    malformed = tuple(replace(bad, index=lines[bad.index][0]) for bad in incoming.malformed)
    return replace(
        incoming,
        malformed=malformed,
        sent_at=found.sent_at or found.sent_at_too,
        write_key=found.key,
    )


def _lines(one: object) -> Iterator[Line]:
    """Yield the calls that one event stands for: an event may set traits by the way."""
    if not isinstance(one, dict):
        yield {}
        return
    said = one.get("properties")
    properties = said if isinstance(said, dict) else {}
    if "type" in one and not _named(one, properties):
        yield one  # Segment's shape, which this route has always taken
        return
    whole = _around(one, properties)
    kind, traits = _kind(one.get("event")), _traits(one, properties)
    if traits and kind != "identify":
        yield {**whole, "type": "identify", "traits": traits}
    yield {**whole, **_told(kind, one, properties, traits)}


def _kind(event: object) -> str:
    return _KINDS.get(event, "track") if isinstance(event, str) else "track"


def _around(one: Mapping[str, Any], properties: Mapping[str, Any]) -> Line:
    """Return who, when and where: what all calls of one event share."""
    return {
        **_who(one, properties),
        "messageId": one.get("uuid") or properties.get("$insert_id"),
        "timestamp": one.get("timestamp"),
        "context": _context(properties),
    }


def _who(one: Mapping[str, Any], properties: Mapping[str, Any]) -> Line:
    """
    Return whom the event speaks of.

    A `distinct_id` is the shop's id, unless the client says that it stands for a browser alone: it
    is the `$device_id`, or no profile shall be made of it.
    """
    named = _named(one, properties)
    device = properties.get("$device_id")
    if properties.get("$process_person_profile") is False or (device and device == named):
        return {"anonymousId": named}
    return {"userId": named, "anonymousId": properties.get("$anon_distinct_id")}


def _named(one: Mapping[str, Any], properties: Mapping[str, Any]) -> object:
    return one.get("distinct_id") or properties.get("distinct_id")


def _told(
    kind: str, one: Mapping[str, Any], properties: Mapping[str, Any], traits: Line | None
) -> Line:
    """Return what the event tells."""
    if kind == "alias":
        return {"type": kind, "previousId": properties.get("alias")}
    if kind == "group":
        return {"type": kind}
    if kind == "identify":
        return {"type": kind, "traits": traits or {}}
    plain = {
        name: value
        for name, value in properties.items()
        if not name.startswith("$") and name not in _NOT_PROPERTIES
    }
    return {"type": kind, "event": one.get("event"), "properties": plain}


def _traits(one: Mapping[str, Any], properties: Mapping[str, Any]) -> Line | None:
    """Return the traits that the event sets, wherever its client puts them."""
    found: Line = {}
    for name in ("$set_once", "$set"):
        for holder in (properties, one):
            said = holder.get(name)
            found.update(said if isinstance(said, dict) else {})
    return found or None


def _context(properties: Mapping[str, Any]) -> Line:
    location = {
        "country": properties.get("$geoip_country_code"),
        "region": properties.get("$geoip_subdivision_1_code"),
    }
    said = {
        "ip": properties.get("$ip"),
        "sessionId": properties.get("$session_id"),
        "location": location if location["country"] else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _plain(wrong: Exception) -> str:
    if isinstance(wrong, UnicodeDecodeError):
        return "the body is not UTF-8"
    return f"malformed: {wrong}"
