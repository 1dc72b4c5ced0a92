"""Every policy, standing and visit that the properties of the gate are stated over."""

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from tactful.gate import Visit, strictest_of
from tactful.terms import (
    Activity,
    LegalBasis,
    Mode,
    Notice,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    SignalRule,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
    TrackingPlan,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBJECT = SubjectId(7)
PURPOSES = ("necessary", "recommendations", "advertising", "measurement")
REGIONS = ("DE", "US", "US-CA", "XA")
ABROAD = "BR"
"""A region that no generated regime covers."""

LIFETIMES = (None, timedelta(seconds=1), timedelta(days=30), timedelta(days=365))
ABOUT_ALL = {StatementKind.RESTRICT, StatementKind.LIFT}
SPOKEN = [kind for kind in StatementKind if kind not in ABOUT_ALL]

# Few different moments, so that statements meet at the same instant and at the very end of a term.
moments = st.sampled_from(
    [NOW - timedelta(days=days, seconds=s) for days in (0, 29, 30, 365, 400) for s in (0, 1)]
)
notice_names = st.sampled_from(["", "shop@0", "shop@1", "shop@2", "shop@3", "shop@4", "shop", "@2"])
purposes = st.sampled_from(PURPOSES)
regions = st.sampled_from([None, "", ABROAD, "us-ny", *REGIONS])
visits = st.builds(
    Visit, subject=st.sampled_from([None, SUBJECT]), region=regions, gpc=st.booleans()
)


def said(purpose: str, kind: StatementKind, at: datetime = NOW, **rest: str) -> Statement:
    """Return one statement; a grant names the current notice of `small_policy`."""
    return Statement(purpose=purpose, kind=kind, at=at, **{"notice": "shop@3", **rest})


spoken: SearchStrategy[Statement] = st.builds(
    Statement,
    purpose=purposes,
    kind=st.sampled_from(SPOKEN),
    at=moments,
    notice=notice_names,
    regime=st.sampled_from(["", "r0", "r1", "strictest", "asking", "telling", "gone"]),
)
about_all: SearchStrategy[Statement] = st.builds(
    Statement, purpose=st.just(""), kind=st.sampled_from(sorted(ABOUT_ALL)), at=moments
)


def histories(max_size: int = 8) -> SearchStrategy[tuple[Statement, ...]]:
    """Return histories in any order of arrival, mostly of words on purposes."""
    return st.lists(spoken | spoken | spoken | about_all, max_size=max_size).map(tuple)


standings: SearchStrategy[Standing] = st.builds(Standing, statements=histories(), region=regions)


@composite
def policies(draw: DrawFn) -> Policy:
    """Return a policy of one to three regimes, some silent on a purpose, and their strictest."""
    numbers = range(draw(st.integers(1, 3)))
    places = draw(st.permutations(REGIONS))
    regimes = [draw(_regimes(f"r{n}", region=places[n])) for n in numbers]
    return Policy(
        purposes={name: _purpose(name) for name in PURPOSES},
        activities={activity.name: activity for activity in draw(_registers())},
        regimes=(strictest_of(regimes), *regimes),
        notices=draw(_notices()),
        plan=TrackingPlan(events={}, traits={}),
    )


@composite
def _regimes(draw: DrawFn, name: str, *, region: str) -> Regime:
    covered = draw(st.sets(purposes, min_size=2))
    signals = st.frozensets(purposes)
    return Regime(
        id=name,
        law=name,
        regions=(region,),
        rules={purpose: draw(_rules(purpose)) for purpose in sorted(covered)},
        gpc=SignalRule(binding=draw(signals), honoured=draw(signals), citation=name),
    )


def _rules(purpose: str) -> SearchStrategy[RegimeRule]:
    return st.builds(
        RegimeRule,
        purpose=st.just(purpose),
        mode=st.sampled_from(Mode),
        basis=st.sampled_from(LegalBasis),
        citation=st.just("none"),
        consent_lifetime=st.sampled_from(LIFETIMES),
    )


@composite
def _registers(draw: DrawFn) -> list[Activity]:
    number = count()
    return [
        Activity(name=f"a{next(number)}", purpose=purpose, title="", survives_restriction=survives)
        for purpose in PURPOSES
        for survives in draw(st.sets(st.booleans(), min_size=1))
    ]


@composite
def _notices(draw: DrawFn) -> tuple[Notice, ...]:
    material = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    return tuple(
        Notice(
            id="shop",
            version=version,
            locale="en",
            material=changed,
            title="",
            text="",
            texts={},
            hash="",
        )
        for version, changed in enumerate(material, start=1)
    )


def _purpose(name: str) -> Purpose:
    return Purpose(name=name, title=name, categories=(), uses=(), retention=None)
