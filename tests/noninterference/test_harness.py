"""The parts of the harness: what it finds, how it compares, and whom it asks about."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import RULE_NAMES, Permit, decide
from tactful.terms import Mistake
from tactful.testing.noninterference import (
    Actor,
    ArtefactsInMemory,
    Cast,
    NumberedIds,
    OpenSeal,
    Operation,
    Part,
    Secret,
    Teaching,
    in_every_way,
    operations,
    written,
)
from tactful.testing.noninterference.coverage import refusals
from tactful.testing.noninterference.watch import overheard
from tactful.testing.policies import CURRENT_NOTICE, small_policy

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "non-interference.md"
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = in_every_way(small_policy())
CAST = Cast(
    policy=POLICY,
    at=NOW,
    secret=Secret(purposes=frozenset({"recommendations", "advertising"})),
    notice=CURRENT_NOTICE,
)


def test_the_page_tells_the_truth() -> None:
    """The code of the page runs, and what it claims is so."""
    code = compile("\n".join(CODE.findall(PAGE.read_text("utf-8"))), PAGE.name, "exec")

    exec(code, {"__name__": __name__})  # noqa: S102 - it is our own document


@dataclass(frozen=True)
class Card:
    """A value: it is compared, and what it works out late with it."""

    name: str
    printer: Callable[[], str] = field(default=str, compare=False)

    @cached_property
    def printed(self) -> str:
        """Return what the printer makes of it."""
        return self.printer()


class Drawer:
    """Something that a desk hands out, and that can be asked in turn."""

    def cards(self) -> list[Card]:
        """Return values, which are not asked."""
        return [Card("a")]

    def desk(self) -> Desk:
        """Lead back to where one came from."""
        return Desk()


class Furniture:
    """What a desk is, too."""

    def weigh(self) -> int:
        """Return the weight."""
        return 1


class Desk(Furniture):
    """Something that can be asked."""

    @property
    def colour(self) -> str:
        """Return the colour."""
        return "red"

    def drawers(
        self, side: str, *, locked: bool = False
    ) -> Mapping[str, tuple[Drawer, ...] | None]:
        """Hand out what can be asked in turn."""
        return {side: None if locked else (Drawer(),)}

    def _hidden(self) -> None:
        """Nobody asks this."""


def test_whatever_is_public_is_found() -> None:
    """Own and inherited methods, properties, and those of whatever is handed out, each once."""
    assert {o.title: (o.parameters, [v.name for v in o.via]) for o in operations(Desk)} == {
        "Desk.weigh": ((), []),
        "Desk.colour": ((), []),
        "Desk.drawers": (("side", "locked"), []),
        "Drawer.cards": ((), ["drawers"]),
        "Drawer.desk": ((), ["drawers"]),
    }


def test_an_argument_that_nobody_taught_is_a_mistake() -> None:
    """The message names the operation and the parameter, also one with a default."""
    with pytest.raises(Mistake, match=r"Desk.drawers takes `locked`, and nobody taught") as wrong:
        Teaching(anybody={"side": ["left"]}, about={}).tried(operations(Desk))

    assert "`side`" not in str(wrong.value)


def test_a_reason_for_nothing_is_a_mistake() -> None:
    """What is left untried must be there; a whole class can be."""
    found = operations(Desk)
    with pytest.raises(Mistake, match="no operation is called Chair"):
        Teaching(anybody={}, about={}, untried={"Chair": "gone"}).tried(found)

    teaching = Teaching(anybody={}, about={}, untried={"Drawer": "-", "Desk.drawers": "-"})
    assert [o.title for o in teaching.tried(found)] == ["Desk.weigh", "Desk.colour"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_every_value_comes_up(sizes: list[int]) -> None:
    """Of each parameter every value is asked with, and no more often than need be."""
    names = tuple(f"p{n}" for n in range(len(sizes)))
    teaching = Teaching(
        anybody={name: list(range(n)) for name, n in zip(names, sizes, strict=True)}, about={}
    )
    asked = teaching.arguments(Operation(owner=Desk, name="x", parameters=names), None)

    assert len(asked) == max(sizes)
    for name, size in zip(names, sizes, strict=True):
        assert {given[name] for given in asked} == set(range(size))


def test_the_exact_name_comes_first() -> None:
    """`Desk.drawers.side` is for that one, `side` for all others; either may be about somebody."""
    actor = CAST.willing("ann")
    teaching = Teaching(
        anybody={"side": ["left"], "locked": lambda: [True]},
        about={"Desk.drawers.side": lambda part: [part.actor.name]},
    )
    (operation,) = (o for o in operations(Desk) if o.name == "drawers")

    assert teaching.about_somebody(operation)
    assert teaching.arguments(operation, Part(actor=actor, shop=None)) == [
        {"side": "ann", "locked": True}
    ]


PLAIN = st.recursive(
    st.none() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN, PLAIN)
def test_equal_bytes_are_equal_values(one: object, other: object) -> None:
    """What is written the same is the same; what is the same in another order is not."""
    assert (written(one) == written(other)) == (repr(one) == repr(other))


def test_what_is_told_apart() -> None:
    """Types of arrays, order of mappings, the last digit of a number, what is worked out late."""
    pairs: list[tuple[object, object]] = [
        (np.zeros(2, np.int32), np.zeros(2, np.int64)),
        (np.zeros((2, 1)), np.zeros((1, 2))),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (0.1 + 0.2, 0.3),
        (Card("a", lambda: "x"), Card("a", lambda: "y")),
        (Mistake("a"), Mistake("b")),
        (_resolved(1), _resolved(2)),
        (iter([1, 2]), iter([1, 3])),
    ]
    assert [pair for pair in pairs if written(pair[0]) == written(pair[1])] == []


def test_what_is_not_told_apart() -> None:
    """Sets have no order, a future is its result, and how an object is built is its own affair."""
    assert written({"a", "b", "c"}) == written({"c", "b", "a"})
    assert written(_resolved([1])) == written(_resolved([1]))
    assert written(Desk()) == written(Desk())
    assert written(Card("a", lambda: "x")) == written(Card("a", lambda: "x"))


def test_what_cannot_be_written_is_no_silence() -> None:
    """A kind of value that could hide something is a mistake of whoever compares it."""
    with pytest.raises(TypeError, match="teach"):
        written(bytearray(b"x"))


def _resolved(value: object) -> Future[object]:
    future: Future[object] = Future()
    future.set_result(value)
    return future


def test_all_is_heard_and_nothing_stays_changed() -> None:
    """Logs of every level are collected with what comes along; afterwards all is as before."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    with overheard() as heard:
        logging.getLogger("x").debug("seen %s", "tea", extra={"cup": 7})

    assert [("seen tea" in line, "'cup': 7" in line) for line in heard] == [(True, True)]
    assert (root.level, root.handlers) == before


def test_every_rule_is_met() -> None:
    """Under the made-up laws every activity but the necessary is refused by every rule there is."""
    actors = (*CAST.refused_by_standing(), *CAST.refused_by_request())
    met = {pair for actor in actors for pair in refusals(actor, POLICY, NOW)}

    for name, activity in POLICY.activities.items():
        spared = {"not_restricted"} if activity.survives_restriction else set()
        if activity.purpose != "necessary":
            assert {rule for asked, rule in met if asked == name} == set(RULE_NAMES) - spared


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("silent", "consent_when_needed"),
        ("denied", "no_denial"),
        ("withdrawn", "no_denial"),
        ("objected", "no_objection"),
        ("restricted", "not_restricted"),
        ("expired", "consent_when_needed"),
        ("outdated", "consent_when_needed"),
        ("forbidden", "not_forbidden"),
        ("gap", "gap"),
        ("nowhere", "gap"),
        ("unlocated", "gap"),
        ("stranger", "implied_when_needed"),
        ("lapsed", "implied_when_needed"),
        ("unoffered", "implied_when_needed"),
        ("child", "not_closed_to_minors"),
        ("teenager", "consent_when_needed"),
        ("bound", "no_binding_signal"),
        ("honoured", "no_honoured_signal"),
        ("string", "no_denying_signal"),
    ],
)
def test_everybody_is_refused_by_their_own_rule(name: str, rule: str) -> None:
    """Each of the cast is there for one way of refusing, and is refused in that way."""
    actors = (*CAST.refused_by_standing(), *CAST.refused_by_request())
    (actor,) = (actor for actor in actors if actor.name == name)

    assert ("recommend", rule) in refusals(actor, POLICY, NOW)
    assert not actor.lets("recommend", POLICY, NOW)


def test_the_cast_is_as_it_is_told() -> None:
    """Nobody is in it unseen: the list of ways above is all of it."""
    assert len(CAST.refused_by_standing()) + len(CAST.refused_by_request()) == 19
    assert {rule for *_, rule in _ways(CAST.refused_for_one())} == {"no_denial"}
    assert list(_ways(CAST.granted())) == []


def _ways(actors: tuple[Actor, ...]) -> Iterator[tuple[str, str]]:
    for actor in actors:
        yield from refusals(actor, POLICY, NOW)


def test_a_secret_may_be_used_for_its_purposes_only() -> None:
    """With every yes given, what was kept for one purpose serves no other, nor keeping."""
    actors = {actor.name: actor for actor in CAST.granted()}
    lets = {
        name: {activity for activity in POLICY.activities if actor.lets(activity, POLICY, NOW)}
        for name, actor in actors.items()
    }

    assert lets["lets-advertising"] == {"share-audience"}
    assert lets["lets-recommendations"] == {"recommend"}
    standing = actors["lets-advertising"].standing
    assert isinstance(decide("recommend", standing, POLICY, NOW), Permit)


def test_signals_speak_in_requests_only() -> None:
    """What a browser says holds for who is visiting, and not for an audience."""
    bound = CAST.refused_by_request()[0]

    assert not bound.lets("recommend", POLICY, NOW)
    assert bound.lets("recommend", POLICY, NOW, visiting=False)


def test_what_worlds_are_made_of_is_the_same_each_time() -> None:
    """Ids are numbered, seals are open, and artefacts are kept as they were published."""
    ids = [NumberedIds(), NumberedIds()]
    assert [ids[0](), ids[0]()] == [ids[1](), ids[1]()]
    seal = OpenSeal()
    assert (seal.unseal(seal.seal(b"tea")), seal.unseal("no")) == (b"tea", None)

    artefacts, array = ArtefactsInMemory(), np.zeros(1)
    assert artefacts.newest() is None
    name = artefacts.publish({"a": array})
    array[0] = 1
    copy = artefacts.copy()
    copy.publish({})
    assert (artefacts.newest(), artefacts.open(name)["a"][0], len(copy.published)) == (name, 0, 2)
