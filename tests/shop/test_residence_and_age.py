"""Where somebody lives and how old they are decide which law holds, from the next question on."""

from __future__ import annotations

from datetime import date

import pytest
from shop_worlds import NOTICE, Clock, agree, track

from tactful.shop import Shop, Who
from tactful.terms import Mistake

ADA = Who(user_id="ada")


def on(shop: Shop, who: Who = ADA) -> set[str]:
    """Return the purposes that may be served for *who*."""
    return {answer.purpose for answer in shop.standing(who) if answer.on}


def test_where_a_request_comes_from_is_not_kept(shop: Shop) -> None:
    """The region of a visitor says which law holds now; it is nobody's residence."""
    agree(shop, "ada", "session_personalization", region="US-CA")

    known = shop.subject("ada").export()

    assert known["region"] is None
    assert {s["regime"] for s in known["statements"]} == {"US-CA"}  # type: ignore[attr-defined]


def test_a_residence_outranks_the_address_and_the_address_the_visit(shop: Shop) -> None:
    """Known residence, then the address of the account, then where the request comes from."""
    agree(shop, "ada", "session_personalization")
    abroad = Who(user_id="ada", region="DE")
    assert "advertising" not in on(shop, abroad)

    shop.collect([{"type": "identify", "userId": "ada", "traits": {"region": "US-VA"}}])
    assert "advertising" in on(shop, abroad)

    shop.subject("ada").settle("de")
    assert "advertising" not in on(shop, Who(user_id="ada", region="US-VA"))


def test_a_home_without_a_law_of_its_own_is_a_gap(shop: Shop) -> None:
    """The strictest set holds there, and the shop hears of it."""
    agree(shop, "ada", "session_personalization")

    shop.subject("ada").settle("JP")

    assert shop.totals()["gap", "answer-request: regime of region JP"] == 1


def test_a_client_cannot_change_a_known_address(shop: Shop) -> None:
    """A page could otherwise move anybody to where the law asks less."""
    agree(shop, "ada", "session_personalization")
    for region in ("DE", "US-VA"):
        shop.collect([{"type": "identify", "userId": "ada", "traits": {"region": region}}])

    assert "advertising" not in on(shop)


def test_moving_drops_what_the_new_law_does_not_allow(shop: Shop) -> None:
    """What was kept because nobody objected goes where consent is needed."""
    agree(shop, "ada", "session_personalization")
    shop.subject("ada").settle("US-VA")
    shop.collect([track("ada", "Product Viewed", "kettle")])
    assert shop.subject("ada").export()["events"]

    shop.subject("ada").settle("DE")

    assert shop.subject("ada").export()["events"] == []


def test_a_child_s_own_yes_does_not_count_and_a_parent_s_does(shop: Shop, clock: Clock) -> None:
    """Below 16 in Germany a parent has to agree (GDPR Art. 8); growing up does not heal it."""
    agree(shop, "ada", "session_personalization")
    shop.subject("ada").settle("DE")
    assert "session_personalization" in on(shop)

    assert shop.subject("ada").born(date(2011, 3, 2))
    assert "session_personalization" not in on(shop)
    clock.go(days=2 * 366)
    assert "session_personalization" not in on(shop), "a void yes stays void"
    shop.consent(ADA, {"session_personalization": "grant"}, notice=NOTICE)
    assert "session_personalization" in on(shop)


def test_a_parent_may_agree(shop: Shop, clock: Clock) -> None:
    """Consent given by the holder of parental responsibility counts (Art. 8(1))."""
    agree(shop, "ada", "session_personalization")
    shop.subject("ada").settle("DE")
    shop.subject("ada").born(date(2013, 1, 1))
    clock.go(hours=1)

    shop.consent(ADA, {"session_personalization": "grant"}, notice=NOTICE, by="parent")

    assert "session_personalization" in on(shop)
    assert [s.by for s in shop.subject("ada").statements()] == ["subject", "parent"]


def test_the_birth_date_of_an_adult_is_not_kept(shop: Shop) -> None:
    """No rule asks for it (Art. 5(1)(c))."""
    agree(shop, "ada", "session_personalization")

    assert not shop.subject("ada").born(date(1980, 1, 1))
    assert "1980" not in str(shop.subject("ada").export())


def test_what_cannot_be_is_refused(shop: Shop, clock: Clock) -> None:
    """A birth tomorrow, a place that is none, a speaker nobody knows: one clear line each."""
    agree(shop, "ada", "session_personalization")
    ada = shop.subject("ada")

    with pytest.raises(Mistake, match="future"):
        ada.born(date(2026, 3, 2))
    with pytest.raises(Mistake, match="ISO 3166"):
        ada.settle("Narnia")
    with pytest.raises(Mistake, match="unknown speaker"):
        shop.consent(ADA, {"advertising": "deny"}, by="neighbour")


def test_everything_said_is_listed_with_what_proves_it(shop: Shop) -> None:
    """Notice and hash, regime, locale, mechanism, interface and time (Art. 7(1))."""
    said = shop.consent(
        Who(user_id="ada", region="DE"),
        {"measurement": "grant", "advertising": "deny"},
        notice=NOTICE,
        locale="de",
        source="banner",
        ui="banner 3.1",
    )

    listed = shop.subject("ada").statements()

    assert listed == said.statements
    assert {s.record for s in listed} == {said.record}
    assert {s.notice_hash for s in listed} == {shop.policy.notice(NOTICE, "de").hash}  # type: ignore[union-attr]
    assert {(s.locale, s.source, s.ui, s.regime) for s in listed} == {
        ("de", "banner", "banner 3.1", "EU-GDPR")
    }


def test_what_was_shown_is_kept_word_by_word(shop: Shop) -> None:
    """The notice may be edited or lost: its words, as they were served for a choice, are not."""
    shown = shop.show_notice(region="DE", locale="de", ui="banner 3.1")

    assert shop.words_shown(shown.notice.hash).text == shown.notice.text  # type: ignore[union-attr]
    assert shop.totals()["notice", "privacy@1|de|EU-GDPR|banner 3.1"] == 1


def test_interfaces_are_told_apart_up_to_a_bound(shop: Shop) -> None:
    """Anybody can call their interface what they like: counters stay of a bounded number."""
    for number in range(100):
        shop.show_notice(region="DE", ui=f"made up {number}")

    assert len([label for name, label in shop.totals() if name == "notice"]) <= 65
