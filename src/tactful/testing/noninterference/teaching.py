"""
What to say when an operation wants an argument: by the name of the parameter.

Nothing is guessed.  A parameter that nobody taught, also one with a default, is a mistake that says
what to add, so that no new operation and no new argument goes untested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tactful.terms import Mistake
from tactful.testing.noninterference.cast import Actor
from tactful.testing.noninterference.operations import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    Whom a request is about, in one world.

    `shop` may be asked for what a request needs, such as the id of a decision; `session` is what
    the page sends along: the actor's secret, where this world has it.
    """

    actor: Actor
    shop: Any
    session: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """
    The arguments to ask with, and what is not asked at all, each with its reason.

    Parameters are found by `Subject.settle.residence` first, and else by `residence`.  Those in
    `about` speak of one actor: whatever takes one of them is asked about each in turn.  `untried`
    names operations (`Shop.close`) or all those of a class (`Door`).
    """

    anybody: Mapping[str, Sequence[object] | Callable[[], Sequence[object]]]
    about: Mapping[str, Callable[[Part], Sequence[object]]]
    untried: Mapping[str, str] = field(default_factory=dict)

    def tried(self, found: Sequence[Operation]) -> tuple[Operation, ...]:
        """
        Return those of *found* that are asked.

        Raises:
            Mistake: an argument that was not taught, or a reason for an operation that is gone.
        """
        names = {name for operation in found for name in _names(operation)}
        if gone := sorted(set(self.untried) - names):
            raise Mistake(f"no operation is called {', '.join(gone)}: take it out of `untried`")
        kept = tuple(o for o in found if not any(name in self.untried for name in _names(o)))
        if missing := [line for operation in kept for line in self._untaught(operation)]:
            raise Mistake("\n".join(missing))
        return kept

    def about_somebody(self, operation: Operation) -> bool:
        """Tell whether *operation*, or what leads to it, names an actor."""
        return any(
            self._key(step, name) in self.about
            for step in operation.route
            for name in step.parameters
        )

    def arguments(self, operation: Operation, part: Part | None) -> list[dict[str, object]]:
        """Return argument lists in which every value of every parameter comes up at least once."""
        values = {name: self._values(operation, name, part) for name in operation.parameters}
        most = max((len(offered) for offered in values.values()), default=1)
        return [
            {name: offered[turn % len(offered)] for name, offered in values.items()}
            for turn in range(most)
        ]

    def _values(self, operation: Operation, name: str, part: Part | None) -> Sequence[object]:
        key = self._key(operation, name)
        if part is not None and key in self.about:
            return self.about[key](part)
        offered = self.anybody[key]
        return offered() if callable(offered) else offered

    def _key(self, operation: Operation, name: str) -> str:
        exact = f"{operation.title}.{name}"
        return exact if exact in self.anybody or exact in self.about else name

    def _untaught(self, operation: Operation) -> Iterator[str]:
        for name in operation.parameters:
            key = self._key(operation, name)
            if key not in self.anybody and key not in self.about:
                yield (
                    f"{operation.title} takes `{name}`, and nobody taught what to say: add "
                    f"`{name}` (or `{operation.title}.{name}`) to `about`, if it says whom the "
                    "request is about, or else to `anybody`"
                )


def _names(operation: Operation) -> tuple[str, str]:
    return operation.title, operation.owner.__name__
