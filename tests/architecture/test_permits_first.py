"""Whatever a capability offers that touches people takes the gate's permit as its first argument."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from tactful import capabilities

PERMITS = re.compile(r"Permit|Permitted\[.*\]|(tuple|Sequence)\[Permit(, \.\.\.)?\]")

UNGATED: dict[str, str] = {}
"""What touches nobody, or is needed before there can be a permit, with the reason."""


def offered() -> Iterator[tuple[str, str]]:
    """Yield every exported function and public method with its first parameter's annotation."""
    for package in _packages():
        for name in package.__all__:
            thing = getattr(package, name)
            place = f"{package.__name__.rpartition('.')[2]}.{name}"
            if inspect.isfunction(thing):
                yield place, _first(thing)
            elif inspect.isclass(thing):
                yield from ((f"{place}.{n}", _first(m)) for n, m in _methods(thing))


def _packages() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(capabilities.__path__):
        yield importlib.import_module(f"{capabilities.__name__}.{found.name}")


def _methods(kind: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(kind).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if inspect.isfunction(function) and not name.startswith("_"):
            yield name, function


def _first(function: object) -> str:
    assert inspect.isfunction(function)
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    return str(parameters[0].annotation) if parameters else ""


OFFERED = sorted(offered())


@pytest.mark.parametrize(("place", "first"), OFFERED, ids=[place for place, _ in OFFERED])
def test_whatever_touches_people_takes_a_permit_first(place: str, first: str) -> None:
    """No exported function or method can be called without a permit, or it says here why."""
    assert PERMITS.fullmatch(first) or place in UNGATED


def test_every_exception_is_still_needed() -> None:
    """An exception for what is gone, or takes a permit by now, is deleted."""
    gated = {place: PERMITS.fullmatch(first) is not None for place, first in OFFERED}

    assert {place for place in UNGATED if gated.get(place, True)} == set()
    assert all(UNGATED.values())
