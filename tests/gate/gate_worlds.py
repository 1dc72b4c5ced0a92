"""Every policy, standing and visit that the properties of the gate are stated over."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from tactful.gate import Gap, Permit, Refusal, Visit, decide, strictest_of
from tactful.terms import (
    Activity,
    AgeRule,
    LegalBasis,
    Minor,
    Mode,
    Notice,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    Relationship,
    RelationshipKind,
    SignalRule,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
    TrackingPlan,
)
from tactful.testing.policies import small_policy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBJECT = SubjectId(7)
PURPOSES = ("necessary", "recommendations", "advertising", "measurement")
REGIONS = ("DE", "US", "US-CA", "XA")
ABROAD = "BR"
"""A region that no generated regime covers."""

GRANT, WITHDRAW, DENY, OBJECT, RESTRICT, LIFT = (
    StatementKind.GRANT,
    StatementKind.WITHDRAW,
    StatementKind.DENY,
    StatementKind.OBJECT,
    StatementKind.RESTRICT,
    StatementKind.LIFT,
)
TICK = timedelta(microseconds=1)
LIFETIMES = (None, timedelta(seconds=1), timedelta(days=30), timedelta(days=365))
AGES = (13, 16, 18)
BY_DEALING = (Mode.IMPLIED, Mode.SOFT_OPT_IN)
SPOKEN = [kind for kind in StatementKind if kind not in {RESTRICT, LIFT}]
BIRTHDAYS = (
    date(2010, 3, 1),  # sixteen at NOW, to the second
    date(2010, 3, 2),
    date(2013, 3, 1),  # thirteen at NOW
    date(2013, 3, 2),
    date(2008, 2, 29),  # eighteen since NOW: 2026 is a common year
    date(2009, 1, 31),
    date(2020, 6, 1),
    date(1980, 1, 1),
)
"""Chosen so that some come of age at NOW exactly, and some between their statements and NOW."""

# Few different moments, so that statements meet at the same instant and at the very end of a term.
MOMENTS = [NOW - timedelta(days=days, seconds=s) for days in (0, 29, 30, 365, 400) for s in (0, 1)]
BEFORE = [at for at in MOMENTS if at < NOW]
moments = st.sampled_from(MOMENTS)
later = st.sampled_from(
    [timedelta(0), TICK, timedelta(seconds=1), timedelta(days=30), timedelta(days=336)]
)
notice_names = st.sampled_from(["", "shop@0", "shop@1", "shop@2", "shop@3", "shop@4", "shop", "@2"])
purposes = st.sampled_from(PURPOSES)
some_purposes = st.frozensets(purposes)
regions = st.sampled_from([None, "", ABROAD, "us-ny", "DE-BY", *REGIONS])
births = st.sampled_from([None, *BIRTHDAYS])
refusals = st.sampled_from([WITHDRAW, DENY, OBJECT])
visits = st.builds(
    Visit,
    subject=st.sampled_from([None, SUBJECT]),
    region=regions,
    gpc=st.booleans(),
    denied=some_purposes,
)
dealings: SearchStrategy[Relationship] = st.builds(
    Relationship,
    kind=st.sampled_from(RelationshipKind),
    at=moments,
    opt_out_offered=st.booleans(),
)


def said(
    purpose: str,
    kind: StatementKind,
    at: datetime = NOW,
    *,
    by: Speaker = Speaker.SUBJECT,
    **rest: str,
) -> Statement:
    """Return one statement; a grant names the current notice of `small_policy`."""
    return Statement(purpose=purpose, kind=kind, at=at, by=by, **{"notice": "shop@3", **rest})


def also(standing: Standing, *statements: Statement) -> Standing:
    """Return *standing* with *statements* that came in later."""
    return replace(standing, statements=(*standing.statements, *statements))


def answer_to(
    activity: str, standing: Standing, policy: Policy, visit: Visit, *, at: datetime = NOW
) -> Permit | Refusal | Gap:
    """Ask *policy* about somebody of *standing* in the circumstances of *visit*."""
    return decide(
        activity, standing, policy, at, region=visit.region, gpc=visit.gpc, denied=visit.denied
    )


def permitted(
    policy: Policy, standing: Standing, visit: Visit | None = None, *, at: datetime = NOW
) -> frozenset[str]:
    """Return the activities that *policy* permits on *standing*."""
    came = visit or Visit()
    asked = ((name, answer_to(name, standing, policy, came, at=at)) for name in policy.activities)
    return frozenset(name for name, answer in asked if isinstance(answer, Permit))


def rule_of(answer: Permit | Refusal | Gap) -> str:
    """Return the rule that spoke, or `permitted`."""
    return "permitted" if isinstance(answer, Permit) else answer.rule


def activity_on(policy: Policy, purpose: str, *, survives: bool | None = None) -> Activity:
    """Return an activity for *purpose*; there always is one."""
    return next(
        a
        for a in policy.activities.values()
        if a.purpose == purpose and survives in {None, a.survives_restriction}
    )


def with_rules(policy: Policy, change: Callable[[RegimeRule], RegimeRule]) -> Policy:
    """Return *policy* with every rule of every regime changed."""
    regimes = (
        replace(regime, rules={p: change(rule) for p, rule in regime.rules.items()})
        for regime in policy.regimes
    )
    return replace(policy, regimes=tuple(regimes))


def with_mode(policy: Policy, purpose: str, mode: Mode) -> Policy:
    """Return *policy* with every rule on *purpose* of *mode*."""
    return with_rules(policy, lambda r: replace(r, mode=mode) if r.purpose == purpose else r)


def with_ages(policy: Policy, *ages: AgeRule) -> Policy:
    """Return *policy* with *ages*, and no others, in every regime."""
    return replace(policy, regimes=tuple(replace(r, ages=ages) for r in policy.regimes))


def laws_of(policy: Policy) -> list[Regime]:
    """Return the regimes that the strictest sets of *policy* are made of."""
    return [regime for regime in policy.regimes[1:] if not regime.country_alone]


def under(policy: Policy, laws: Sequence[Regime]) -> Policy:
    """Return *policy* with *laws* for its own, and the strictest sets made anew."""
    return replace(policy, regimes=(strictest_of(laws), *laws, *_alone(laws)))


spoken: SearchStrategy[Statement] = st.builds(
    Statement,
    purpose=purposes,
    kind=st.sampled_from([GRANT, *SPOKEN]),
    at=moments,
    notice=notice_names,
    regime=st.sampled_from(["", "r0", "r1", "strictest", "us-alone", "asking", "telling", "gone"]),
    by=st.sampled_from(Speaker),
)
about_all: SearchStrategy[Statement] = st.builds(
    Statement, purpose=st.just(""), kind=st.sampled_from([RESTRICT, LIFT]), at=moments
)


def histories(max_size: int = 8) -> SearchStrategy[tuple[Statement, ...]]:
    """Return histories in any order of arrival, mostly of words on purposes."""
    return st.lists(spoken | spoken | spoken | about_all, max_size=max_size).map(tuple)


standings: SearchStrategy[Standing] = st.builds(
    Standing,
    statements=histories(),
    residence=regions,
    address=regions,
    relationships=st.lists(dealings, max_size=3).map(tuple),
    born=births,
)
adults: SearchStrategy[Standing] = standings.map(lambda standing: replace(standing, born=None))


@composite
def policies(draw: DrawFn) -> Policy:
    """
    Return a policy of one to three regimes, some silent on a purpose, and their strictest.

    Where a country and one of its states have a law each, the strictest of both holds for the
    country alone.  The rules come from a seed: drawn one by one they take most of the time.
    """
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - nothing to guess
    places = draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3, unique=True))
    policy = Policy(
        purposes={name: _purpose(name) for name in PURPOSES},
        activities={activity.name: activity for activity in _register(chance)},
        regimes=(),
        notices=_notices(chance),
        plan=TrackingPlan(events={}, traits={}),
    )
    return under(policy, [regime_in(place, chance, f"r{n}") for n, place in enumerate(places)])


def _alone(regimes: Sequence[Regime]) -> list[Regime]:
    american = [regime for regime in regimes if regime.regions[0].startswith("US")]
    if len(american) < 2:
        return []
    return [strictest_of(american, id_="us-alone", regions=("US",))]


def regime_in(region: str, chance: random.Random, name: str) -> Regime:
    """Return a regime of *region* that says what comes by chance, on two purposes at least."""
    covered = chance.sample(PURPOSES, chance.randint(2, len(PURPOSES)))
    return Regime(
        id=name,
        law=name,
        regions=(region,),
        rules={purpose: _random_rule(purpose, chance) for purpose in sorted(covered)},
        gpc=SignalRule(binding=_some(chance), honoured=_some(chance), citation=name),
        ages=tuple(_random_age(chance) for _ in range(chance.randrange(7))),
    )


def _random_rule(purpose: str, chance: random.Random) -> RegimeRule:
    return RegimeRule(
        purpose=purpose,
        mode=chance.choice(list(Mode)),
        basis=chance.choice(list(LegalBasis)),
        citation="none",
        consent_lifetime=chance.choice(LIFETIMES),
        implied_by={
            kind: chance.choice(LIFETIMES) for kind in RelationshipKind if chance.random() < 2 / 3
        },
    )


def _random_age(chance: random.Random) -> AgeRule:
    places = [place for place in ("DE-BY", *REGIONS) if chance.random() < 1 / 4]
    return age_rule(
        chance.choice(PURPOSES),
        chance.choice(AGES),
        chance.choice(list(Minor)),
        {place: chance.choice(AGES) for place in places},
    )


def _register(chance: random.Random) -> list[Activity]:
    """Return one or two activities for each purpose: that survive restriction, or do not."""
    kinds = [(p, s) for p in PURPOSES for s in chance.choice([(True,), (False,), (True, False)])]
    return [
        Activity(name=f"a{n}", purpose=purpose, title="", survives_restriction=survives)
        for n, (purpose, survives) in enumerate(kinds)
    ]


def _notices(chance: random.Random) -> tuple[Notice, ...]:
    """Return one to three versions; some are silent on a purpose, some changed it materially."""
    versions = range(1, chance.randint(1, 3) + 1)
    return tuple(
        notice(version, tells=_some(chance, 0.8), material=_some(chance, 0.3))
        for version in versions
    )


def _some(chance: random.Random, share: float = 0.5) -> frozenset[str]:
    return frozenset(purpose for purpose in PURPOSES if chance.random() < share)


def notice(
    version: int, *, tells: Sequence[str] | frozenset[str] = PURPOSES, material: frozenset[str]
) -> Notice:
    """Return a version of the shop's notice that tells of the purposes *tells*."""
    return Notice(
        id="shop",
        version=version,
        locale="en",
        material=material,
        title="",
        text="",
        texts={purpose: f"About {purpose}." for purpose in PURPOSES if purpose in tells},
        hash="",
    )


def _purpose(name: str) -> Purpose:
    return Purpose(name=name, title=name, categories=(), uses=(), retention=None)


def many_standings(number: int, seed: int) -> list[Standing]:
    """Return random standings in numbers, much faster than Hypothesis draws them."""
    draw = random.Random(seed)  # noqa: S311 - a fixed seed, and nothing to guess
    return [_random_standing(draw) for _ in range(number)]


def _random_standing(draw: random.Random) -> Standing:
    return Standing(
        statements=tuple(_random_statement(draw) for _ in range(draw.randrange(5))),
        residence=draw.choice([None, ABROAD, "XM", "XM", "XM-Y", "XN", *REGIONS]),
        address=draw.choice([None, "XM", *REGIONS]),
        relationships=tuple(_random_dealing(draw) for _ in range(draw.randrange(3))),
        born=draw.choice([None, None, *BIRTHDAYS]),
    )


def _random_statement(draw: random.Random) -> Statement:
    kind = draw.choice([GRANT, GRANT, GRANT, *StatementKind])
    return Statement(
        purpose="" if kind in {RESTRICT, LIFT} else draw.choice(PURPOSES),
        kind=kind,
        at=draw.choice(BEFORE),
        notice=draw.choice(["shop@1", "shop@2", "shop@3"]),
        regime=draw.choice(["", "asking", "telling", "minding"]),
        by=draw.choice([*Speaker]),
    )


def _random_dealing(draw: random.Random) -> Relationship:
    kind, at = draw.choice([*RelationshipKind]), draw.choice(BEFORE)
    return Relationship(kind=kind, at=at, opt_out_offered=draw.random() < 0.5)


def every_mode() -> Policy:
    """
    Return the small policy with two regimes more, so that each mode and each age is in it.

    In `minding` (XM, and XM-Y with an age of its own) recommendations are implied by dealings, and
    advertising by a purchase at which the opt-out was offered; minors need leave for both, and a
    parent's for measurement.  `minding-alone` holds where XN is known and no more, as if one of
    its states asked first.
    """
    small = small_policy()
    minding = _minding()
    regimes = (*small.regimes[1:], minding)
    alone = strictest_of((minding, small.regimes[1]), id_="minding-alone", regions=("XN",))
    return replace(small, regimes=(strictest_of(regimes), *regimes, alone))


def _minding() -> Regime:
    rules = {
        "necessary": _rule("necessary", Mode.NECESSARY),
        "recommendations": _rule("recommendations", Mode.IMPLIED, CASL),
        "advertising": _rule("advertising", Mode.SOFT_OPT_IN, {RelationshipKind.PURCHASE: None}),
        "measurement": _rule("measurement", Mode.OPT_OUT),
    }
    return Regime(
        id="minding",
        law="Mind who they are",
        regions=("XM", "XN"),
        rules=rules,
        gpc=SignalRule(honoured=frozenset({"recommendations"})),
        ages=(
            age_rule("recommendations", 18, Minor.OWN_CONSENT),
            age_rule("advertising", 18, Minor.CLOSED),
            age_rule("measurement", 16, Minor.PARENTAL_CONSENT, {"XM-Y": 13}),
            age_rule("necessary", 18, Minor.CLOSED),
        ),
    )


CASL: dict[RelationshipKind, timedelta | None] = {
    RelationshipKind.PURCHASE: timedelta(days=365),
    RelationshipKind.INQUIRY: timedelta(days=30),
}
"""Which dealings imply a consent in `minding`, and for how long; the true figures are longer."""


def _rule(
    purpose: str, mode: Mode, implied_by: Mapping[RelationshipKind, timedelta | None] | None = None
) -> RegimeRule:
    return RegimeRule(
        purpose=purpose,
        mode=mode,
        basis=LegalBasis.CONSENT,
        citation="none: made up for tests",
        implied_by=implied_by or {},
    )


def age_rule(
    purpose: str, below: int, needs: Minor, below_in: Mapping[str, int] | None = None
) -> AgeRule:
    """Return one rule on an age."""
    return AgeRule(
        purpose=purpose,
        below=below,
        needs=needs,
        citation="none: made up for tests",
        below_in=below_in or {},
    )
