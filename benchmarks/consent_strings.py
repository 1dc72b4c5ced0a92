"""
How fast consent strings are decoded: TC strings of a few hundred vendors, and GPP strings.

`python -m benchmarks.consent_strings` prints the figures and writes
`benchmarks/results/consent_strings.json`.  One process, one thread; the strings differ, so that
decoding remembers nothing from one to the next.  Reading the signals of calls does: shoppers send
the same string with every request, and all but the first are looked up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from benchmarks.report import median, percentile, print_table, write_result
from tactful.adapters.policy_files import load_policy
from tactful.capabilities.consent import read_signals
from tactful.mechanisms.consent_strings import (
    GppConsent,
    PublisherPurposes,
    TcfConsent,
    UsCalifornia,
    UsNational,
    gpp,
    tcf,
)
from tactful.mechanisms.consent_strings.bits import BitWriter
from tactful.terms import Signals

STRINGS = 200
ROUNDS = 25
DAY = datetime(2026, 3, 2, tzinfo=UTC)
VENDORS_ON_THE_LIST = 1_300
DISCLOSED = 800
CONSENTED = 500
INTERESTED = 300
DECODE_BAR_PER_SECOND = 20_000
Given = TypeVar("Given")


def main() -> None:
    """Take the figures, print them and write them down."""
    chance = random.Random(7)
    scattered = [tcf.encode(consent(chance)) for _ in range(STRINGS)]
    american = [gpp.encode(choices(chance)) for _ in range(STRINGS)]
    longest = [longest_string()]
    figures = {
        "TCF characters": median([len(text) for text in scattered]),
        **rates("TCF decode", tcf.decode, scattered),
        "TCF decode bar /s": DECODE_BAR_PER_SECOND,
        **rates("TCF encode", tcf.encode, list(map(tcf.decode, scattered))),
        **rates("GPP usnat + usca decode", gpp.decode, american),
        **rates("TCF decode of the worst 16 kB", tcf.decode, longest),
        **signals(scattered, american),
    }
    print_table("consent strings", figures)
    print(f"  written to {write_result('consent_strings', figures)}")


def consent(chance: random.Random) -> TcfConsent:
    """Return what a visitor might have chosen: some of the vendors that were disclosed."""
    disclosed = chance.sample(range(1, VENDORS_ON_THE_LIST), DISCLOSED)
    return TcfConsent(
        created=DAY,
        updated=DAY,
        cmp_id=300,
        cmp_version=2,
        consent_screen=1,
        language="DE",
        vendor_list_version=148,
        policy_version=5,
        service_specific=True,
        non_standard_texts=False,
        special_feature_opt_ins=frozenset({1}),
        purpose_consents=frozenset(range(1, 12)),
        purpose_legitimate_interests=frozenset({2, 7, 8, 9, 10, 11}),
        purpose_one_treatment=False,
        publisher_country="DE",
        vendor_consents=frozenset(chance.sample(disclosed, CONSENTED)),
        vendor_legitimate_interests=frozenset(chance.sample(disclosed, INTERESTED)),
        disclosed_vendors=frozenset(disclosed),
        publisher=PublisherPurposes(consents=frozenset({1, 2, 7})),
    )


def choices(chance: random.Random) -> GppConsent:
    """Return what somebody in California might have chosen."""
    said = chance.choice([None, True, False])
    return GppConsent(
        usnat=UsNational(sale_opt_out=said, sharing_opt_out=said, gpc=True),
        usca=UsCalifornia(sale_opt_out=said, sharing_opt_out=said, gpc=True),
    )


def longest_string() -> str:
    """Return a string as long as is read, full of ranges that hold all vendors."""
    writer = BitWriter("a core")
    times = 2_900
    ranges = [(1, 1), (1, 16), (65_535, 16)] * times
    for value, width in [(2, 6), (0, 207), (65_535, 16), (1, 1), (times, 12), *ranges, (0, 29)]:
        writer.number(value, width)
    return writer.text(multiple=24)


def signals(european: Sequence[str], american: Sequence[str]) -> dict[str, object]:
    """Return what reading the signals of one call costs, under the pack's policy."""
    policy = load_policy(None)
    chosen = {"Advertising": False, "Analytics": True, "Functional": True, "DataSharing": False}

    def read(given: Signals) -> None:
        read_signals(given, policy, DAY)

    figures: dict[str, object] = {}
    for name, given in (
        ("TC string", [Signals(tcf=text) for text in european]),
        ("GPP string", [Signals(gpp=text) for text in american]),
        ("categories", [Signals(categories=chosen)]),
    ):
        found = rates(f"signals of a call: {name}", read, given)
        figures |= {key: value for key, value in found.items() if not key.endswith("/s")}
    return figures


def rates(name: str, work: Callable[[Given], object], given: Sequence[Given]) -> dict[str, object]:
    """Return how many of *given* are worked through in a second, and how long one takes."""
    taken = []
    for _ in range(ROUNDS):
        for one in given:
            begun = time.perf_counter_ns()
            work(one)
            taken.append((time.perf_counter_ns() - begun) / 1000)
    return {
        f"{name} /s": round(1e6 / median(taken)),
        f"{name} p50 µs": median(taken),
        f"{name} p99 µs": percentile(taken, 0.99),
    }


if __name__ == "__main__":
    main()
