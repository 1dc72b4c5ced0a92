"""Say in Segment's words what a client of another maker says in its own; knows no one route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tactful.capabilities.collect.calls import Call


def in_segments_words(call: Call) -> Call:
    """
    Return *call* with what RudderStack's clients say elsewhere in its usual place.

    Their Python and Node clients put the traits of an `identify` into `context.traits`; their
    browser client names what was chosen in `context.consentManagement`.
    """
    context = call.context
    if not context:
        return call
    if call.type == "identify" and not call.traits and isinstance(context.get("traits"), dict):
        call = msgspec.structs.replace(call, traits=context["traits"])
    managed = context.get("consentManagement")
    if managed is not None and "consent" not in context:
        consent = {"categoryPreferences": _answers(managed)}
        call = msgspec.structs.replace(call, context={**context, "consent": consent})
    return call


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
