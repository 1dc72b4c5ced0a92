"""Small histories, a PostgreSQL of the test's own, and every question answered in plain Python."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from tactful.adapters.analytics import COLUMNS, SCORES, Did, Every, Except, Rule, Some, Spent
from tactful.adapters.lake.columns import SCHEMA

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("Product Viewed", "Product Added", "Order Completed")
ITEMS = ("cup", "Élan", "teapot", "a_b")
PEOPLE = range(1, 8)
OURS, THEIRS = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event of a small history."""

    subject: int
    at: datetime
    name: str
    items: tuple[str, ...]
    value: int | None
    currency: str | None
    purposes: int

    @property
    def seconds(self) -> int:
        """Return the time in whole seconds."""
        return int(self.at.timestamp())


def histories() -> st.SearchStrategy[list[Seen]]:
    """Return small histories, with events at the same moment and purposes that do not count."""
    event = st.builds(
        Seen,
        subject=st.sampled_from(PEOPLE),
        at=st.integers(0, 40 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
        name=st.sampled_from(NAMES),
        items=st.lists(st.sampled_from(ITEMS), max_size=3, unique=True).map(tuple),
        value=st.none() | st.integers(0, 5_000),
        currency=st.none() | st.sampled_from(("EUR", "USD")),
        purposes=st.sampled_from((OURS, THEIRS, OURS | THEIRS)),
    )
    return st.lists(event, max_size=30)


def as_arrow(history: Sequence[Seen]) -> pa.Table:
    """Return *history* as the columns that questions are asked of."""
    rows = [
        {name: list(e.items) if name == "items" else getattr(e, name, None) for name in COLUMNS}
        for e in history
    ]
    kinds = {"seconds": pa.int64(), **{field.name: field.type for field in SCHEMA}}
    schema = pa.schema([(name, kinds[name]) for name in COLUMNS])
    return pa.Table.from_pylist(rows, schema=schema)


def rfm(history: Sequence[Seen]) -> set[tuple[object, ...]]:
    """Answer recency, frequency and monetary value."""
    bought: dict[tuple[int, str], list[Seen]] = defaultdict(list)
    for event in history:
        if event.name == "Order Completed":
            bought[event.subject, event.currency or ""].append(event)
    now, scores = int(NOW.timestamp()), {}
    for measure, of in _MEASURES.items():
        for currency in {currency for _, currency in bought}:
            ours = {s: of(es) for (s, c), es in bought.items() if c == currency}
            ranked = sorted(ours, key=lambda s: (ours[s], s))
            for place, subject in enumerate(ranked):
                scores[measure, subject, currency] = _fifth(place, len(ranked)) + 1
    return {
        (
            s,
            c,
            (now - _MEASURES["recency"](es)) // 86_400,
            len(es),
            _MEASURES["monetary"](es),
            *(scores[measure, s, c] for measure in _MEASURES),
        )
        for (s, c), es in bought.items()
    }


_MEASURES: dict[str, Callable[[list[Seen]], int]] = {
    "recency": lambda events: max(event.seconds for event in events),
    "frequency": len,
    "monetary": lambda events: sum(event.value or 0 for event in events),
}


def _fifth(place: int, count: int) -> int:
    """Return the tile of *place* as NTILE deals: the first tiles are one larger."""
    size, larger = divmod(count, SCORES)
    edge = larger * (size + 1)
    return place // (size + 1) if place < edge else larger + (place - edge) // max(size, 1)


def funnel(
    history: Sequence[Seen], steps: Sequence[str], within: timedelta
) -> set[tuple[object, ...]]:
    """Answer how many came how far."""
    reached = dict.fromkeys(range(1, len(steps) + 1), 0)
    for subject in {event.subject for event in history}:
        ours = [event for event in history if event.subject == subject]
        came = start = None
        for number, step in enumerate(steps, start=1):
            times = [e.seconds for e in ours if e.name == step]
            if came is not None and start is not None:
                last = start + int(within.total_seconds())
                times = [at for at in times if came <= at <= last]
            if not times:
                break
            came = min(times)
            start = came if start is None else start
            reached[number] += 1
    return {(number, steps[number - 1], n) for number, n in reached.items()}


def cohorts(history: Sequence[Seen], period: timedelta) -> set[tuple[object, ...]]:
    """Answer who came again."""
    length = int(period.total_seconds())
    active = {(event.subject, event.seconds // length) for event in history}
    first = {s: min(p for t, p in active if t == s) for s, _ in active}
    found: dict[tuple[int, int], int] = defaultdict(int)
    for subject, at in active:
        found[first[subject] * length, at - first[subject]] += 1
    return {(cohort, after, n) for (cohort, after), n in found.items()}


def co_occurrence(
    history: Sequence[Seen], name: str, least_subjects: int
) -> set[tuple[object, ...]]:
    """Answer what the same people had."""
    had = {(e.subject, item) for e in history if e.name == name for item in e.items}
    pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for subject, item in had:
        for other_subject, other in had:
            if subject == other_subject and item != other:
                pairs[item, other].add(subject)
    return {(*pair, len(who)) for pair, who in pairs.items() if len(who) >= least_subjects}


def rules() -> st.SearchStrategy[Rule]:
    """Return rules, joined and turned round."""
    within = st.none() | st.integers(1, 30).map(lambda days: timedelta(days=days))
    did = st.builds(
        Did,
        name=st.sampled_from(NAMES),
        at_least=st.integers(1, 3),
        item=st.none() | st.sampled_from(ITEMS),
        within=within,
    )
    spent = st.builds(
        Spent,
        at_least=st.integers(1, 6_000),
        currency=st.sampled_from(("EUR", "USD")),
        within=within,
    )
    simple: st.SearchStrategy[Rule] = did | spent
    return st.recursive(
        simple,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=2).map(lambda rs: Every(tuple(rs)))
            | st.lists(inner, min_size=1, max_size=2).map(lambda rs: Some(tuple(rs)))
            | inner.map(Except)
        ),
        max_leaves=3,
    )


def segment(history: Sequence[Seen], rule: Rule, members: Sequence[int]) -> set[int]:
    """Answer for whom a rule holds."""
    if isinstance(rule, Except):
        return set(members) - segment(history, rule.rule, members)
    if isinstance(rule, Every):
        return set.intersection(*(segment(history, one, members) for one in rule.rules))
    if isinstance(rule, Some):
        return set.union(*(segment(history, one, members) for one in rule.rules))
    return {subject for subject in members if _holds(history, rule, subject)}


def _holds(history: Sequence[Seen], rule: Did | Spent, subject: int) -> bool:
    ours = [e for e in history if e.subject == subject and e.name == rule.name]
    if rule.within is not None:
        ours = [e for e in ours if e.at > NOW - rule.within]
    if isinstance(rule, Spent):
        return sum(e.value or 0 for e in ours if e.currency == rule.currency) >= rule.at_least
    return sum(rule.item is None or rule.item in e.items for e in ours) >= rule.at_least


def why_no_postgres() -> str:
    """Return why no PostgreSQL can be started here; empty where one can."""
    if _programs() is None:
        return "no PostgreSQL is installed: `apt-get install postgresql`"
    try:
        _account()
    except KeyError:
        return "root cannot run PostgreSQL, and there is no account postgres"
    return ""


@contextmanager
def postgres() -> Iterator[Path]:
    """Run a PostgreSQL until the block ends, and yield the folder of its socket."""
    programs, home = _programs(), Path(tempfile.mkdtemp(prefix="tactful-ibis-"))
    assert programs is not None
    if _account():
        shutil.chown(home, "postgres")
    how: dict[str, Any] = {"cwd": home, **_account()}
    words = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", "data"]
    try:
        subprocess.run([programs / "initdb", *words], check=True, capture_output=True, **how)
        words = ["-D", "data", "-k", str(home), "-c", "listen_addresses=", "-c", "fsync=off"]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", *words], stdout=log, stderr=log, **how
            )
        try:
            _await(home)
            yield home
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=60)
    finally:
        shutil.rmtree(home)


def _await(home: Path) -> None:
    import psycopg

    last = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={home}").close()
        except psycopg.OperationalError:
            assert time.monotonic() < last, (home / "log").read_text()
            time.sleep(0.05)
        else:
            return


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    elsewhere = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(elsewhere).resolve().parent if elsewhere else None


def _account() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
