"""Find in Segment's places what clients of another maker say elsewhere; knows the wire only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def elsewhere(kind: str, traits: object, context: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the fields of a call that RudderStack's clients put elsewhere, as Segment has them.

    Their Python and Node clients put the traits of an `identify` into `context.traits`; their
    browser client names what was chosen in `context.consentManagement`.
    """
    found: dict[str, Any] = {}
    if kind == "identify" and not traits and isinstance(context.get("traits"), dict):
        found["traits"] = context["traits"]
    managed = context.get("consentManagement")
    if managed is not None and "consent" not in context:
        found["context"] = {**context, "consent": {"categoryPreferences": _answers(managed)}}
    return found


def _answers(managed: object) -> object:
    """Return the answers by category; a category on both lists is a no; no shape, no answers."""
    lists: Mapping[str, object] = managed if isinstance(managed, dict) else {}
    answers: dict[str, bool] = {}
    for name, answer in (("allowedConsentIds", True), ("deniedConsentIds", False)):
        listed = lists.get(name) or []
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            return managed
        answers.update(dict.fromkeys(listed, answer))
    return answers
