"""Decisions: the highest level that is permitted, reasons that are one's own, no after refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop_worlds import GOODS, Clock, agree, teach, track

from tactful.shop import Question, Shop, Who
from tactful.terms import Level, Mistake, NotFound

FOR_YOU = "for-you"


def test_nobody_asked_means_popular_items_and_named_refusals(shop: Shop) -> None:
    """Without a yes every level says who refused it, and the slot is filled all the same."""
    teach(shop)

    decision = shop.decide(Question(slot=FOR_YOU, who=Who(user_id="ada", region="DE")))

    assert decision.level == Level.NONE
    assert (decision.purpose, decision.basis) == ("", "")
    assert [r.level for r in decision.refused] == ["individual", "segment", "session"]
    assert {r.rule for r in decision.refused} == {"consent_when_needed"}
    assert {r.kind for item in decision.items[:3] for r in item.because} == {"popular"}


def test_a_visit_shapes_the_answer_without_a_trace(shop: Shop) -> None:
    """At session level the session of the request leads, and nothing is written down."""
    teach(shop)
    agree(shop, "ada", "session_personalization")

    decision = shop.decide(
        Question(slot=FOR_YOU, who=Who(user_id="ada"), session=["kettle"], limit=1)
    )

    assert (decision.level, decision.basis) == (Level.SESSION, "consent")
    assert decision.items[0].item == "teapot"
    assert [(r.item, r.kind) for r in decision.items[0].because] == [("kettle", "session")]
    assert shop.subject("ada").export()["events"] == []


def test_an_event_shapes_the_very_next_answer(shop: Shop) -> None:
    """What was accepted a moment ago is among the reasons now."""
    teach(shop)
    ada = agree(shop, "ada")
    before = shop.decide(Question(slot=FOR_YOU, who=ada, limit=1))
    shop.collect([track("ada", "Product Viewed", "kettle")])
    after = shop.decide(Question(slot=FOR_YOU, who=ada, limit=1))

    assert (before.level, after.level) == (Level.INDIVIDUAL, Level.INDIVIDUAL)
    assert before.items[0].because[0].kind == "popular"
    assert (after.items[0].because[0].item, after.items[0].because[0].kind) == ("kettle", "viewed")


def test_reasons_add_up_to_the_score(shop: Shop) -> None:
    """The shares of an item's reasons are its score."""
    teach(shop)
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Order Completed", "kettle", "mug")])

    for slot in (FOR_YOU, "buy-again", "goes-with"):
        for item in shop.decide(Question(slot=slot, who=ada, session=["lamp"])).items:
            assert sum(r.share for r in item.because) == pytest.approx(item.score)


def test_a_withdrawal_holds_for_the_next_answer(shop: Shop) -> None:
    """Back at once: the level falls, and the old reasons are gone."""
    teach(shop)
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle")])
    shop.consent(ada, {"individual_personalization": "withdraw", "segment_personalization": "deny"})

    decision = shop.decide(Question(slot=FOR_YOU, who=ada))

    assert decision.level == Level.SESSION
    assert {r.kind for item in decision.items for r in item.because} <= {"popular"}
    assert [(r.level, r.rule) for r in decision.refused] == [
        ("individual", "no_denial"),
        ("segment", "no_denial"),
    ]


def test_what_a_level_may_not_know_changes_nothing(shop: Shop) -> None:
    """Non-interference: with history refused, two different pasts give the same answer."""
    teach(shop)
    ada, bob = agree(shop, "ada"), agree(shop, "bob")
    shop.collect([track("ada", "Product Viewed", "kettle"), track("bob", "Product Viewed", "rug")])
    capped = [
        shop.decide(Question(slot=FOR_YOU, who=who, session=["mug"], ceiling=Level.SESSION))
        for who in (ada, bob)
    ]

    assert capped[0].items == capped[1].items


def test_the_signal_of_a_request_counts_at_once(shop: Shop) -> None:
    """Global Privacy Control turns profiles off in California, without a record of anybody."""
    silent = Question(slot=FOR_YOU, who=Who(anonymous_id="b", region="US-CA"))
    signal = Question(slot=FOR_YOU, who=Who(anonymous_id="b", region="US-CA", gpc=True))

    assert shop.decide(silent).level == Level.INDIVIDUAL
    decision = shop.decide(signal)
    assert decision.level == Level.SESSION
    assert {r.rule for r in decision.refused} == {"no_honoured_signal"}


def test_an_unknown_region_gets_the_strictest_answer(shop: Shop) -> None:
    """Where no law is known the strictest holds, also against a region made up."""
    for region in (None, "ZZ", "XX-YY"):
        who = Who(anonymous_id="b", region=region)
        assert shop.decide(Question(slot=FOR_YOU, who=who)).level == Level.NONE


def test_items_that_are_gone_are_not_shown(shop: Shop) -> None:
    """Out of stock is out of the slate, at once."""
    teach(shop)
    shop.put_items(
        [
            shop.catalogue["teapot"].__class__(
                id="teapot", title="Teapot", availability="out_of_stock"
            )
        ]
    )

    decision = shop.decide(Question(slot="similar", page="kettle"))

    assert "teapot" not in [item.item for item in decision.items]


def test_the_page_itself_needs_nobodys_leave(shop: Shop) -> None:
    """Similar items speak of the page, so nobody is asked about and no level is refused."""
    teach(shop)
    decision = shop.decide(Question(slot="similar", page="kettle", limit=1))

    assert (decision.level, decision.refused) == (Level.NONE, ())
    assert decision.items[0].item == "teapot"
    assert decision.items[0].because[0].kind == "page"


def test_who_has_seen_everything_sees_it_again(shop: Shop) -> None:
    """They come back in that order, but neither the page's own item nor what is gone."""
    agree(shop, "ada")
    everything = [item.id for item in GOODS]
    question = Question(
        slot=FOR_YOU, who=Who(user_id="ada"), session=everything, page=everything[1]
    )
    shop.remove_items(everything[2:3])
    shown = [item.item for item in shop.decide(question).items]
    unseen = replace(question, session=everything[:4])

    assert shown == [everything[0], *everything[3:]]
    assert [item.item for item in shop.decide(unseen).items] == everything[4:]


def test_an_empty_shop_answers_with_nothing(tmp_path: object, opened: object, shop: Shop) -> None:
    """Without models the catalogue fills the slot; a slot is never an error."""
    decision = shop.decide(Question(slot=FOR_YOU, limit=3))

    assert len(decision.items) == 3


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question(slot="sidebar"), "unknown slot"),
        (Question(slot=FOR_YOU, limit=0), "limit must be between"),
        (Question(slot=FOR_YOU, session=["x"] * 500), "a session holds at most"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(shop: Shop, question: Question, told: str) -> None:
    """Mistakes are one clear line."""
    with pytest.raises(Mistake, match=told):
        shop.decide(question)


def test_feedback_counts_where_measurement_is_allowed(shop: Shop) -> None:
    """A decision's id takes feedback; refused measurement counts nothing."""
    ada = agree(shop, "ada")
    yes = shop.decide(Question(slot=FOR_YOU, who=ada))
    no = shop.decide(Question(slot=FOR_YOU, who=Who(user_id="bob", region="DE")))

    assert shop.feedback(yes.id, "click") is True
    assert shop.feedback(no.id, "click") is False
    assert shop.totals()["click", "for-you:individual"] == 1
    with pytest.raises(NotFound):
        shop.feedback("made-up", "click")


def test_consent_runs_out(shop: Shop, clock: Clock) -> None:
    """A grant counts for two years under the GDPR by the shop's policy, and then no more."""
    ada = agree(shop, "ada")
    clock.go(days=729)
    assert shop.decide(Question(slot=FOR_YOU, who=ada)).level == Level.INDIVIDUAL
    clock.go(days=3)
    assert shop.decide(Question(slot=FOR_YOU, who=ada)).level == Level.NONE
