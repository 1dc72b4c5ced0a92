"""Request bodies as examples for OpenAPI and the documentation.  Tests send each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Example = Mapping[str, object]

_WHO: Final = {"anonymousId": "a-4711", "messageId": "m-0001"}
_VIEWED: Final = {"product_id": "mug-blue", "price": 12.5, "currency": "EUR"}

CALLS: Final[Mapping[str, Example]] = {
    "track": {**_WHO, "event": "Product Viewed", "properties": _VIEWED},
    "identify": {**_WHO, "userId": "u-1", "traits": {"region": "DE"}},
    "page": {**_WHO, "name": "Home"},
    "screen": {**_WHO, "name": "Home"},
    "group": {**_WHO, "groupId": "g-1"},
    "alias": {**_WHO, "userId": "u-1", "previousId": "a-4711"},
}

BATCH: Final[Example] = {
    "batch": [{"type": "track", **CALLS["track"]}],
    "sentAt": "2026-03-01T12:00:00Z",
}

DECIDE: Final[Example] = {
    "slot": "for-you",
    "anonymousId": "a-4711",
    "session": ["mug-blue", "teapot"],
    "context": {"region": "DE"},
    "limit": 4,
}

CONSENT: Final[Example] = {
    "anonymousId": "a-4711",
    "statements": {"session_personalization": "grant", "advertising": "deny"},
    "notice": "privacy@1",
    "region": "DE",
}

CORRECTION: Final[Example] = {"traits": {"country": "DE"}}
"""What a subject corrects about themselves."""
