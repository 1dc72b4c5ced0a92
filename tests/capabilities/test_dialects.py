"""What RudderStack's clients say elsewhere is read where Segment has it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tactful.capabilities.collect import Call, read_batch, read_single, signals_of


def identified(**more: Any) -> dict[str, Any]:
    """Return an identify call."""
    return {"type": "identify", "userId": "u-1", **more}


def read(call: dict[str, Any]) -> Call:
    """Return *call* as it is read, which is the same alone and in a batch."""
    (in_batch,) = read_batch(msgspec.json.encode({"batch": [call]})).calls
    (alone,) = read_single(str(call["type"]), msgspec.json.encode(call)).calls
    assert (alone.traits, alone.context) == (in_batch.traits, in_batch.context)
    return in_batch


def test_traits_in_the_context_of_an_identify_count() -> None:
    """Where the call has none of its own; and of no other call, which repeats old ones there."""
    elsewhere = {"context": {"traits": {"language": "fr"}}}

    assert read(identified(**elsewhere)).traits == {"language": "fr"}
    assert read(identified(traits={"name": "Ada"}, **elsewhere)).traits == {"name": "Ada"}
    assert read({**identified(**elsewhere), "type": "page"}).traits is None


def test_consent_management_is_a_signal() -> None:
    """A category on both lists is a no; what stands in `consent` outranks it."""
    managed = {"allowedConsentIds": ["Ads", "Analytics"], "deniedConsentIds": ["Ads"]}

    said = signals_of(read(identified(context={"consentManagement": managed})))
    assert said.categories == {"Ads": False, "Analytics": True}

    own = {"categoryPreferences": {"Ads": True}}
    both = {"consentManagement": managed, "consent": own}
    assert signals_of(read(identified(context=both))).categories == {"Ads": True}


@pytest.mark.parametrize(
    "managed", [{"deniedConsentIds": "Ads"}, {"allowedConsentIds": [1]}], ids=["text", "number"]
)
def test_consent_management_of_another_shape_says_nothing(managed: object) -> None:
    """It is named as unread, like any consent that cannot be read."""
    said = signals_of(read(identified(context={"consentManagement": managed})))

    assert said.categories == {}
    assert said.unread != ()
