"""
The people that a world is made of: one for each way in which the gate can refuse.

Each has a standing, which is the same in every world, and a secret: data that is there in one world
and not in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from tactful.gate import Permit, Visit, decide
from tactful.terms import (
    Policy,
    Relationship,
    RelationshipKind,
    Signals,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.noninterference.regimes import (
    ASKING,
    BOUND,
    CLOSED,
    EVERYTHING,
    HEEDING,
    IMPLYING,
    LIFETIME,
    NECESSARY,
    NOWHERE,
    SILENT,
    SOFT,
)

ANSWER_REQUEST: Final = "answer-request"
"""The activity under which subjects see all that is held of them, whatever it is kept for."""

SESSION: Final = "session_personalization"
"""The purpose for which a visit so far comes along with a request and is never stored."""

_LONG_AGO: Final = timedelta(days=30)
_LATELY: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that a secret tells: what was done with which items, how long before now."""

    name: str
    items: tuple[str, ...]
    ago: timedelta = _LATELY
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """
    What differs between two worlds: data of one subject, kept for `purposes`.

    `session` is what a page would send along with a request; everything else is stored.
    """

    purposes: frozenset[str]
    deeds: tuple[Deed, ...] = ()
    traits: Mapping[str, object] = field(default_factory=dict)
    group: str | None = None
    session: tuple[str, ...] = ()
    email: str = ""

    @property
    def carried(self) -> tuple[str, ...]:
        """Return the session, if it may serve one of the purposes."""
        return self.session if SESSION in self.purposes else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """
    One subject: by what `userId` they are known, how they stand, what their requests carry.

    `open_book` is data of theirs that is there in both worlds.  `gpc` and `denied` are what their
    browser says, as in `Visit`; `signals` is how a request says so.
    """

    name: str
    standing: Standing
    secret: Secret
    open_book: Secret | None = None
    gpc: bool = False
    denied: frozenset[str] = frozenset()

    @property
    def region(self) -> str | None:
        """Return where they live, which is also where their requests come from."""
        return self.standing.region

    @property
    def signals(self) -> Signals:
        """Return what a consent platform sends along: a no to everything, or nothing."""
        return Signals(categories={EVERYTHING: False}) if self.denied else Signals()

    def visit(self, subject: SubjectId | None = None) -> Visit:
        """Return how they stand before the gate."""
        return Visit(subject=subject, region=self.region, gpc=self.gpc, denied=self.denied)

    def lets(self, activity: str, policy: Policy, at: datetime, *, visiting: bool = True) -> bool:
        """
        Tell whether *activity* may use the secret, by the rules alone and not by the door's word.

        Args:
            activity: An entry of the register.
            policy: The running configuration.
            at: The moment of the decision.
            visiting: Whether they ask themselves; signals speak in requests only.
        """
        entry = policy.activities.get(activity)
        if entry is None or entry.keeps:  # keeping more has no use for what is kept already
            return False
        if activity != ANSWER_REQUEST and entry.purpose not in self.secret.purposes:
            return False
        answer = decide(
            activity,
            self.standing,
            policy,
            at,
            subject=SubjectId(1),
            region=self.region if visiting else None,
            gpc=self.gpc and visiting,
            denied=self.denied if visiting else frozenset(),
        )
        return isinstance(answer, Permit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """
    Makes actors: under *policy*, at a moment, each with the same *secret*.

    `notice` names the notice that grants are given to.
    """

    policy: Policy
    at: datetime
    secret: Secret
    notice: str

    @property
    def purposes(self) -> tuple[str, ...]:
        """Return the purposes that somebody can refuse."""
        return tuple(name for name in self.policy.purposes if name != NECESSARY)

    def refused_by_standing(self) -> tuple[Actor, ...]:
        """Return one actor for each way in which a standing refuses everything."""
        return tuple(self._by_standing())

    def refused_by_request(self) -> tuple[Actor, ...]:
        """Return those who would let everything be used, if their browser did not say no."""
        everything = frozenset(self.purposes)
        signal = self._actor("bound", Standing(statements=self._grants(BOUND), residence=BOUND))
        honoured = self._actor("honoured", Standing(residence=HEEDING))
        string = self._actor("string", self._granting())
        return (
            replace(signal, gpc=True),
            replace(honoured, gpc=True),
            replace(string, denied=everything),
        )

    def refused_for_one(self) -> tuple[Actor, ...]:
        """
        Return those who refuse one purpose each: the one that their secret is kept for.

        Some of it, kept for all other purposes, is there in both worlds, to be mixed up with it.
        """
        return tuple(self._but_for(purpose) for purpose in self.purposes)

    def granted(self) -> tuple[Actor, ...]:
        """Return those who grant everything, each with a secret kept for one purpose only."""
        return tuple(
            self._actor(f"lets-{purpose}", self._granting(), kept_for=purpose)
            for purpose in self.purposes
        )

    def willing(self, name: str, *, secret: Secret | None = None) -> Actor:
        """Return somebody who lets everything be used: for those around, or to show what can."""
        actor = self._actor(name, self._granting())
        return replace(actor, secret=secret or self.secret)

    def _by_standing(self) -> Iterator[Actor]:
        kinds = StatementKind
        yes = self._grants(ASKING)
        yield self._actor("silent", Standing(residence=ASKING))
        yield self._actor("denied", self._said(kinds.DENY))
        yield self._actor("withdrawn", self._said(kinds.WITHDRAW, yes))
        yield self._actor("objected", self._said(kinds.OBJECT, yes))
        yield self._actor("restricted", self._restricted(yes))
        yield self._actor("expired", self._granting(ago=LIFETIME + _LONG_AGO))
        yield self._actor("outdated", self._granting(notice="nothing@0"))
        yield self._actor("forbidden", Standing(statements=yes, residence=CLOSED))
        yield self._actor("gap", Standing(statements=yes, residence=SILENT))
        yield self._actor("nowhere", Standing(statements=yes, residence=NOWHERE))
        yield self._actor("unlocated", Standing(statements=yes))
        yield self._actor("stranger", Standing(residence=IMPLYING))
        yield self._actor("lapsed", self._dealt(IMPLYING, ago=LIFETIME + _LONG_AGO))
        yield self._actor("unoffered", self._dealt(SOFT, ago=_LATELY))
        yield self._actor("child", self._aged(10, Speaker.PARENT))
        yield self._actor("teenager", self._aged(14, Speaker.SUBJECT))

    def _but_for(self, refused: str) -> Actor:
        no = (self._statement(refused, StatementKind.DENY, ago=_LATELY),)
        standing = replace(self._granting(), statements=(*self._grants(ASKING), *no))
        actor = self._actor(f"not-{refused}", standing, kept_for=refused)
        others = frozenset(self.purposes) - {refused}
        some = self.secret.deeds[1::2]  # the others are news to whoever reads them
        known = replace(self.secret, purposes=others, deeds=some, traits={}, email="")
        return replace(actor, open_book=known)

    def _actor(self, name: str, standing: Standing, *, kept_for: str = "") -> Actor:
        secret = self.secret
        if kept_for:
            secret = only(secret, kept_for)
        return Actor(name=name, standing=standing, secret=secret)

    def _granting(self, *, ago: timedelta = _LONG_AGO, notice: str = "") -> Standing:
        return Standing(statements=self._grants(ASKING, ago=ago, notice=notice), residence=ASKING)

    def _grants(
        self, region: str, *, ago: timedelta = _LONG_AGO, notice: str = ""
    ) -> tuple[Statement, ...]:
        return tuple(
            replace(
                self._statement(purpose, StatementKind.GRANT, ago=ago),
                notice=notice or self.notice,
                regime=f"made-up-{region}",
            )
            for purpose in self.purposes
        )

    def _said(self, kind: StatementKind, before: tuple[Statement, ...] = ()) -> Standing:
        said = tuple(self._statement(purpose, kind, ago=_LATELY) for purpose in self.purposes)
        return Standing(statements=(*before, *said), residence=ASKING)

    def _restricted(self, before: tuple[Statement, ...]) -> Standing:
        said = self._statement("", StatementKind.RESTRICT, ago=_LATELY)
        return Standing(statements=(*before, said), residence=ASKING)

    def _dealt(self, region: str, *, ago: timedelta) -> Standing:
        dealing = Relationship(kind=RelationshipKind.PURCHASE, at=self.at - ago)
        return Standing(relationships=(dealing,), residence=region)

    def _aged(self, years: int, by: Speaker) -> Standing:
        yes = tuple(replace(statement, by=by) for statement in self._grants(ASKING))
        born = date(self.at.year - years, 1, 1)
        return Standing(statements=yes, residence=ASKING, born=born)

    def _statement(self, purpose: str, kind: StatementKind, *, ago: timedelta) -> Statement:
        return Statement(purpose=purpose, kind=kind, at=self.at - ago)


def only(secret: Secret, purpose: str) -> Secret:
    """Return *secret* as it would be if it had been kept for *purpose* and for nothing else."""
    return replace(secret, purposes=frozenset({purpose}))
