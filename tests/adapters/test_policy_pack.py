"""The policy pack that comes with tactful is whole, and says what it is meant to say."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from policy_shops import PURPOSES

from tactful.adapters.policy_files import load_policy
from tactful.terms import STRICTEST, LegalBasis, Mode, Regime

PACK = load_policy(None)


def test_purposes() -> None:
    """The ten purposes stand in the order that is written into digests."""
    assert list(PACK.purposes) == PURPOSES


def test_the_strictest_set_stands_first() -> None:
    """Where no region is known the strictest set holds, and every regime is reachable."""
    assert [r.id for r in PACK.regimes] == [STRICTEST, "EU-GDPR", "UK", "US-CA"]
    found = {r: PACK.regimes[PACK.regime_index(r)].id for r in ("DE", "GB-SCT", "US-CA", "US")}
    assert found == {"DE": "EU-GDPR", "GB-SCT": "UK", "US-CA": "US-CA", "US": STRICTEST}


def test_the_eu_has_27_members() -> None:
    """Every member state and the three EEA states fall under the GDPR."""
    eu = PACK.regimes[1]
    assert len(set(eu.regions) - {"IS", "LI", "NO", "EU"}) == 27


@pytest.mark.parametrize("regime", PACK.regimes, ids=lambda r: r.id)
def test_every_regime_speaks_on_every_purpose(regime: Regime) -> None:
    """No purpose of the pack is a gap anywhere."""
    assert list(regime.rules) == PURPOSES


@pytest.mark.parametrize("regime", PACK.regimes[:3], ids=lambda r: r.id)
def test_consent_is_asked_for_in_europe(regime: Regime) -> None:
    """Outside California nothing optional is on by itself but the UK's statistics."""
    free = {p for p, rule in regime.rules.items() if rule.mode is not Mode.OPT_IN}
    assert free == {"necessary"} | ({"measurement"} if regime.id == "UK" else set())


def test_consent_ends_after_two_years() -> None:
    """A consent runs out wherever one is asked for; the law of the contract does not."""
    rules = [rule for regime in PACK.regimes for rule in regime.rules.values()]
    ends = {rule.consent_lifetime for rule in rules if rule.basis is LegalBasis.CONSENT}
    assert ends == {timedelta(days=730)}


def test_global_privacy_control() -> None:
    """The signal binds in California for sale and sharing, and is honoured in Europe."""
    eu, california = PACK.regimes[1].gpc, PACK.regimes[3].gpc
    assert california.binding == {"advertising", "partner_matching"}
    assert not eu.binding
    assert eu.honoured == california.binding | california.honoured


def test_what_was_not_read_is_marked() -> None:
    """Only rules whose source was read are without a mark to check them."""
    read = {
        (regime.id, purpose)
        for regime in PACK.regimes[1:]
        for purpose, rule in regime.rules.items()
        if rule.confidence == "read"
    }
    assert read == {("US-CA", "advertising"), ("US-CA", "partner_matching")}


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
