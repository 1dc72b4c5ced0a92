"""
Ask the same in two worlds, and find what depends on data that may not be used.

The worlds differ only in the secrets of their actors.  An answer may differ if, and only if, while
it was made the door permitted an activity that may use the secret by the rules themselves; what is
told to anybody else may not differ even then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from tactful.terms import Policy, TactfulError
from tactful.testing.noninterference.cast import Actor
from tactful.testing.noninterference.operations import Operation, operations
from tactful.testing.noninterference.teaching import Part, Teaching
from tactful.testing.noninterference.watch import Asked, Listener, WatchedUses, overheard
from tactful.testing.noninterference.written import written

ANSWER: Final = "answer"
LOGS: Final = "logs"
QUESTIONS: Final = "questions"
_SHOWN: Final = 160
_BEFORE: Final = 40


class World(Protocol):
    """A shop with its actors, opened anew for every operation."""

    @property
    def shop(self) -> Any:  # noqa: ANN401 - whatever has operations
        """The shop that is asked."""

    @property
    def uses(self) -> WatchedUses:
        """What its door counts."""

    @property
    def names(self) -> Mapping[int, str]:
        """The actors' names, by their numbers."""

    def surroundings(self) -> Mapping[str, object]:
        """
        Return all that can be seen of the rest, by name.

        Counters, published models, what is stored of bystanders, what they and nobody are shown.
        """


W = TypeVar("W", bound=World)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Generic[W]):
    """
    A pair of worlds that can be opened any number of times, always the same.

    `open_world` opens the one with the secrets, or the one without; it is closed on leaving.
    """

    policy: Policy
    at: datetime
    cast: Sequence[Actor]
    open_world: Callable[[bool], AbstractContextManager[W]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one world said, and what the other: where they part."""

    facet: str
    without: str
    with_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    One operation, asked about one actor (or nobody in particular) in both worlds.

    `asked` are the activities that the door was asked about; `used` those permitted ones that may
    use a secret, and `wide` those of them that opened an audience, whose results are for everybody.
    `answered` tells that something else than errors came back: only then was anything tried.
    """

    operation: str
    actor: str
    differences: tuple[Difference, ...]
    asked: frozenset[str]
    used: frozenset[str]
    wide: frozenset[str]
    answered: bool

    @property
    def interferences(self) -> tuple[Interference, ...]:
        """Return the differences that nothing allows."""
        if self.wide:
            return ()
        return tuple(
            Interference(operation=self.operation, actor=self.actor, difference=difference)
            for difference in self.differences
            if not (self.used and difference.facet == ANSWER)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """A result that depends on data which may not be used for it."""

    operation: str
    actor: str
    difference: Difference

    def __str__(self) -> str:
        asked = f" about {self.actor!r}" if self.actor else ""
        found = self.difference
        return (
            f"{self.operation}{asked}: {found.facet} depends on data that may not be used\n"
            f"  without it: {found.without}\n  with it:    {found.with_secret}"
        )


def interferences(scene: Scene[W], root: type, teaching: Teaching) -> list[Interference]:
    """
    Return every way in which data that may not be used changes what a shop says or does.

    Args:
        scene: The worlds to compare.
        root: The class of their shops; all that it can be asked is found by itself.
        teaching: The arguments to ask with.

    Raises:
        Mistake: an operation takes an argument that was not taught.
    """
    return [found for trial in trials(scene, root, teaching) for found in trial.interferences]


def trials(
    scene: Scene[W], root: type, teaching: Teaching, *, only: frozenset[str] = frozenset()
) -> Iterator[Trial]:
    """Ask every operation (or *only* some, by title) about everybody, in both worlds."""
    for operation in teaching.tried(operations(root)):
        if not only or operation.title in only:
            yield from _tried(scene, operation, teaching)


def _tried(scene: Scene[W], operation: Operation, teaching: Teaching) -> Iterator[Trial]:
    """Open both worlds, ask about each actor in turn, and look at the surroundings in the end."""
    whom: Sequence[Actor | None] = [None]
    if teaching.about_somebody(operation):
        whom = scene.cast
    with scene.open_world(False) as without, scene.open_world(True) as having:  # noqa: FBT003
        asked: list[Asked] = []
        for actor in whom:
            one = _Asking(without, operation, teaching, actor)
            other = _Asking(having, operation, teaching, actor, carries=True)
            differences = _differences(one.seen(), other.seen())
            asked += other.answers
            yield other.trial(scene, differences)
        left = _Asking(having, operation, teaching, answers=asked)
        seen = (_written(world.surroundings()) for world in (without, having))
        yield left.trial(scene, _differences(*seen))


class _Asking:
    """One operation asked in one world, with all its arguments, about one actor."""

    def __init__(
        self,
        world: World,
        operation: Operation,
        teaching: Teaching,
        actor: Actor | None = None,
        *,
        carries: bool = False,
        answers: Sequence[Asked] = (),
    ) -> None:
        self._world = world
        self._operation = operation
        self._teaching = teaching
        self._actor = actor
        session = actor.secret.carried if actor and carries else ()
        self._part = Part(actor=actor, shop=world.shop, session=session) if actor else None
        self.answers = answers
        self._answered = False

    def seen(self) -> Mapping[str, bytes]:
        """Ask, and return every facet of what came back."""
        given = self._teaching.arguments(self._operation, self._part)
        self._world.uses.taken()
        with overheard() as logs:
            answers = [self._answer(arguments) for arguments in given]
        self.answers = self._world.uses.taken()
        return _written({ANSWER: answers, LOGS: logs, QUESTIONS: self.answers})

    def _answer(self, arguments: dict[str, object]) -> object:
        """Return the answer as it is written, before another question can change it."""
        try:
            answer = written(self._operation.ask(self._owner(), arguments))
            self._answered = True
        except TactfulError as error:
            answer = written(error)
        heard = [value.told for value in arguments.values() if isinstance(value, Listener)]
        return [answer, heard]

    def _owner(self) -> object:
        """Go the way from the shop to whom the operation is asked of."""
        owner = self._world.shop
        for step in self._operation.via:
            owner = step.ask(owner, self._teaching.arguments(step, self._part)[0])
        return owner

    def trial(self, scene: Scene[W], differences: tuple[Difference, ...]) -> Trial:
        """Return what came of it, with *differences* to the other world."""
        wide = frozenset(self._used(scene, audience=True))
        return Trial(
            operation=self._operation.title,
            actor=self._actor.name if self._actor else "",
            differences=differences,
            asked=frozenset(answer.activity for answer in self.answers),
            used=frozenset(self._used(scene, audience=False)) | wide,
            wide=wide,
            answered=self._answered,
        )

    def _used(self, scene: Scene[W], *, audience: bool) -> Iterator[str]:
        """Yield what the door permitted on a secret that the rules say it may use."""
        cast = {actor.name: actor for actor in scene.cast}
        whom = {self._actor.name} if self._actor and not audience else set(cast)
        for answer in self.answers:
            names = {self._world.names.get(subject, "") for subject in answer.subjects} & whom
            actors = (cast[name] for name in names if answer.audience is audience)
            if any(
                actor.lets(answer.activity, scene.policy, scene.at, visiting=not audience)
                for actor in actors
            ):
                yield answer.activity


def _written(facets: Mapping[str, object]) -> Mapping[str, bytes]:
    return {facet: written(value) for facet, value in facets.items()}


def _differences(
    without: Mapping[str, bytes], having: Mapping[str, bytes]
) -> tuple[Difference, ...]:
    facets = dict.fromkeys([*without, *having])
    return tuple(
        _difference(facet, without.get(facet, b""), having.get(facet, b""))
        for facet in facets
        if without.get(facet) != having.get(facet)
    )


def _difference(facet: str, without: bytes, having: bytes) -> Difference:
    """Show both from shortly before they part."""
    pairs = enumerate(zip(without, having, strict=False))
    place = next((n for n, (a, b) in pairs if a != b), min(len(without), len(having)))
    shown = slice(max(0, place - _BEFORE), place + _SHOWN)
    return Difference(
        facet=facet,
        without=without[shown].decode(errors="replace"),
        with_secret=having[shown].decode(errors="replace"),
    )
