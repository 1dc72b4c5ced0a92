"""Every client that can run without a browser, told to send the same calls in its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from client_worlds import run_node

Told = Sequence[Mapping[str, Any]]
"""Calls: kind, userId or anonymousId, event, properties, traits, messageId, timestamp, consent."""

SENDERS = (Path(__file__).parent / "senders.mjs").read_text("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: how it is run, and what it can say."""

    send: Callable[[str, str, Told], None]
    says_when: bool = True
    says_consent: bool = True
    tries_again: bool = True


def _segment(*, gzip: bool) -> Callable[[str, str, Told], None]:
    def send(address: str, key: str, told: Told) -> None:
        from segment.analytics.client import Client as Segment

        client = Segment(key, host=address, gzip=gzip, max_retries=3, on_error=_fail)
        for call in told:
            getattr(client, call["kind"])(**_in_python(call))
        client.shutdown()

    return send


def _rudder(address: str, key: str, told: Told) -> None:
    from rudderstack.analytics.client import Client as Rudder

    client = Rudder(key, host=address, max_retries=3, on_error=_fail)
    for call in told:
        getattr(client, call["kind"])(**_in_python(call))
    client.shutdown()


def _posthog(address: str, key: str, told: Told) -> None:
    from posthog import Posthog

    client = Posthog(key, host=address, gzip=True, on_error=_fail)
    for call in told:
        who = call.get("userId") or call["anonymousId"]
        if call["kind"] == "identify":
            client.set(distinct_id=who, properties=call.get("traits", {}))
            continue
        about = {} if "userId" in call else {"$process_person_profile": False}
        client.capture(
            "$pageview" if call["kind"] == "page" else call["event"],
            distinct_id=who,
            properties={**call.get("properties", {}), **about},
            timestamp=_moment(call),
            uuid=call.get("messageId"),
        )
    client.shutdown()


def _node(sender: str) -> Callable[[str, str, Told], None]:
    def send(address: str, key: str, told: Told) -> None:
        run_node(SENDERS, sender=sender, address=address, key=key, told=list(told))

    return send


def _in_python(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the clients with Segment's interface in Python take."""
    names = {
        "userId": "user_id",
        "anonymousId": "anonymous_id",
        "messageId": "message_id",
        "event": "event",
        "properties": "properties",
        "traits": "traits",
    }
    said = {names[name]: value for name, value in call.items() if name in names}
    if "consent" in call:
        said["context"] = {"consent": {"categoryPreferences": call["consent"]}}
    return {**said, "timestamp": _moment(call)}


def _moment(call: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(call["timestamp"]) if "timestamp" in call else None


def _fail(error: Exception, _items: object = None) -> None:
    raise error


CLIENTS: Mapping[str, Client] = {
    "segment-analytics-python": Client(send=_segment(gzip=False)),
    "segment-analytics-python-gzip": Client(send=_segment(gzip=True)),
    "rudder-sdk-python": Client(send=_rudder),
    "posthog": Client(send=_posthog, says_consent=False),
    "segment-analytics-node": Client(send=_node("segment")),
    "rudder-sdk-node": Client(send=_node("rudder")),
    "jitsu-js": Client(send=_node("jitsu"), says_when=False, tries_again=False),
    "posthog-node": Client(send=_node("posthog"), says_consent=False),
}
