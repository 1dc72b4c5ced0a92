"""TC strings: what the reference encodes, what comes back, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from consent_worlds import TCF_CONSENTS, damaged, read, unpacked, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.mechanisms.consent_strings import (
    ConsentStringMistake,
    PublisherPurposes,
    PublisherRestriction,
    RestrictionType,
    TcfConsent,
    tcf,
)
from tactful.mechanisms.consent_strings.bits import BitWriter
from tactful.terms import Mistake

REFERENCE = vectors("tcf.json")
STRINGS = {vector["name"]: vector["string"] for vector in REFERENCE}
PLAIN = STRINGS["everything granted: one range"]
CORE = PLAIN.partition(".")[0]
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def expected(said: Mapping[str, Any]) -> TcfConsent:
    """Return the consent that the fields of a vector describe."""
    values = {name: _value(name, value) for name, value in said.items()}
    return TcfConsent(**values)


def _value(name: str, value: Any) -> Any:
    if name in {"created", "updated"}:
        return datetime.fromisoformat(value)
    if name == "publisher_restrictions":
        return frozenset(_restriction(one) for one in value)
    if name == "publisher" and value:
        return PublisherPurposes(**{key: _value(key, each) for key, each in value.items()})
    words = {"language", "publisher_country"}
    return unpacked(value) if isinstance(value, str) and name not in words else value


def _restriction(said: Mapping[str, Any]) -> PublisherRestriction:
    return PublisherRestriction(
        purpose=said["purpose"],
        type=RestrictionType(said["type"]),
        vendors=unpacked(said["vendors"]),
    )


def core(*parts: tuple[int, int], version: int = 2, letters: int = 0) -> str:
    """Return a core of zeros up to the vendors, and *parts* as (value, width) from there."""
    writer = BitWriter("a core")
    for value, width in [(version, 6), (0, 102), (letters, 12), (0, 93), *parts]:
        writer.number(value, width)
    return writer.text(multiple=24)


NO_VENDORS = [(0, 17), (0, 17)]
NO_RESTRICTIONS = (0, 12)


@pytest.mark.parametrize("vector", REFERENCE, ids=lambda vector: vector["name"])
def test_a_string_of_the_reference_is_read_as_the_reference_reads_it(
    vector: Mapping[str, Any],
) -> None:
    """Every field of every vector is decoded to what @iabtcf/core decodes it to."""
    assert tcf.decode(vector["string"]) == expected(vector["fields"])


@pytest.mark.parametrize("vector", REFERENCE, ids=lambda vector: vector["name"])
def test_what_is_encoded_is_the_string_of_the_reference(vector: Mapping[str, Any]) -> None:
    """Byte for byte, unless the reference chose another encoding; never longer than its own."""
    encoded = tcf.encode(expected(vector["fields"]))

    assert (encoded == vector["string"]) is not vector["shorter"]
    assert len(encoded) <= len(vector["string"])
    assert tcf.decode(encoded) == expected(vector["fields"])


def test_the_vectors_name_every_field() -> None:
    """No field of a consent is left out of the vectors."""
    assert set(REFERENCE[0]["fields"]) == {field.name for field in fields(TcfConsent)}


@given(TCF_CONSENTS)
def test_what_is_encoded_is_decoded_again(consent: TcfConsent) -> None:
    """Any consent the format can hold survives, and is written the same way again."""
    text = tcf.encode(consent)

    assert tcf.decode(text) == consent
    assert tcf.encode(tcf.decode(text)) == text


@given(st.text() | st.text("ABCDQYgI.-_019"))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever comes, the answer is a consent or one mistake in one line."""
    read(tcf.decode, text)


@settings(max_examples=300)
@given(st.sampled_from(sorted(STRINGS.values())).flatmap(damaged))
def test_a_damaged_string_is_refused_or_read_whole(text: str) -> None:
    """Where damage leaves a string of the format, all of it is read: it can be written again."""
    consent = read(tcf.decode, text)

    assert consent is None or tcf.decode(tcf.encode(consent)) == consent


@pytest.mark.parametrize("name", sorted(STRINGS))
def test_a_segment_that_is_cut_off_is_refused(name: str) -> None:
    """However much of a core is missing, nothing is guessed; only padding may be left out."""
    text = STRINGS[name].partition(".")[0]
    whole = tcf.decode(text)
    for length in range(len(text)):
        part = read(tcf.decode, text[:length])
        assert part is None or (part == whole and set(text[length:]) <= {"A"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty or damaged"),
        ("C" * 16_385, "at most 16384 characters"),
        (core(*NO_VENDORS, NO_RESTRICTIONS, version=1), "must be of version 2, not 1"),
        (PLAIN.replace("_", "/"), "letters, digits, '-' and '_'"),
        (f"{PLAIN}=", "letters, digits, '-' and '_'"),
        (f"{PLAIN}\n", "letters, digits, '-' and '_'"),
        (f"{PLAIN}.", "it is empty or damaged"),
        (f"{PLAIN}.{PLAIN.partition('.')[2]}", "or there twice"),
        (f"{PLAIN}.{CORE}", "of no known type"),
        (f"{PLAIN}.gAAA", "of no known type"),
        (f"{CORE}.I", "is cut off"),
        (CORE[:-6], "is cut off"),
        (core(*NO_VENDORS, NO_RESTRICTIONS, (1, 1)), "something follows its last field"),
        (f"{CORE}.IAAB", "something follows its last field"),
        (f"{CORE}.YAAAAAAAAAAB", "something follows its last field"),
        (core(*NO_VENDORS, NO_RESTRICTIONS, letters=26), "is not made of letters"),
        (core((9, 16), (1, 1), (1, 12), (0, 1), (0, 16)), "a range of ids is impossible"),
        (core((9, 16), (1, 1), (1, 12), (0, 1), (10, 16)), "a range of ids is impossible"),
        (core((9, 16), (1, 1), (1, 12), (1, 1), (5, 16), (4, 16)), "a range of ids is impossible"),
        (core(*NO_VENDORS, (1, 12), (0, 6), (0, 2), (0, 12)), "a restriction of the publisher"),
        (core(*NO_VENDORS, (1, 12), (25, 6), (0, 2), (0, 12)), "a restriction of the publisher"),
        (core(*NO_VENDORS, (1, 12), (2, 6), (3, 2), (0, 12)), "a restriction of the publisher"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    """Each kind of mistake has its own line, is a `Mistake`, and does not repeat the string."""
    with pytest.raises(Mistake, match=reason) as caught:
        tcf.decode(text)

    assert type(caught.value) is ConsentStringMistake
    assert not text or text not in str(caught.value)


def test_segments_may_come_in_any_order() -> None:
    """The core is first; the other segments are known by their type."""
    whole = STRINGS["a publisher with purposes of its own"]
    first, second, third = whole.split(".")

    assert tcf.decode(f"{first}.{third}.{second}") == tcf.decode(whole)


def test_ranges_may_overlap_and_come_unsorted() -> None:
    """Entries are a set of ids; both spellings of the same vendors are equal."""
    entries = (3, 12), (1, 1), (5, 16), (9, 16), (0, 1), (2, 16), (1, 1), (8, 16), (9, 16)
    text = core((9, 16), (1, 1), *entries, (0, 17), NO_RESTRICTIONS)

    assert tcf.decode(text).vendor_consents == {2, 5, 6, 7, 8, 9}


def test_restrictions_of_one_kind_are_one() -> None:
    """Two entries of one purpose and type are the restriction of all their vendors."""
    entry = [(7, 6), (1, 2), (1, 12), (0, 1)]
    text = core(*NO_VENDORS, (2, 12), *entry, (3, 16), *entry, (8, 16))
    restriction = PublisherRestriction(
        purpose=7, type=RestrictionType.REQUIRE_CONSENT, vendors=frozenset({3, 8})
    )

    assert tcf.decode(text).publisher_restrictions == {restriction}


def test_the_longest_string_holds_every_vendor_many_times() -> None:
    """A string that names all ids as often as it can is read: ids are not counted one by one."""
    times = 2_900
    ranges = [(1, 1), (1, 16), (65_535, 16)] * times
    text = core((65_535, 16), (1, 1), (times, 12), *ranges, (0, 17), NO_RESTRICTIONS)

    assert len(text) <= 16_384
    assert len(tcf.decode(text).vendor_consents) == 65_535


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"created": datetime(2026, 1, 1)},  # noqa: DTZ001 - it is what is refused
        {"created": datetime(1969, 12, 31, tzinfo=UTC)},
        {"created": datetime(2200, 1, 1, tzinfo=UTC)},
        {"cmp_id": 4096},
        {"cmp_id": -1},
        {"consent_screen": 64},
        {"language": "de"},
        {"language": "DEU"},
        {"publisher_country": "Ä1"},
        {"special_feature_opt_ins": frozenset({13})},
        {"purpose_consents": frozenset({25})},
        {"vendor_consents": frozenset({0})},
        {"vendor_consents": frozenset({65_536})},
        {"vendor_consents": frozenset(range(1, 65_535, 2)), "disclosed_vendors": {1, 3, 5}},
        {"publisher": PublisherPurposes(custom_purposes=64)},
        {"publisher": PublisherPurposes(custom_purposes=1, custom_consents=frozenset({2}))},
    ],
)
def test_what_the_format_cannot_hold_is_not_written(change: Mapping[str, Any]) -> None:
    """A value beyond its field is a mistake; it is never cut down to fit."""
    if "disclosed_vendors" in change:  # each fits by itself, and together they are too long
        change = {**change, "vendor_legitimate_interests": change["vendor_consents"]}
    with pytest.raises(ConsentStringMistake):
        tcf.encode(replace(tcf.decode(PLAIN), **change))


@pytest.mark.parametrize(
    "restrictions",
    [
        [(25, RestrictionType.NOT_ALLOWED, {1})],
        [(0, RestrictionType.NOT_ALLOWED, {1})],
        [(2, RestrictionType.NOT_ALLOWED, {1}), (2, RestrictionType.NOT_ALLOWED, {2})],
    ],
)
def test_impossible_restrictions_are_not_written(
    restrictions: list[tuple[int, RestrictionType, set[int]]],
) -> None:
    """A purpose that cannot be numbered, and two restrictions where one belongs, are mistakes."""
    written = frozenset(
        PublisherRestriction(purpose=purpose, type=kind, vendors=frozenset(vendors))
        for purpose, kind, vendors in restrictions
    )
    with pytest.raises(ConsentStringMistake):
        tcf.encode(replace(tcf.decode(PLAIN), publisher_restrictions=written))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"disclosed_vendors": frozenset()}, None),
        ({"updated": NOW + timedelta(hours=23)}, None),
        ({"disclosed_vendors": None}, "it does not say which vendors were disclosed"),
        ({"service_specific": False}, "it is of global scope"),
        ({"created": NOW + timedelta(hours=1)}, "it was updated before it was created"),
        ({"updated": NOW + timedelta(hours=25)}, "it is dated in the future"),
    ],
)
def test_a_string_that_does_not_count_says_why(
    change: Mapping[str, Any], reason: str | None
) -> None:
    """TCF 2.3 wants disclosed vendors and service scope; times must be possible."""
    said = replace(tcf.decode(PLAIN), **change).invalid_at(NOW)

    assert (said or "").startswith(reason or "")
    assert (said is None) is (reason is None)


def test_disclosed_vendors_are_asked_for_from_the_day_on() -> None:
    """A string without them counts until 27 February 2026, and never after, whatever its date."""
    old = datetime(2025, 6, 1, tzinfo=UTC)
    consent = replace(tcf.decode(PLAIN), created=old, updated=old, disclosed_vendors=None)
    day = datetime(2026, 2, 28, tzinfo=UTC)

    assert consent.invalid_at(day - timedelta(seconds=1)) is None
    assert consent.invalid_at(day) is not None


def test_a_consent_does_not_show_itself() -> None:
    """Logs that print a consent print nobody's choices."""
    consent = tcf.decode(STRINGS["a publisher with purposes of its own"])

    shown = f"{consent!r} {consent.publisher!r} {consent.disclosed_vendors!r}"
    assert "50" in shown
    assert "purpose_consents" not in shown
    assert "2026" not in shown
