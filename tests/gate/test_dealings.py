"""Consent that dealings imply: CASL's, and the soft opt-in of ePrivacy Art. 13(2)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from gate_worlds import (
    ABROAD,
    BY_DEALING,
    CASL,
    DENY,
    GRANT,
    NOW,
    OBJECT,
    TICK,
    WITHDRAW,
    dealings,
    every_mode,
    laws_of,
    rule_of,
    said,
    under,
    with_mode,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Permit, Refusal, decide, digest
from tactful.terms import (
    LegalBasis,
    Mode,
    Relationship,
    RelationshipKind,
    Said,
    Standing,
    Statement,
    StatementKind,
)

POLICY = every_mode()
PURCHASE, INQUIRY = RelationshipKind.PURCHASE, RelationshipKind.INQUIRY
YEAR, MONTH = timedelta(days=365), timedelta(days=30)
HOUR = timedelta(hours=1)


def bought(
    at: datetime = NOW, kind: RelationshipKind = PURCHASE, *, offered: bool = False
) -> Relationship:
    """Return one dealing."""
    return Relationship(kind=kind, at=at, opt_out_offered=offered)


def customer(*dealt: Relationship, said: tuple[Statement, ...] = ()) -> Standing:
    """Return the standing of somebody who lives where dealings imply a consent."""
    return Standing(statements=said, residence="XM", relationships=dealt)


def ask(activity: str, standing: Standing, at: datetime = NOW, *, gpc: bool = False) -> str:
    """Return who speaks."""
    return rule_of(decide(activity, standing, POLICY, at, region="XM", gpc=gpc))


@pytest.mark.parametrize(("kind", "lasts"), CASL.items())
def test_implied_consent_ends_exactly_at_its_term(
    kind: RelationshipKind, lasts: timedelta | None
) -> None:
    """It holds for its last second and not for the next."""
    assert lasts is not None
    standing = customer(bought(NOW, kind))

    assert ask("recommend", standing, NOW) == "permitted"
    assert ask("recommend", standing, NOW + lasts - TICK) == "permitted"
    assert ask("recommend", standing, NOW + lasts) == "implied_when_needed"


@given(st.lists(dealings, max_size=4), st.sampled_from([0, 1, 29, 30, 364, 365]).map(timedelta))
def test_the_dealing_that_lasts_longest_counts(
    dealt: list[Relationship], passed: timedelta
) -> None:
    """A later inquiry does not cut short what an earlier purchase implies."""
    at = NOW + passed
    lasting = [d for d in dealt if d.at + (CASL[d.kind] or YEAR) > at]

    answer = ask("recommend", customer(*dealt), at)
    assert answer == ("permitted" if lasting else "implied_when_needed")


def test_a_dealing_in_the_future_implies_nothing_yet() -> None:
    """From its own moment on it does, and not an instant before."""
    standing = customer(bought(NOW))

    assert ask("recommend", standing, NOW - TICK) == "implied_when_needed"
    assert digest(standing, POLICY, NOW - TICK).said[1] == Said.NOTHING
    assert ask("recommend", standing, NOW) == "permitted"


@pytest.mark.parametrize("no", [DENY, WITHDRAW, OBJECT])
def test_an_explicit_no_ends_an_implied_consent_at_once(no: StatementKind) -> None:
    """And no later purchase brings it back: only a grant does."""
    refused = said("recommendations", no, NOW - HOUR)
    standing = customer(bought(NOW - MONTH), bought(NOW), said=(refused,))

    assert ask("recommend", standing, NOW - HOUR - TICK) == "permitted"
    assert ask("recommend", standing, NOW - HOUR) in {"no_denial", "no_objection"}
    assert ask("recommend", standing) in {"no_denial", "no_objection"}
    granted = replace(standing, statements=(refused, said("recommendations", GRANT)))
    assert ask("recommend", granted) == "permitted"


def test_the_soft_opt_in_wants_the_opt_out_offered_along_with_the_sale() -> None:
    """Who could not say no at the purchase has not agreed to news (Art. 13(2))."""
    assert ask("share-audience", customer()) == "implied_when_needed"
    assert ask("share-audience", customer(bought())) == "implied_when_needed"
    assert ask("share-audience", customer(bought(offered=True))) == "permitted"
    asked = customer(bought(kind=INQUIRY, offered=True))
    assert ask("share-audience", asked) == "implied_when_needed"


def test_the_soft_opt_in_rests_on_the_shops_interest() -> None:
    """Nobody consented: the permit says so; a yes, given or implied, is named as one."""
    bought_here = customer(bought(offered=True))
    agreed = replace(bought_here, statements=(said("advertising", GRANT),))
    law = POLICY.regimes[POLICY.regime_index("XM")].rules

    def basis(activity: str, standing: Standing) -> str:
        permit = decide(activity, standing, POLICY, NOW)
        assert isinstance(permit, Permit)
        return permit.basis

    assert basis("share-audience", bought_here) == LegalBasis.LEGITIMATE_INTEREST
    assert basis("share-audience", agreed) == law["advertising"].basis
    assert law["advertising"].basis is not LegalBasis.LEGITIMATE_INTEREST
    assert basis("recommend", bought_here) == law["recommendations"].basis


def test_an_implied_consent_without_a_term_does_not_end() -> None:
    """The soft opt-in holds until they say no."""
    standing = customer(bought(offered=True))

    assert ask("share-audience", standing, NOW + 50 * YEAR) == "permitted"


@pytest.mark.parametrize("home", [None, ""])
def test_implied_consent_needs_a_known_residence(home: str | None) -> None:
    """Where a request seems to come from is no ground to write to somebody."""
    known = customer(bought(offered=True))
    unknown = replace(known, residence=home)

    assert ask("recommend", unknown) == "implied_when_needed"
    assert ask("share-audience", unknown) == "implied_when_needed"
    addressed = replace(unknown, address="XM")
    assert ask("recommend", addressed) == "permitted"


def test_no_residence_is_no_implied_consent_though_every_law_implied_one() -> None:
    """The strictest of laws that all imply a consent implies it too, but not to just anybody."""
    laws = [law for law in laws_of(POLICY) if law.id == "minding"]
    implying = under(POLICY, laws)
    unknown = replace(customer(bought(offered=True)), residence=None)
    abroad = replace(unknown, residence=ABROAD)

    found = [
        rule_of(decide("recommend", standing, implying, NOW, region="XM"))
        for standing in (unknown, abroad)
    ]

    assert found == ["implied_when_needed", "permitted"]


@pytest.mark.parametrize("mode", [m for m in Mode if m not in BY_DEALING])
def test_a_dealing_says_nothing_where_the_mode_asks_for_none(mode: Mode) -> None:
    """Though the file of the regime names one that would."""
    named = with_mode(POLICY, "recommendations", mode)

    facts = digest(customer(bought(offered=True)), named, NOW)

    assert facts.said[1] == Said.NOTHING


def test_where_consent_is_asked_a_dealing_is_none() -> None:
    """A purchase implies nothing to a law that wants an explicit yes."""
    german = replace(customer(bought(offered=True)), residence="DE")

    answer = decide("recommend", german, POLICY, NOW)

    assert isinstance(answer, Refusal)
    assert answer.reason == "no consent was given"


def test_a_grant_counts_without_any_dealing() -> None:
    """Whoever says yes need not buy."""
    grant = said("recommendations", GRANT)

    assert ask("recommend", customer(said=(grant,))) == "permitted"


def test_a_grant_that_has_run_out_is_not_replaced_by_a_dealing() -> None:
    """Whose own yes no longer counts is asked again, whatever they bought."""
    old = said("recommendations", GRANT, notice="shop@1")
    late = said("recommendations", GRANT, NOW - YEAR, regime="asking")
    found = [
        decide("recommend", customer(bought(), said=(word,)), POLICY, NOW) for word in (old, late)
    ]

    assert [answer.reason for answer in found if isinstance(answer, Refusal)] == [
        "consent was given to an older notice",
        "consent was given too long ago",
    ]


def test_an_honoured_signal_is_a_no_to_what_is_only_implied() -> None:
    """The signal yields to a grant of that very purpose, not to a purchase."""
    standing = customer(bought())
    granted = replace(standing, statements=(said("recommendations", GRANT),))

    assert ask("recommend", standing, gpc=True) == "no_honoured_signal"
    assert ask("recommend", granted, gpc=True) == "permitted"


def test_what_minors_must_agree_to_is_not_implied() -> None:
    """Where their own yes is asked a purchase does not give it."""
    minor = replace(customer(bought()), born=NOW.date() - 15 * YEAR)

    answer = decide("recommend", minor, POLICY, NOW)

    assert isinstance(answer, Refusal)
    assert answer.reason == "consent is only implied, and has to be given here"


def test_the_refusal_says_that_nothing_implies_consent() -> None:
    """The reason is one that is true of who never bought, and of who bought too long ago."""
    found = [
        decide("recommend", customer(*dealt), POLICY, NOW) for dealt in [(), (bought(NOW - YEAR),)]
    ]

    assert {answer.reason for answer in found if isinstance(answer, Refusal)} == {
        "no consent was given, and no purchase or inquiry implies one now"
    }
