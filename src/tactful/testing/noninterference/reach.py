"""Tell which functions of the capabilities were reached while a shop was asked."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType, FunctionType, ModuleType

_PERMITS = re.compile(r"Permit|Permitted\[.*\]|(tuple|Sequence)\[Permit(, \.\.\.)?\]")


def gated(package: ModuleType) -> Mapping[str, FunctionType]:
    """Return every function that the capabilities in *package* export and that takes a permit."""
    found: dict[str, FunctionType] = {}
    for module in pkgutil.iter_modules(package.__path__):
        capability = importlib.import_module(f"{package.__name__}.{module.name}")
        for name in capability.__all__:
            function = getattr(capability, name)
            if isinstance(function, FunctionType) and _takes_permit(function):
                found[f"{module.name}.{name}"] = function
    return found


@contextlib.contextmanager
def reached(functions: Mapping[str, FunctionType]) -> Iterator[set[str]]:
    """Collect the names of those of *functions* that this thread calls inside the block."""
    names: dict[CodeType, str] = {f.__code__: name for name, f in functions.items()}
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in names:
            seen.add(names[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _takes_permit(function: FunctionType) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    return bool(parameters) and bool(_PERMITS.fullmatch(str(parameters[0].annotation)))
