"""Figures of what waits and how fast the store commits, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from tactful.assembly import Pace
from tactful.web.backlog import Backlog


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """What waits in memory and in the store, read when asked."""

    backlog: Backlog
    pace: Pace

    def describe(self) -> Iterator[Metric]:
        """Announce what `collect` yields."""
        return self.collect()

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        yield from self._waiting()
        yield from self._commits()

    def _waiting(self) -> Iterator[Metric]:
        backlog = self.backlog
        yield GaugeMetricFamily(
            "tactful_requests_waiting", "Requests read, not answered", len(backlog)
        )
        yield GaugeMetricFamily(
            "tactful_bytes_waiting", "Bytes of requests not answered yet", backlog.size
        )
        yield GaugeMetricFamily(
            "tactful_oldest_request_seconds",
            "How long the oldest request has waited for its answer",
            backlog.oldest_seconds(),
        )
        away = CounterMetricFamily(
            "tactful_turned_away", "Requests answered 429, by what was full", labels=["full"]
        )
        for full, count in sorted(backlog.turned_away.items()):
            away.add_metric([full], count)
        yield away

    def _commits(self) -> Iterator[Metric]:
        pace = self.pace
        yield GaugeMetricFamily(
            "tactful_store_jobs_waiting", "Pieces of writing not begun", pace.waiting()
        )
        yield CounterMetricFamily(
            "tactful_commits_failed", "Commits that the store could not make", pace.failed
        )
        for name, says, spread in (
            ("tactful_commit_seconds", "How long commits took", pace.seconds),
            ("tactful_commit_jobs", "Pieces of writing in one commit", pace.groups),
        ):
            yield HistogramMetricFamily(
                name, says, buckets=spread.buckets(), sum_value=spread.total
            )
