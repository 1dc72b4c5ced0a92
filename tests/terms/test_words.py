"""What the terms tell of themselves: what refuses, what corrects, what is for sale; and no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tactful.terms import (
    Feature,
    Identifier,
    IdentifierKind,
    Item,
    LegalBasis,
    Merge,
    Mode,
    Policy,
    Regime,
    RegimeRule,
    StatementKind,
    SubjectId,
    TrackingPlan,
    Trait,
    TraitOrigin,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("availability", "available", "removed"),
    [
        ("in_stock", True, False),
        ("preorder", True, False),
        ("out_of_stock", False, False),
        ("discontinued", False, False),
        ("removed", False, True),
    ],
)
def test_what_may_be_shown(availability: str, *, available: bool, removed: bool) -> None:
    """Goods that cannot be had are not shown; a tombstone is no goods any more."""
    item = Item(id="kettle", title="Kettle", availability=availability)

    assert (item.available, item.removed) == (available, removed)


def test_who_corrects() -> None:
    """The subject and the officer outrank whatever is observed."""
    assert {origin for origin in TraitOrigin if origin.corrects} == {
        TraitOrigin.SUBJECT,
        TraitOrigin.OFFICER,
    }


def test_what_says_no() -> None:
    """Never agreed, taken back and objected refuse; nothing else does."""
    assert {kind for kind in StatementKind if kind.says_no} == {
        StatementKind.DENY,
        StatementKind.WITHDRAW,
        StatementKind.OBJECT,
    }


def test_what_is_known_is_not_shown() -> None:
    """The repr of what is personal shows where it comes from, never what it says."""
    secret = Identifier(IdentifierKind.EMAIL, "ann@example.com")
    merge = Merge(
        id=7,
        kept=SubjectId(1),
        absorbed=SubjectId(2),
        at=NOW,
        evidence="email",
        by="shop",
        shown=secret,
    )
    feature = Feature(name="recency", title="", purpose="analytics", value=41, explanation="41")

    assert repr(merge) == "Merge(7, email, ...)"
    assert repr(Trait(value="ann", at=NOW)) == "Trait(observed)"
    assert repr(feature) == "Feature('recency' for analytics)"


@pytest.mark.parametrize(
    ("modes", "necessary"),
    [
        ([Mode.NECESSARY], True),
        ([Mode.NECESSARY, Mode.NECESSARY], True),
        ([Mode.NECESSARY, Mode.OPT_IN], False),
        ([Mode.NECESSARY, None], False),
    ],
)
def test_necessary_everywhere(modes: list[Mode | None], *, necessary: bool) -> None:
    """A purpose needs nobody's leave only if no law asks for it, and every law knows of it."""
    regimes = tuple(_regime(str(place), mode) for place, mode in enumerate(modes))
    plan = TrackingPlan(events={}, traits={})
    laws = Policy(purposes={}, activities={}, regimes=regimes, notices=(), plan=plan)

    assert laws.is_necessary("orders") is necessary


def _regime(name: str, mode: Mode | None) -> Regime:
    rules = {}
    if mode is not None:
        basis = LegalBasis.CONTRACT
        rules["orders"] = RegimeRule(purpose="orders", mode=mode, basis=basis, citation="")
    return Regime(id=name, law=name, regions=(), rules=rules)
