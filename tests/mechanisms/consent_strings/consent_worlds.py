"""Generated consents, the vectors of the reference implementations, and ways to damage strings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from tactful.mechanisms.consent_strings import (
    ConsentStringMistake,
    GppConsent,
    PublisherPurposes,
    PublisherRestriction,
    RestrictionType,
    TcfConsent,
    UsCalifornia,
    UsNational,
)

VECTORS = Path(__file__).parent / "vectors"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EXAMPLE = "DBABrw~BEAVAAAAAQA.YA~BAQAAABA.YA"
"""`usnat` and `usca` with GPC set."""

Consent = TypeVar("Consent")
MOMENTS = st.integers(0, (1 << 36) - 1).map(
    lambda deciseconds: datetime(1970, 1, 1, tzinfo=UTC) + deciseconds * timedelta(milliseconds=100)
)
LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
CHOICES = st.sampled_from([None, True, False])
FLAGS = st.booleans()


def vectors(name: str) -> list[Mapping[str, Any]]:
    """Return the vectors of a file."""
    found: list[Mapping[str, Any]] = json.loads((VECTORS / name).read_text("utf-8"))["vectors"]
    return found


def unpacked(runs: str) -> frozenset[int]:
    """Return the ids that "1-3,7" names."""
    pairs = [run.partition("-") for run in runs.split(",") if run]
    return frozenset(i for a, _, b in pairs for i in range(int(a), int(b or a) + 1))


def read(decode: Callable[[str], Consent], text: str) -> Consent | None:
    """Return what *text* says; `None` where it is refused, by the one mistake, in one line."""
    try:
        return decode(text)
    except ConsentStringMistake as mistake:
        said = str(mistake)
    assert len(said.splitlines()) == 1
    return None


def ids(highest: int) -> st.SearchStrategy[frozenset[int]]:
    """Return sets that are sparse, dense or made of rows, and empty."""
    one = st.integers(1, highest)
    rows = st.lists(st.tuples(one, st.integers(0, 200)), max_size=8).map(
        lambda found: frozenset(
            number for first, more in found for number in range(first, min(first + more, highest))
        )
    )
    return st.one_of(st.frozensets(one, max_size=40), rows, st.just(frozenset({highest})))


PURPOSES = ids(24)
VENDORS = st.one_of(ids(60), ids(1500), ids(65_535))
RESTRICTIONS = st.dictionaries(
    st.tuples(st.integers(1, 24), st.sampled_from(RestrictionType)), ids(300), max_size=5
).map(
    lambda found: frozenset(
        PublisherRestriction(purpose=purpose, type=kind, vendors=vendors)
        for (purpose, kind), vendors in found.items()
    )
)


@st.composite
def publishers(draw: st.DrawFn) -> PublisherPurposes:
    """Return what a publisher may do, with up to 63 purposes of its own."""
    custom = draw(st.integers(0, 63))
    own = ids(custom) if custom else st.just(frozenset[int]())
    return PublisherPurposes(
        consents=draw(PURPOSES),
        legitimate_interests=draw(PURPOSES),
        custom_purposes=custom,
        custom_consents=draw(own),
        custom_legitimate_interests=draw(own),
    )


TCF_CONSENTS = st.builds(
    TcfConsent,
    version=st.just(2),
    created=MOMENTS,
    updated=MOMENTS,
    cmp_id=st.integers(0, 4095),
    cmp_version=st.integers(0, 4095),
    consent_screen=st.integers(0, 63),
    language=LETTERS,
    vendor_list_version=st.integers(0, 4095),
    policy_version=st.integers(0, 63),
    service_specific=FLAGS,
    non_standard_texts=FLAGS,
    special_feature_opt_ins=ids(12),
    purpose_consents=PURPOSES,
    purpose_legitimate_interests=PURPOSES,
    purpose_one_treatment=FLAGS,
    publisher_country=LETTERS,
    vendor_consents=VENDORS,
    vendor_legitimate_interests=ids(1500),
    publisher_restrictions=RESTRICTIONS,
    disclosed_vendors=st.none() | ids(1500),
    allowed_vendors=st.none() | ids(1500),
    publisher=st.none() | publishers(),
)


def choices(times: int) -> st.SearchStrategy[tuple[bool | None, ...]]:
    """Return so many answers."""
    return st.tuples(*[CHOICES] * times)


def _single(section: type[UsNational | UsCalifornia]) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for every field of *section* that holds one answer."""
    names = {field.name for field in fields(section)}
    return {name: CHOICES for name in names if name != "version" and not name.endswith("s")}


NATIONALS = st.sampled_from([(1, 12, 2), (2, 16, 3)]).flatmap(
    lambda layout: st.builds(
        UsNational,
        version=st.just(layout[0]),
        sensitive_data_consents=choices(layout[1]),
        known_child_consents=choices(layout[2]),
        **_single(UsNational),
    )
)
CALIFORNIANS = st.builds(
    UsCalifornia,
    version=st.just(1),
    sensitive_data_opt_outs=choices(9),
    known_child_consents=choices(2),
    **_single(UsCalifornia),
)
OTHERS = st.dictionaries(
    st.integers(1, 65_535).filter(lambda number: number not in {2, 7, 8}),
    st.text(ALPHABET + ".", min_size=1, max_size=20),
    max_size=6,
)
GPP_CONSENTS = st.builds(
    GppConsent,
    tcfeuv2=st.none() | TCF_CONSENTS,
    usnat=st.none() | NATIONALS,
    usca=st.none() | CALIFORNIANS,
    others=OTHERS,
)


@st.composite
def damaged(draw: st.DrawFn, whole: str) -> str:
    """Return *whole* cut off, with a bit or a character changed, or with something put in."""
    at = draw(st.integers(0, len(whole) - 1))
    character = whole[at]
    if character in ALPHABET and draw(FLAGS):
        flipped = ALPHABET[ALPHABET.index(character) ^ 1 << draw(st.integers(0, 5))]
        return whole[:at] + flipped + whole[at + 1 :]
    put = draw(st.sampled_from(["", ".", "~", "=", " ", "\n", "é", "A", "_", whole]))
    return whole[:at] + put + whole[at + draw(st.integers(0, len(whole))) :]
