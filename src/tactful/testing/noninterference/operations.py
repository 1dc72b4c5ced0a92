"""
Find everything that a shop can be asked, from its class alone.

Whatever is public is found: methods and properties of the shop, and of every further object that
they hand out and that can be asked in turn.  Values (frozen dataclasses, enums, named tuples) are
answers and are compared, not asked.  Calls nothing.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One thing that can be asked of an object: `via` leads to it from the shop.

    `parameters` are the names of what it takes; a property takes none.
    """

    owner: type
    name: str
    parameters: tuple[str, ...] = ()
    called: bool = True
    via: tuple[Operation, ...] = ()

    @property
    def title(self) -> str:
        """Return the name that the operation is known by: `Shop.decide`."""
        return f"{self.owner.__name__}.{self.name}"

    @property
    def route(self) -> tuple[Operation, ...]:
        """Return the operations that lead to the answer, this one last."""
        return (*self.via, self)

    def ask(self, owner: object, arguments: dict[str, object]) -> object:
        """Return the answer of *owner*."""
        found = getattr(owner, self.name)
        return found(**arguments) if self.called else found


def operations(root: type) -> tuple[Operation, ...]:
    """Return every operation of *root* and of the objects that it hands out, in that order."""
    found: list[Operation] = []
    waiting: list[tuple[type, tuple[Operation, ...]]] = [(root, ())]
    seen = {root}
    while waiting:
        owner, via = waiting.pop(0)
        for name, function, called in _public(owner):
            operation = Operation(
                owner=owner, name=name, parameters=_parameters(function), called=called, via=via
            )
            found.append(operation)
            new = [kind for kind in _askable(function, root) if kind not in seen]
            seen.update(new)
            waiting += [(kind, operation.route) for kind in new]
    return tuple(found)


def _public(owner: type) -> Iterator[tuple[str, Callable[..., Any], bool]]:
    """Yield name, function and whether it is called, of what *owner* and its bases define."""
    names = dict.fromkeys(name for kind in reversed(owner.__mro__[:-1]) for name in vars(kind))
    for name in names:
        member = inspect.getattr_static(owner, name)
        if name.startswith("_"):
            continue
        if isinstance(member, property) and member.fget:
            yield name, member.fget, False
        elif isinstance(member, cached_property):
            yield name, member.func, False
        elif isinstance(member, classmethod | staticmethod):
            yield name, member.__func__, True
        elif isinstance(member, FunctionType):
            yield name, member, True


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    names = tuple(inspect.signature(function).parameters)
    return tuple(name for name in names if name not in {"self", "cls"})


def _askable(function: Callable[..., Any], root: type) -> Iterator[type]:
    """Yield the classes in what *function* returns whose objects can be asked in turn."""
    hints = get_type_hints(function)
    yield from (kind for kind in _classes(hints.get("return")) if _can_be_asked(kind, root))


def _classes(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _classes(part)


def _can_be_asked(kind: type, root: type) -> bool:
    ours = kind.__module__.partition(".")[0] in {"tactful", root.__module__.partition(".")[0]}
    return ours and not is_value(kind)


def is_value(kind: type) -> bool:
    """Tell whether objects of *kind* are answers, which can be compared and do nothing."""
    frozen = dataclasses.is_dataclass(kind) and getattr(kind, "__dataclass_params__").frozen  # noqa: B009
    plain = issubclass(kind, enum.Enum | BaseException | tuple)
    return bool(frozen or plain or hasattr(kind, "__struct_fields__"))
