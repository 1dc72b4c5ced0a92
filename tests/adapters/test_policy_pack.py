"""The policy pack that comes with tactful is whole, and says what it is meant to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from policy_shops import PURPOSES

from tactful.adapters.policy_files import load_policy
from tactful.terms import Regime

PACK = load_policy(None)


def test_purposes() -> None:
    """The ten purposes stand in the order that is written into digests."""
    assert list(PACK.purposes) == PURPOSES


@pytest.mark.parametrize("regime", PACK.regimes, ids=lambda r: r.id)
def test_every_regime_speaks_on_every_purpose(regime: Regime) -> None:
    """No purpose of the pack is a gap anywhere."""
    assert list(regime.rules) == PURPOSES


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_notice_covers_every_purpose(locale: str) -> None:
    """Shoppers find words on each of the ten purposes in their language."""
    found = PACK.current_notice(locale)
    assert (found.locale, found.name, list(found.texts)) == (locale, "privacy@1", PURPOSES)
    assert all(len(text) > 200 for text in found.texts.values())
    assert "{#" not in found.text


@pytest.mark.parametrize(("locale", "months"), [("en", "months"), ("de", "Monate")])
def test_the_notice_tells_the_retention_in_force(locale: str, months: str) -> None:
    """The months that a section promises are those after which data is removed."""
    texts = PACK.current_notice(locale).texts
    told = {p: re.findall(rf"(\d+)\s{months}", text) for p, text in texts.items()}
    kept = {p: purpose.retention for p, purpose in PACK.purposes.items()}
    assert told == {p: [str(round(t.days / 30.44))] if t else [] for p, t in kept.items()}


def test_what_events_are_kept_for_has_a_keeper() -> None:
    """Each purpose of an event has the one activity that may store it."""
    keepers = [a.purpose for a in PACK.activities.values() if a.keeps]
    used = {purpose for event in PACK.plan.events.values() for purpose in event.purposes}
    assert len(keepers) == len(set(keepers))
    assert used == set(keepers)


def test_a_property_serves_a_purpose_of_its_event() -> None:
    """No event declares a property that could never be kept with it."""
    idle = {
        (event.name, p.name)
        for event in PACK.plan.events.values()
        for p in event.properties.values()
        if not set(p.purposes) & set(event.purposes)
    }
    assert idle == set()


def test_searches_are_for_their_own_history_only() -> None:
    """What somebody typed into the search box is kept for individual suggestions alone."""
    query = PACK.plan.events["Products Searched"].properties["query"]
    assert query.purposes == ("individual_personalization",)


def test_identifiers_are_no_traits() -> None:
    """E-mail addresses and birthdays are not kept as traits."""
    assert set(PACK.plan.traits) == {"name", "language", "country"}


def test_while_restricted_only_the_subject_is_served() -> None:
    """Under Art. 18 what remains is recording statements and answering requests."""
    left = {a.name for a in PACK.activities.values() if a.survives_restriction}
    assert left == {"record-statement", "answer-request"}


def test_nothing_is_stored_for_a_session() -> None:
    """Session suggestions have no retention, because nothing is written down."""
    unstored = [p for p, purpose in PACK.purposes.items() if purpose.retention is None]
    assert unstored == ["session_personalization"]


def test_the_reference_names_every_purpose_and_activity() -> None:
    """Each purpose with its retention and each activity stands in the reference."""
    text = (Path(__file__).parents[2] / "docs/reference/policy.md").read_text("utf-8")
    kept = [(p.name, p.retention.days) for p in PACK.purposes.values() if p.retention]
    assert all(f"| `{name}` | {days} days |" in text for name, days in kept)
    assert all(f"`{name}`" in text for name in [*PACK.purposes, *PACK.activities])
