"""
The string of the IAB Global Privacy Platform: a header that lists sections, and the sections.

    header ~ section ~ section

`tcfeuv2`, `usnat` and `usca` are decoded; other sections are kept as they came, under their ids.

Source:
    IAB Tech Lab, Global Privacy Platform String, version 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tactful.mechanisms.consent_strings import tcf
from tactful.mechanisms.consent_strings.bits import BitReader, BitWriter, bounded
from tactful.mechanisms.consent_strings.ids import MAX_ID, Ids
from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake
from tactful.mechanisms.consent_strings.us_sections import (
    UsCalifornia,
    UsNational,
    decode_california,
    decode_national,
    encode_section,
)

HEADER_TYPE = 3
BEGINNING = "D"
"""The type of the header, which fills the first character."""
VERSION = 1
PADDING_BITS = 8
TCF_EU, US_NATIONAL, US_CALIFORNIA = 2, 7, 8
DECODED = frozenset({TCF_EU, US_NATIONAL, US_CALIFORNIA})
WHOLE = "a GPP string"
HEADER = "the header of the GPP string"
SECTION = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GppConsent:
    """
    The sections of a GPP string.  Without a `repr`: these are a person's choices.

    A section that is not there is `None`.  `others` are the sections of other laws, not looked
    into, by their ids.
    """

    tcfeuv2: tcf.TcfConsent | None = None
    usnat: UsNational | None = None
    usca: UsCalifornia | None = None
    others: Mapping[int, str] = field(default_factory=dict)


def decode(text: str) -> GppConsent:
    """
    Return what the GPP string *text* says.

    Raises:
        ConsentStringMistake: too long, cut off, damaged, or of another version.
    """
    header, *texts = bounded(text, name=WHOLE).split("~")
    ids = _section_ids(header)
    if len(ids) != len(texts):
        raise ConsentStringMistake(
            f"{WHOLE} must have the sections that its header lists: pass the whole string"
        )
    sections = dict(zip(ids, texts, strict=True))
    national, california = sections.get(US_NATIONAL), sections.get(US_CALIFORNIA)
    european = sections.get(TCF_EU)
    return GppConsent(
        tcfeuv2=None if european is None else tcf.decode(european),
        usnat=None if national is None else decode_national(national),
        usca=None if california is None else decode_california(california),
        others=_others(sections),
    )


def _section_ids(header: str) -> Sequence[int]:
    if not header.startswith(BEGINNING):
        raise ConsentStringMistake(f"{WHOLE} must begin with a GPP header")
    reader = BitReader.of(header.removeprefix(BEGINNING), name=HEADER)
    version = reader.number(6)
    if version != VERSION:
        raise ConsentStringMistake(f"{WHOLE} must be of version {VERSION}, not {version}")
    ids = _fibonacci_range(reader)
    reader.finish()
    return ids


def _fibonacci_range(reader: BitReader) -> Sequence[int]:
    """Return the ids of a `Range(Fibonacci)`: each number counts from the one before it."""
    ids: list[int] = []
    last = 0
    for _ in range(reader.number(12)):
        grouped = reader.flag()
        first = last + reader.fibonacci()
        last = first + (reader.fibonacci() if grouped else 0)
        if last > MAX_ID:
            raise reader.mistake(f"is damaged: an id is beyond {MAX_ID}")
        ids.extend(range(first, last + 1))
    return ids


def _others(sections: Mapping[int, str]) -> Mapping[int, str]:
    others = {number: text for number, text in sections.items() if number not in DECODED}
    if not all(map(SECTION.fullmatch, others.values())):
        raise ConsentStringMistake(f"a section of {WHOLE} is empty or damaged")
    return others


def encode(consent: GppConsent) -> str:
    """
    Return the GPP string, its sections in the order of their ids.

    Raises:
        ConsentStringMistake: a value that the format cannot hold, or a string beyond the bound.
    """
    if DECODED & consent.others.keys():
        raise ConsentStringMistake("a section that is decoded must not stand among the others")
    sections = dict(_others(consent.others))
    if consent.tcfeuv2 is not None:
        sections[TCF_EU] = tcf.encode(consent.tcfeuv2)
    if consent.usnat is not None:
        sections[US_NATIONAL] = encode_section(consent.usnat)
    if consent.usca is not None:
        sections[US_CALIFORNIA] = encode_section(consent.usca)
    ordered = [sections[number] for number in sorted(sections)]
    return bounded("~".join([_header(sections), *ordered]), name=WHOLE)


def _header(sections: Iterable[int]) -> str:
    writer = BitWriter(HEADER)
    writer.number(HEADER_TYPE, 6)
    writer.number(VERSION, 6)
    runs = list(Ids.of(sections).runs())
    writer.number(len(runs), 12)
    before = 0
    for first, last in runs:
        writer.number(int(last > first), 1)
        writer.fibonacci(first - before)
        if last > first:
            writer.fibonacci(last - first)
        before = last
    return writer.text(multiple=PADDING_BITS)
