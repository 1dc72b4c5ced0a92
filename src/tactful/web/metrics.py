"""
Figures for Prometheus: requests by route, and the shop's own counts.

Labels are route templates, statuses, and the fixed words of the policy: never an id, an address
or anything else that was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from tactful.shop import Shop
from tactful.terms import TactfulError

PATIENCE_SECONDS: Final = 1.0
"""How long figures wait for the counts of the shop."""

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"

_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

FAMILIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "events": ("tactful_calls", "outcome", "Calls taken in, by what became of them"),
    "kept": ("tactful_events_kept", "purpose", "Events kept, by purpose"),
    "refused": ("tactful_refused", "reason", "Refusals, by reason"),
    "dropped": ("tactful_properties_dropped", "reason", "Properties not kept, by reason"),
    "gap": ("tactful_gaps", "gap", "Questions that the policy has no answer to"),
    "decisions": ("tactful_decisions", "level", "Decisions, by level"),
    "statement": ("tactful_statements", "statement", "Statements recorded, by kind and purpose"),
    "notice": ("tactful_notices_shown", "notice", "Notices served for a choice"),
    "signal": ("tactful_signals_refused", "reason", "Consent strings that count for nothing"),
    "conflict": ("tactful_signal_conflicts", "signal", "Signals that contradict a statement"),
    "exposure": ("tactful_exposures", "slot", "Slates shown, by slot and level"),
    "click": ("tactful_clicks", "slot", "Slates clicked, by slot and level"),
    "conversion": ("tactful_conversions", "slot", "Slates bought from, by slot and level"),
    "webhook": ("tactful_webhooks", "outcome", "Signed webhooks, by what became of them"),
    "identity": ("tactful_identifiers", "outcome", "Merges, and identifiers that linked nobody"),
    "work": ("tactful_chores", "chore", "Chores in the background, done and failed"),
    "expired": ("tactful_expired", "purpose", "Events past the term of a purpose, let go"),
    "request": ("tactful_subject_requests", "outcome", "Requests of subjects, by kind and outcome"),
    "letter": ("tactful_letters", "outcome", "Letters, by kind and what became of them"),
    "erasure": ("tactful_erasures", "outcome", "Subjects erased"),
}


class Metrics:
    """Counts requests, and reads the shop's tallies when asked."""

    def __init__(self, shop: Shop) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tactful_http_requests",
            "Requests, by route and status",
            ["route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tactful_http_request_seconds",
            "How long requests took",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.waiting = Gauge(
            "tactful_calls_waiting", "Calls not yet durable", registry=self._registry
        )
        self._shop = _ShopFigures(shop)
        self._registry.register(self._shop)

    def close(self) -> None:
        """Ask the shop no more."""
        self._shop.close()

    def watch(self, figures: Collector) -> None:
        """Show the figures of another part, too."""
        self._registry.register(figures)

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = self._known.get((route, status))
        if known is None:
            known = (self._requests.labels(route, str(status)), self._seconds.labels(route))
            self._known[route, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _ShopFigures:
    """
    The shop's tallies as counters; those of before, where its store does not commit.

    Figures are wanted most where something is stuck: they wait for nobody for long.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._thread = ThreadPoolExecutor(1)
        self._asked: Future[Mapping[tuple[str, str], int]] | None = None
        self._known: Mapping[tuple[str, str], int] = {}

    def close(self) -> None:
        """Ask no more."""
        self._thread.shutdown()

    def describe(self) -> Iterator[Metric]:
        """Announce nothing: the names are known once there are counts."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        for name, counts in _by_name(self._totals()).items():
            metric, label, help_text = FAMILIES[name]
            family = CounterMetricFamily(metric, help_text, labels=[label])
            for value, n in counts.items():
                family.add_metric([value], n)
            yield family

    def _totals(self) -> Mapping[tuple[str, str], int]:
        asked = self._asked = self._asked or self._thread.submit(self._shop.totals)
        try:
            self._known = asked.result(PATIENCE_SECONDS)
        except TimeoutError:
            return self._known  # the answer is used when figures are next asked for
        except TactfulError:
            pass
        self._asked = None
        return self._known


def _by_name(totals: Mapping[tuple[str, str], int]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (name, label), n in totals.items():
        if name in FAMILIES:
            found[name][label] = n
    return found
