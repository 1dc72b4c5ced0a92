"""Statements: recorded whole, provable, and true at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shop_worlds import NOTICE, Clock, agree, track

from tactful.shop import Question, Shop, Who
from tactful.terms import Level, Mistake

ADA = Who(user_id="ada", region="DE")


def test_a_receipt_says_what_was_recorded(shop: Shop, clock: Clock) -> None:
    """Who, what, when, which notice and which law: all of it comes back (Art. 7(1))."""
    receipt = shop.consent(ADA, {"measurement": "grant"}, notice=NOTICE, source="banner")

    (statement,) = receipt.statements
    assert (statement.purpose, statement.kind, statement.notice) == ("measurement", "grant", NOTICE)
    assert (receipt.regime, statement.at, statement.source) == ("EU-GDPR", clock(), "banner")
    assert len(receipt.notice_hash) == 64


@pytest.mark.parametrize(
    ("said", "notice", "told"),
    [
        ({"mind_reading": "grant"}, NOTICE, "unknown purpose"),
        ({"measurement": "maybe"}, NOTICE, "unknown answer"),
        ({"measurement": "grant"}, "", "must name the notice"),
        ({"measurement": "grant"}, "privacy@99", "unknown notice"),
        ({"necessary": "deny"}, "", "nothing to answer"),
        ({}, NOTICE, "statements is empty"),
    ],
)
def test_a_statement_that_cannot_stand_changes_nothing(
    shop: Shop, said: dict[str, str], notice: str, told: str
) -> None:
    """One clear line, and no half of it is recorded."""
    with pytest.raises(Mistake, match=told):
        shop.consent(
            ADA, {"session_personalization": "deny"} | said if said else said, notice=notice
        )
    assert all(answer.said is None for answer in shop.standing(ADA))


def test_a_no_needs_no_notice(shop: Shop) -> None:
    """No is as easy as yes (Art. 7(3))."""
    shop.consent(ADA, {"measurement": "deny", "advertising": "object"})

    said = {answer.purpose: answer.said for answer in shop.standing(ADA)}
    assert (said["measurement"], said["advertising"]) == ("deny", "object")


def test_a_statement_from_the_future_is_refused(shop: Shop, clock: Clock) -> None:
    """Nobody can say yes tomorrow; a few minutes of clock difference are taken as now."""
    with pytest.raises(Mistake, match="future"):
        shop.consent(ADA, {"measurement": "deny"}, at=clock() + timedelta(hours=1))
    receipt = shop.consent(ADA, {"measurement": "deny"}, at=clock() + timedelta(minutes=2))
    assert receipt.statements[0].at == clock()


def test_a_known_residence_outranks_where_a_request_comes_from(shop: Shop) -> None:
    """A later request from elsewhere falls under the law of the known residence."""
    agree(shop, "ada", "session_personalization", region="DE")
    shop.subject("ada").settle("DE")

    decision = shop.decide(
        Question(slot="for-you", who=Who(user_id="ada", region="US-CA"), ceiling=Level.SEGMENT)
    )

    assert decision.level == Level.SESSION


def test_restriction_keeps_and_uses_nothing(shop: Shop, clock: Clock) -> None:
    """Restricted data stays stored, shapes nothing, and works again once it is lifted (Art. 18)."""
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle")])

    shop.subject("ada").restrict()
    restricted = shop.decide(Question(slot="for-you", who=ada))
    export = shop.subject("ada").export()
    clock.go(days=1)
    shop.subject("ada").restrict(lift=True)

    assert restricted.level == Level.NONE
    assert {r.rule for r in restricted.refused} == {"not_restricted"}
    assert (export["restricted"], len(export["events"])) == (True, 1)  # type: ignore[arg-type]
    assert shop.decide(Question(slot="for-you", who=ada)).level == Level.INDIVIDUAL


def test_the_notice_offers_nothing_pre_ticked_where_consent_is_asked(shop: Shop) -> None:
    """In Europe every optional purpose is off until chosen, in the reader's language."""
    english = shop.notice(region="DE", locale="en-GB")
    german = shop.notice(region="DE", locale="de-AT")

    assert {p.default for p in english.purposes if p.purpose != "necessary"} == {"off"}
    assert all(p.text for p in german.purposes)
    assert german.notice.locale == "de"
    assert {p.title for p in german.purposes}.isdisjoint(p.title for p in english.purposes)
