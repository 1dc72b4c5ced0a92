"""
How long the gate takes: one question on the hot path, and a million standings at once.

`python -m benchmarks.gate` prints the figures and writes `benchmarks/results/gate.json`.  What a
store adds is not in them (`benchmarks.standings` has that): the digests lie in memory, as they do
on the hot path.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import TypeVar

import numpy as np

from benchmarks.report import median, percentile, print_table, timed, write_result
from tactful.assembly import open_countries
from tactful.gate import Digest, DigestColumns, Door, Permit, Visit
from tactful.terms import Policy, Standing, Statement, StatementKind, SubjectId
from tactful.testing.policies import small_policy
from tactful.testing.standings import StandingsInMemory, UsesInMemory
from tactful.web.proxies import Header, TrustedProxies, sender

T = TypeVar("T")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBJECTS = 100_000
QUESTIONS = 200_000
MEMBERS = 1_000_000
ACTIVITY = "recommend"
LOOKUP_BAR_MICROSECONDS = 5.0
LOOKUP_P99_BAR_MICROSECONDS = 15.0
AUDIENCE_BAR_MILLISECONDS = 5.0
COUNTRY_BAR_MICROSECONDS = 5.0
KINDS = (StatementKind.GRANT, StatementKind.GRANT, StatementKind.DENY, StatementKind.WITHDRAW)


@dataclass(frozen=True, slots=True)
class Columns:
    """Implements `tactful.gate.Standings` for audiences only, with columns taken beforehand."""

    taken: DigestColumns

    def digest(self, subject: SubjectId) -> Digest | None:
        """Know nobody one by one."""
        del subject
        return None

    def columns(self) -> DigestColumns:
        """Return the columns."""
        return self.taken


def main() -> None:
    """Take the figures, print them and write them down."""
    policy, chance = small_policy(), random.Random(7)
    standings = standings_of(SUBJECTS, policy, chance)
    figures = {
        **look_up(policy, standings, chance),
        **audience(policy, standings),
        **whereabouts(chance),
    }
    print_table("gate", figures)
    print(f"  written to {write_result('gate', figures)}")


def standings_of(count: int, policy: Policy, chance: random.Random) -> StandingsInMemory:
    """Return *count* subjects of mixed residence and answers, some of their grants run out."""
    standings = StandingsInMemory(policy)
    for number in range(1, count + 1):
        said = Statement(
            purpose="recommendations",
            kind=chance.choice(KINDS),
            at=NOW - timedelta(days=chance.randrange(500)),
            notice="shop@3",
            regime="asking",
        )
        region = chance.choice(["DE", "US-CA", None])
        standing = Standing(statements=(said,), residence=region)
        standings.put(SubjectId(number), standing, NOW)
    return standings


def look_up(
    policy: Policy, standings: StandingsInMemory, chance: random.Random
) -> dict[str, object]:
    """Ask the door about one subject after the other, and a bare dict as well."""
    door = Door(policy, standings=standings, uses=UsesInMemory())
    visits = [
        Visit(subject=SubjectId(number), region="DE", gpc=number % 10 == 0)
        for number in chance.choices(range(1, SUBJECTS + 1), k=QUESTIONS)
    ]
    bare = dict.fromkeys(range(1, SUBJECTS + 1), 0)
    answers = microseconds(lambda visit: door.ask(ACTIVITY, visit, NOW), visits)
    plain = microseconds(lambda visit: bare.get(visit.subject or 0), visits)
    return {
        "look-up p50 µs": median(answers),
        "look-up p99 µs": percentile(answers, 0.99),
        "look-up p50 bar µs": LOOKUP_BAR_MICROSECONDS,
        "look-up p99 bar µs": LOOKUP_P99_BAR_MICROSECONDS,
        "bare dict p50 µs": median(plain),
        "look-up / bare dict": median(answers) / median(plain),
    }


def microseconds(ask: Callable[[T], object], visits: Sequence[T]) -> list[float]:
    """Return how long each question took, the clock's own time included."""
    taken = []
    for visit in visits:
        begun = time.perf_counter_ns()
        ask(visit)
        taken.append((time.perf_counter_ns() - begun) / 1000)
    return taken


def audience(policy: Policy, standings: StandingsInMemory) -> dict[str, object]:
    """Mask a million standings for one activity, expiry included, and apply a plain mask."""
    columns = repeated(standings.columns(), MEMBERS // SUBJECTS)
    door = Door(policy, standings=Columns(columns), uses=UsesInMemory())
    permit = door.ask_audience(ACTIVITY, NOW)
    assert isinstance(permit, Permit)
    mask = np.isin(columns.subjects, permit.audience.members)
    asked = timed(lambda: door.ask_audience(ACTIVITY, NOW), times=100)
    plain = timed(lambda: columns.subjects.compress(mask), times=100)
    return {
        "audience of": len(columns.subjects),
        "permitted": len(permit.audience.members),
        "audience p50 ms": median(asked) * 1000,
        "audience p99 ms": percentile(asked, 0.99) * 1000,
        "audience bar ms": AUDIENCE_BAR_MILLISECONDS,
        "plain mask p50 ms": median(plain) * 1000,
        "audience / plain mask": median(asked) / median(plain),
    }


def whereabouts(chance: random.Random) -> dict[str, object]:
    """Look up where addresses are registered, from their text; and behind two proxies."""
    table, trusted = open_countries(), TrustedProxies(["127.0.0.0/8", "::1/128", "10.0.0.0/8"])
    addresses = [str(IPv4Address(chance.getrandbits(32))) for _ in range(QUESTIONS)]
    chains = [[(b"x-forwarded-for", f"{one}, 10.1.2.3".encode())] for one in addresses]
    proxy = IPv4Address("127.0.0.1")

    def behind(headers: list[Header]) -> str | None:
        """Return the country of who is behind the proxies."""
        found = sender(proxy, headers, trusted)
        return None if found is None else table.country_of(found)

    plain = microseconds(lambda text: table.country_of(ip_address(text)), addresses)
    return {
        "country of an address p50 µs": median(plain),
        "country of an address p99 µs": percentile(plain, 0.99),
        "country bar µs": COUNTRY_BAR_MICROSECONDS,
        "country behind two proxies p50 µs": median(microseconds(behind, chains)),
    }


def repeated(columns: DigestColumns, times: int) -> DigestColumns:
    """Return *columns* with every digest *times* over, each under a subject of its own."""
    count = len(columns.subjects)
    return DigestColumns(
        subjects=np.arange(1, count * times + 1, dtype=np.int64),
        codes=np.ascontiguousarray(np.tile(columns.codes, times)),
        until=np.ascontiguousarray(np.tile(columns.until, times)),
        minors=np.concatenate([columns.minors + count * part for part in range(times)]),
        young=np.ascontiguousarray(np.tile(columns.young, times)),
    )


if __name__ == "__main__":
    main()
