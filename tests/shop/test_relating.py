"""Dealings from which some laws draw a consent to news: noted there, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shop_worlds import Clock, agree, track

from tactful.capabilities.collect import calls_from
from tactful.shop import Shop, Who
from tactful.terms import Mistake, NotFound

NEWS = "email_marketing"


def is_on(shop: Shop, who: Who, purpose: str = NEWS) -> bool:
    """Tell whether *purpose* may be served for *who*."""
    return next(answer.on for answer in shop.standing(who) if answer.purpose == purpose)


def test_a_purchase_opens_the_soft_opt_in_where_the_opt_out_was_offered(shop: Shop) -> None:
    """One's own customer, similar goods, and a no offered at once (ePrivacy Art. 13(2))."""
    ada = Who(user_id="ada", region="DE")

    assert not is_on(shop, ada)
    assert not shop.tell_dealing(ada, "purchase")
    assert shop.tell_dealing(ada, "purchase", opt_out_offered=True)
    assert is_on(shop, Who(user_id="ada"))


def test_an_inquiry_implies_consent_for_six_months_in_canada(shop: Shop, clock: Clock) -> None:
    """CASL 10(10): six months from an inquiry, two years from a purchase."""
    ada = Who(user_id="ada", region="CA-ON")

    assert shop.tell_dealing(ada, "inquiry")
    assert is_on(shop, Who(user_id="ada"))
    clock.go(days=185)
    assert not is_on(shop, Who(user_id="ada"))
    assert shop.tell_dealing(ada, "purchase")
    clock.go(days=729)
    assert is_on(shop, Who(user_id="ada"))
    clock.go(days=3)
    assert not is_on(shop, Who(user_id="ada"))


def test_a_no_ends_what_a_dealing_implied(shop: Shop, clock: Clock) -> None:
    """The opt-out is offered so that it counts, also against the next purchase."""
    ada = Who(user_id="ada", region="CA-ON")
    shop.tell_dealing(ada, "purchase")
    clock.go(hours=1)

    shop.consent(Who(user_id="ada"), {NEWS: "object"})
    clock.go(hours=1)
    shop.tell_dealing(ada, "purchase")

    assert not is_on(shop, Who(user_id="ada"))


def test_where_nothing_is_drawn_from_it_nothing_is_kept(shop: Shop) -> None:
    """Data that no rule reads is not written down (Art. 5(1)(c)): not even that somebody exists."""
    assert not shop.tell_dealing(Who(user_id="ada", region="IN"), "purchase", opt_out_offered=True)
    assert not shop.tell_dealing(Who(user_id="ada"), "purchase", opt_out_offered=True)
    with pytest.raises(NotFound):
        shop.subject("ada")


def test_an_order_of_a_known_subject_is_a_dealing(shop: Shop) -> None:
    """Whether or not the event itself may be kept."""
    ada = agree(shop, "ada", "session_personalization")
    shop.subject("ada").settle("DE")
    order = track("ada", "Order Completed", "lamp")
    offered = order | {"messageId": "2", "properties": {"opt_out_offered": True}}

    shop.collect([order], region="DE")
    assert not is_on(shop, ada)
    shop.collect([offered], region="DE")
    assert is_on(shop, ada)


def test_a_page_s_word_is_no_dealing(shop: Shop) -> None:
    """Anybody has the write key: a consent must not follow from what anybody can send."""
    ada = agree(shop, "ada", "session_personalization")
    shop.subject("ada").settle("DE")
    order = track("ada", "Order Completed", "lamp") | {"properties": {"opt_out_offered": True}}

    taken = shop.take(calls_from([order]), source="api")
    taken.stored.result()

    assert not is_on(shop, ada)


@pytest.mark.parametrize(
    ("who", "kind", "told"),
    [(Who(), "purchase", "is needed"), (Who(user_id="ada"), "gift", "unknown kind")],
)
def test_a_dealing_that_cannot_be_is_refused(shop: Shop, who: Who, kind: str, told: str) -> None:
    """One clear line, and nothing is kept."""
    with pytest.raises(Mistake, match=told):
        shop.tell_dealing(who, kind)


def test_a_dealing_has_a_time_that_can_be(shop: Shop, clock: Clock) -> None:
    """Not in the future, and in a zone: a naive time could be anywhere's."""
    ada = Who(user_id="ada")
    with pytest.raises(Mistake, match="future"):
        shop.tell_dealing(ada, "purchase", at=clock() + timedelta(seconds=1))
    with pytest.raises(Mistake, match="time zone"):
        shop.tell_dealing(ada, "purchase", at=clock().replace(tzinfo=None))
