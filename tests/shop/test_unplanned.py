"""What clients send outside of the plan is counted; by name only where many use the name."""

from __future__ import annotations

from shop_worlds import agree, track

from tactful.shop import Shop
from tactful.shop.unplanned import LEAST_SENDERS, MOST_NAMES, Unplanned


def test_a_name_is_told_once_several_senders_use_it(shop: Shop) -> None:
    """Somebody's name, sent as that of an event, stands in no counter; the page's own does."""
    for number in range(LEAST_SENDERS + 1):
        agree(shop, f"s{number}")
        shop.collect([track(f"s{number}", "Unheard Of"), track("s1", "Jane Doe")])

    gaps = {label: n for (name, label), n in shop.totals().items() if name == "gap"}

    assert gaps == {"event Unheard Of": 2, "event outside of the plan": 2 * LEAST_SENDERS - 1}


def test_the_same_sender_does_not_make_a_name_common() -> None:
    """However often they send it."""
    labels = Unplanned().labels([("property shoe", "ada")] * 50)

    assert set(labels) == {"property outside of the plan"}


def test_names_are_of_a_bounded_number() -> None:
    """Clients can think of any number of names: the first few are told apart."""
    found = [(f"event {n}", sender) for n in range(MOST_NAMES * 2) for sender in range(9)]

    assert len(set(Unplanned().labels(found))) == MOST_NAMES + 1
