"""
What it costs to make one person of two subjects, and two of them again.

Both have a thousand events, and stand in a shop with other subjects.  Beside it stands the writing
of one event, which waits for the same disk; and a crowd that claims one e-mail address, whose last
claims must cost no more than its first.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.report import median, percentile, print_table, write_result
from tactful.assembly import init_shop, open_shop
from tactful.shop import Shop, Who
from tactful.terms import Identifier, IdentifierKind, SubjectId

EVENTS = 1_000
OTHERS = 2_000
TIMES = 20
BAR_MS = 50.0
CLAIMS = 4_000
PURPOSES = ("individual_personalization", "measurement")


def main() -> None:
    """Take the figures, print them and write them down."""
    with tempfile.TemporaryDirectory() as made:
        init_shop(Path(made) / "shop")
        opened = open_shop(Path(made) / "shop")
        figures = {**merging(opened.shop), **claiming(opened.shop)}
        opened.close()
    print_table("merging", figures)
    print(f"  written to {write_result('merging', figures)}")


def merging(shop: Shop) -> dict[str, object]:
    """Merge two subjects and take them apart again, many times; return milliseconds."""
    for name in ("ada", "ada-2"):
        shop.consent(Who(user_id=name), dict.fromkeys(PURPOSES, "grant"), notice="privacy@1")
        shop.collect([viewed(name, n) for n in range(EVENTS)])
    shop.import_history([viewed(f"other {n}", n) for n in range(OTHERS)], source="bench")
    writes, merges, parts, reads = [], [], [], []
    for turn in range(TIMES):
        writes.append(milliseconds(partial(shop.collect, [viewed("ada", EVENTS + turn)])))
        begun = time.perf_counter()
        number = shop.subject("ada").merge("ada-2").id
        merges.append((time.perf_counter() - begun) * 1e3)
        reads.append(milliseconds(lambda: whole_history(shop)))
        parts.append(milliseconds(partial(shop.unmerge, number)))
    return {
        "events of each": EVENTS,
        "merge, median ms": median(merges),
        "merge, worst ms": max(merges),
        "taking apart, median ms": median(parts),
        "taking apart, worst ms": max(parts),
        "bar, ms": BAR_MS,
        "writing one event, median ms": median(writes),
        "merge to writing one event": median(merges) / median(writes),
        "first whole history after a merge, median ms": median(reads),
    }


def claiming(shop: Shop) -> dict[str, object]:
    """Let a crowd claim one address, and return what the first and the last claims cost."""
    at = datetime.now(UTC)
    identities = shop._parts.store.identities
    address = Identifier(IdentifierKind.EMAIL, "box@example.com")
    costs = []
    for number in range(CLAIMS):
        who = [Identifier(IdentifierKind.USER_ID, f"claimer {number}"), address]
        costs.append(milliseconds(partial(identities.link, who, at=at, by_shop=True)))
    again = [
        milliseconds(partial(identities.link, who, at=at, by_shop=True)) for _ in range(CLAIMS)
    ]
    first, last = costs[10:510], costs[-500:]
    return {
        "claims of one address": CLAIMS,
        "claim by somebody new, first 500, median ms": median(first),
        "claim by somebody new, last 500, median ms": median(last),
        "last to first": median(last) / median(first),
        "claim again, 99th percentile ms": percentile(again, 0.99),
    }


def whole_history(shop: Shop) -> SubjectId:
    """Read everything that the merged person did."""
    subject = shop.subject("ada")
    assert len(subject.export()["events"]) >= 2 * EVENTS  # type: ignore[arg-type]
    return subject.number


def viewed(name: str, number: int) -> dict[str, object]:
    """Return a call: somebody looked at something."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": name,
        "messageId": f"{name} {number}",
        "properties": {"product_id": f"item-{number % 50}"},
    }


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


if __name__ == "__main__":
    main()
