"""What clients send outside of the plan is counted; by name only where many use the name."""

from __future__ import annotations

from shop_worlds import agree, track

from tactful.capabilities.collect.strays import Stray
from tactful.shop import Shop
from tactful.shop.unplanned import LEAST_SENDERS, MOST_NAMES, Unplanned
from tactful.terms import StoreFull


def test_a_name_is_told_once_several_senders_use_it(shop: Shop) -> None:
    """Somebody's name, sent as that of an event, stands in no counter; the page's own does."""
    for number in range(LEAST_SENDERS + 1):
        agree(shop, f"s{number}")
        shop.collect([track(f"s{number}", "Unheard Of"), track("s1", "Jane Doe")])

    gaps = {label: n for (name, label), n in shop.totals().items() if name == "gap"}

    assert gaps == {"event Unheard Of": 2, "event outside of the plan": 2 * LEAST_SENDERS - 1}


def test_the_same_sender_does_not_make_a_name_common() -> None:
    """However often they send it."""
    counted = set(Unplanned().counts([(Stray("property", "shoe", "number"), "ada")] * 50))

    assert counted == {
        ("gap", "property outside of the plan", 50),
        ("received", "property outside of the plan", 50),
    }


def test_names_are_of_a_bounded_number() -> None:
    """Clients can think of any number of names: the first few are told apart."""
    found = [
        (Stray("event", f"e{n}"), sender) for n in range(MOST_NAMES * 2) for sender in range(9)
    ]
    labels = {label for counter, label, _ in Unplanned().counts(found) if counter == "gap"}

    assert len(labels) == MOST_NAMES + 1


def test_what_is_shown_already_stays_common() -> None:
    """A name that was shown needs no five senders again after a restart; another one does."""
    unplanned = Unplanned(lambda: {("seen", "property|size|number|Product Viewed"): 9})
    found = [(Stray("property", name, "string", "Cart Viewed"), "ada") for name in ("size", "hat")]

    seen = [label for counter, label, _ in unplanned.counts(found) if counter == "seen"]

    assert seen == ["property|size|string|Cart Viewed"]


def test_a_full_disk_refuses_no_call() -> None:
    """What was shown before is then not known, and a name needs its five senders again."""

    def full() -> dict[tuple[str, str], int]:
        raise StoreFull("no room")

    counted = Unplanned(full).counts([(Stray("property", "size", "number"), "ada")])

    assert ("gap", "property outside of the plan", 1) in set(counted)
