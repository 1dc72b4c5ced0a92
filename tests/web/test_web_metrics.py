"""The figures that the reference lists are those that Prometheus finds, and they are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from web_worlds import World, viewed

from tactful.adapters.pace import Pace, Spread
from tactful.web.metrics import FAMILIES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
ROW = re.compile(r"^\| `(tactful_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)


def shown(world: World) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield name, kind and labels of every figure that *world* shows."""
    for family in text_string_to_metric_families(world.send("GET", "/metrics", key=None).text):
        if not family.name.endswith("_created"):
            name = family.name + "_total" * (family.type == "counter")
            labels = {label for sample in family.samples for label in sample.labels} - {"le"}
            yield name, family.type, frozenset(labels)


def test_the_table_lists_what_is_shown(world: World) -> None:
    """Each figure stands in docs/reference/metrics.md, with its kind and labels, and no other."""
    world.post("/v1/batch", {"batch": [viewed(), viewed(userId="u-2", context={"region": "DE"})]})
    world.app.serving.backlog.full("bytes")
    listed = {
        name: (kind, frozenset(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in ROW.findall(PAGE.read_text("utf-8"))
    }
    from_counts = {
        f"{metric}_total": ("counter", frozenset({label})) for metric, label, _ in FAMILIES.values()
    }

    found = {name: (kind, labels) for name, kind, labels in shown(world)}

    assert {name: listed.get(name) for name in found} == found
    assert {name: listed.get(name) for name in from_counts} == from_counts
    assert set(listed) <= set(found) | set(from_counts)


def test_commits_are_counted(world: World) -> None:
    """What the store commits is counted with how long it took, and how much went together."""
    world.post("/v1/batch", {"batch": [viewed(), viewed("pot")]})

    figures = {
        (sample.name, sample.labels.get("le")): sample.value
        for family in text_string_to_metric_families(world.send("GET", "/metrics").text)
        for sample in family.samples
    }

    commits = figures["tactful_commit_seconds_count", None]
    assert commits >= 1
    assert figures["tactful_commit_jobs_count", None] == commits
    assert figures["tactful_commit_jobs_sum", None] >= commits
    assert figures["tactful_commit_seconds_bucket", "+Inf"] == commits
    assert figures["tactful_commits_failed_total", None] == 0
    assert figures["tactful_store_jobs_waiting", None] == 0


def test_figures_are_shown_where_the_store_is_stuck(world: World) -> None:
    """Counts that cannot be had now are shown as they were, and what waits is shown anyway."""
    world.post("/v1/batch", {"batch": [viewed()]})
    before = world.send("GET", "/metrics").text
    world.opened.close()

    after = world.send("GET", "/metrics")

    line = 'tactful_calls_total{outcome="kept"} 1.0'
    assert after.status_code == 200
    assert line in before
    assert line in after.text
    assert "tactful_bytes_waiting 0" in after.text


def test_a_spread_counts_what_lies_below_each_bound() -> None:
    """A value counts at its bound and above, as Prometheus has it."""
    spread = Spread((1.0, 4.0))
    for value in (0.5, 1.0, 3.0, 9.0):
        spread.add(value)

    assert spread.buckets() == [("1.0", 2), ("4.0", 3), ("+Inf", 4)]
    assert spread.total == 13.5


def test_a_store_is_stuck_until_it_writes_again() -> None:
    """A commit of nothing does not prove that the disk has space again."""
    pace = Pace()
    told = []
    for failed, wrote in ((False, True), (True, False), (False, False), (False, True)):
        pace.note(jobs=1, seconds=0.0, failed=failed, wrote=wrote)
        told.append(pace.stuck)

    assert told == [False, True, True, False]
    assert pace.failed == 1
