"""Requests and regimes to count days with, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from tactful.capabilities.rights import Almanac, first_step, next_step
from tactful.terms import Deadline, Regime, Request, RequestKind, StepKind

GERMANY = Almanac(place="DE")
WEEKENDS = Almanac()


def regime(*, pauses: tuple[str, ...] = (), moves: bool = False, **periods: str) -> Regime:
    """Return a law with these deadlines: `answer="P1M"`."""
    deadlines = {
        name: Deadline(
            name=name,
            period=period,
            citation=f"Art. {name}",
            moves=moves,
            pauses_for=frozenset(pauses),
        )
        for name, period in periods.items()
    }
    return Regime(id="XX", law="a law", regions=("XX",), rules={}, deadlines=deadlines)


EU = regime(
    answer="P1M",
    extend="P2M",
    extend_notice="P1M",
    refusal_notice="P1M",
    moves=True,
    pauses=("identity", "clarification"),
)
CALIFORNIA = regime(answer="P45D", extend="P45D", acknowledge="P10BD", opt_out="P15BD")
COLORADO = regime(answer="P45D", extend="P45D", appeal_answer="P45D", appeal_extend="P60D")


def at(day: date) -> datetime:
    """Return noon on *day*."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def request(day: date, kind: RequestKind = RequestKind.ACCESS) -> Request:
    """Return a request that came on *day*."""
    step = first_step(at(day), by="subject", channel="tests")
    return Request(id="1", kind=kind, regime="XX", channel="tests", steps=(step,))


def then(told: Request, kind: StepKind, day: date, reason: str = "") -> Request:
    """Return *told* with another step on *day*."""
    step = next_step(told, kind, at(day), by="officer", reason=reason)
    return Request(
        id=told.id, kind=told.kind, regime="XX", channel="tests", steps=(*told.steps, step)
    )
