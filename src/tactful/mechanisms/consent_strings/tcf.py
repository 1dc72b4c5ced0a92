"""
The TC string of the IAB Europe Transparency and Consent Framework, versions 2.0 to 2.3.

    core . disclosed vendors . allowed vendors . publisher purposes

The core comes first; the others may be missing, and may come in any order.  Whether a vendor is on
the global list, and what a vendor does, is not known here.

Source:
    IAB Tech Lab, Transparency and Consent String with Global Vendor & CMP List Formats, v2.3.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tactful.mechanisms.consent_strings.bits import BitReader, BitWriter, bounded
from tactful.mechanisms.consent_strings.ids import Ids
from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake

VERSION = 2
PURPOSES = 24
SPECIAL_FEATURES = 12
PADDING_BITS = 24
WHOLE = "a TC string"
CORE = "the core of the TC string"
DISCLOSED_VENDORS_FROM = datetime(2026, 2, 28, tzinfo=UTC)
"""From here on a string must say which vendors were shown (TCF 2.3)."""
CLOCKS_DIFFER_BY = timedelta(days=1)
"""How far ahead of ours the clock of the page may be."""


class RestrictionType(enum.IntEnum):
    """What a publisher rules about vendors and a purpose; 3 is not defined."""

    NOT_ALLOWED = 0
    REQUIRE_CONSENT = 1
    REQUIRE_LEGITIMATE_INTEREST = 2


class Segment(enum.IntEnum):
    """The segments that may follow the core, by the type in their first three bits."""

    DISCLOSED_VENDORS = 1
    ALLOWED_VENDORS = 2
    PUBLISHER_PURPOSES = 3


SEGMENTS = frozenset(Segment)
RESTRICTION_TYPES = frozenset(RestrictionType)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PublisherRestriction:
    """One purpose that the publisher restricts for some vendors."""

    purpose: int
    type: RestrictionType
    vendors: AbstractSet[int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PublisherPurposes:
    """What the publisher itself may do; `custom_purposes` counts the purposes of its own making."""

    consents: AbstractSet[int] = Ids()
    legitimate_interests: AbstractSet[int] = Ids()
    custom_purposes: int = 0
    custom_consents: AbstractSet[int] = Ids()
    custom_legitimate_interests: AbstractSet[int] = Ids()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TcfConsent:
    """
    Everything that a TC string says.  Without a `repr`: these are a person's choices.

    Sets hold the ids of purposes, special features and vendors.  A segment that is missing is
    `None`, which is not the same as one that names nobody.
    """

    version: int = VERSION
    created: datetime
    updated: datetime
    cmp_id: int
    cmp_version: int
    consent_screen: int
    language: str
    vendor_list_version: int
    policy_version: int
    service_specific: bool
    non_standard_texts: bool
    special_feature_opt_ins: AbstractSet[int]
    purpose_consents: AbstractSet[int]
    purpose_legitimate_interests: AbstractSet[int]
    purpose_one_treatment: bool
    publisher_country: str
    vendor_consents: AbstractSet[int]
    vendor_legitimate_interests: AbstractSet[int]
    publisher_restrictions: frozenset[PublisherRestriction] = field(default_factory=frozenset)
    disclosed_vendors: AbstractSet[int] | None = None
    allowed_vendors: AbstractSet[int] | None = None
    publisher: PublisherPurposes | None = None

    def invalid_at(self, moment: datetime) -> str | None:
        """
        Return why the string does not count at *moment*; `None` where it counts.

        Source:
            TC string v2.3: IsServiceSpecific must be 1; DisclosedVendors is mandatory.
        """
        if not self.service_specific:
            return "it is of global scope, which has ended: IsServiceSpecific must be 1"
        if self.updated < self.created:
            return "it was updated before it was created"
        if self.updated > moment + CLOCKS_DIFFER_BY:
            return "it is dated in the future"
        if self.disclosed_vendors is None and moment >= DISCLOSED_VENDORS_FROM:
            return "it does not say which vendors were disclosed, as TCF 2.3 requires"
        return None


def decode(text: str) -> TcfConsent:
    """
    Return what the TC string *text* says, all of it.

    Raises:
        ConsentStringMistake: too long, cut off, damaged, or of another version.
    """
    core, *others = bounded(text, name=WHOLE).split(".")
    reader = BitReader.of(core, name=CORE)
    version = reader.number(6)
    if version != VERSION:
        raise ConsentStringMistake(f"{WHOLE} must be of version {VERSION}, not {version}")
    segments = _segments(others)
    consent = TcfConsent(
        version=version,
        created=reader.moment(),
        updated=reader.moment(),
        cmp_id=reader.number(12),
        cmp_version=reader.number(12),
        consent_screen=reader.number(6),
        language=reader.letters(),
        vendor_list_version=reader.number(12),
        policy_version=reader.number(6),
        service_specific=reader.flag(),
        non_standard_texts=reader.flag(),
        special_feature_opt_ins=reader.ids(SPECIAL_FEATURES),
        purpose_consents=reader.ids(PURPOSES),
        purpose_legitimate_interests=reader.ids(PURPOSES),
        purpose_one_treatment=reader.flag(),
        publisher_country=reader.letters(),
        vendor_consents=reader.vendors(),
        vendor_legitimate_interests=reader.vendors(),
        publisher_restrictions=_read_restrictions(reader),
        disclosed_vendors=_read_vendors(segments.get(Segment.DISCLOSED_VENDORS)),
        allowed_vendors=_read_vendors(segments.get(Segment.ALLOWED_VENDORS)),
        publisher=_read_publisher(segments.get(Segment.PUBLISHER_PURPOSES)),
    )
    reader.finish()
    return consent


def _segments(texts: Iterable[str]) -> Mapping[Segment, BitReader]:
    """Return a reader for each segment behind the core, its type already read."""
    found: dict[Segment, BitReader] = {}
    for text in texts:
        reader = BitReader.of(text, name="a segment of the TC string")
        kind = reader.number(3)
        if kind not in SEGMENTS or Segment(kind) in found:
            raise reader.mistake("is damaged: it is of no known type, or there twice")
        found[Segment(kind)] = reader
    return found


def _read_restrictions(reader: BitReader) -> frozenset[PublisherRestriction]:
    vendors: dict[tuple[int, RestrictionType], Ids] = {}
    for _ in range(reader.number(12)):
        purpose, kind = reader.number(6), reader.number(2)
        if not 1 <= purpose <= PURPOSES or kind not in RESTRICTION_TYPES:
            raise reader.mistake("is damaged: a restriction of the publisher is impossible")
        key = purpose, RestrictionType(kind)
        vendors[key] = Ids(vendors.get(key, Ids()).mask | reader.ranges().mask)
    return frozenset(
        PublisherRestriction(purpose=purpose, type=kind, vendors=ids)
        for (purpose, kind), ids in vendors.items()
    )


def _read_vendors(reader: BitReader | None) -> Ids | None:
    if reader is None:
        return None
    vendors = reader.vendors()
    reader.finish()
    return vendors


def _read_publisher(reader: BitReader | None) -> PublisherPurposes | None:
    if reader is None:
        return None
    consents, interests = reader.ids(PURPOSES), reader.ids(PURPOSES)
    custom = reader.number(6)
    publisher = PublisherPurposes(
        consents=consents,
        legitimate_interests=interests,
        custom_purposes=custom,
        custom_consents=reader.ids(custom),
        custom_legitimate_interests=reader.ids(custom),
    )
    reader.finish()
    return publisher


def encode(consent: TcfConsent) -> str:
    """
    Return the TC string for tags downstream, vendors in the shorter of the two encodings.

    Raises:
        ConsentStringMistake: a value that the format cannot hold, or a string beyond the bound.
    """
    segments = [
        _written_core(consent),
        _written_vendors(Segment.DISCLOSED_VENDORS, consent.disclosed_vendors),
        _written_vendors(Segment.ALLOWED_VENDORS, consent.allowed_vendors),
        _written_publisher(consent.publisher),
    ]
    return bounded(".".join(segment for segment in segments if segment), name=WHOLE)


def _written_core(consent: TcfConsent) -> str:
    if consent.version != VERSION:
        raise ConsentStringMistake(f"{WHOLE} must be of version {VERSION}, not {consent.version}")
    writer = BitWriter(CORE)
    writer.number(consent.version, 6)
    writer.moment(consent.created)
    writer.moment(consent.updated)
    writer.number(consent.cmp_id, 12)
    writer.number(consent.cmp_version, 12)
    writer.number(consent.consent_screen, 6)
    writer.letters(consent.language)
    writer.number(consent.vendor_list_version, 12)
    writer.number(consent.policy_version, 6)
    writer.number(consent.service_specific, 1)
    writer.number(consent.non_standard_texts, 1)
    writer.ids(Ids.of(consent.special_feature_opt_ins), SPECIAL_FEATURES)
    writer.ids(Ids.of(consent.purpose_consents), PURPOSES)
    writer.ids(Ids.of(consent.purpose_legitimate_interests), PURPOSES)
    writer.number(consent.purpose_one_treatment, 1)
    writer.letters(consent.publisher_country)
    writer.vendors(Ids.of(consent.vendor_consents))
    writer.vendors(Ids.of(consent.vendor_legitimate_interests))
    _write_restrictions(writer, consent.publisher_restrictions)
    return writer.text(multiple=PADDING_BITS)


def _write_restrictions(writer: BitWriter, restrictions: frozenset[PublisherRestriction]) -> None:
    """Write *restrictions* by purpose and type, so that equal ones give equal strings."""
    ordered = sorted(restrictions, key=lambda restriction: (restriction.purpose, restriction.type))
    if len({(restriction.purpose, restriction.type) for restriction in ordered}) < len(ordered):
        raise writer.mistake("two restrictions of one purpose and type: make them one")
    writer.number(len(ordered), 12)
    for restriction in ordered:
        if not 1 <= restriction.purpose <= PURPOSES:
            raise writer.mistake(f"a restriction of a purpose beyond {PURPOSES}")
        writer.number(restriction.purpose, 6)
        writer.number(restriction.type, 2)
        writer.ranges(Ids.of(restriction.vendors))


def _written_vendors(segment: Segment, vendors: AbstractSet[int] | None) -> str:
    if vendors is None:
        return ""
    writer = BitWriter("a vendor segment of the TC string")
    writer.number(segment, 3)
    writer.vendors(Ids.of(vendors))
    return writer.text(multiple=PADDING_BITS)


def _written_publisher(publisher: PublisherPurposes | None) -> str:
    if publisher is None:
        return ""
    writer = BitWriter("the publisher segment of the TC string")
    writer.number(Segment.PUBLISHER_PURPOSES, 3)
    writer.ids(Ids.of(publisher.consents), PURPOSES)
    writer.ids(Ids.of(publisher.legitimate_interests), PURPOSES)
    writer.number(publisher.custom_purposes, 6)
    writer.ids(Ids.of(publisher.custom_consents), publisher.custom_purposes)
    writer.ids(Ids.of(publisher.custom_legitimate_interests), publisher.custom_purposes)
    return writer.text(multiple=PADDING_BITS)
