"""Write any answer down as bytes, so that two of them can be compared to the last one."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import PurePath
from typing import Any

import numpy as np

from tactful.testing.noninterference.operations import is_value

TIMINGS = frozenset({"p50_us", "p99_us"})
"""Fields that hold how long something took: aside, because no two runs take the same time."""

_SIMPLE = (type(None), bool, int, float, complex, str, bytes, date, datetime, timedelta, PurePath)


def written(value: object) -> bytes:
    """
    Return *value* as bytes: equal bytes for equal values, and for no others.

    Order counts where the value has one.  A value's properties are read as well as its fields, so
    that what is worked out late is compared too.

    Raises:
        TypeError: the value is of a kind that nobody taught this to write.
    """
    return repr(_plain(value)).encode()


def _plain(value: object) -> object:
    if type(value) in _SIMPLE:
        return value
    if isinstance(value, enum.Enum):
        return str(value)
    if isinstance(value, _SIMPLE):
        return value
    for kinds, plain in _WAYS:
        if isinstance(value, kinds):
            return plain(value)
    if isinstance(value, type) or not is_value(type(value)):
        return _by_name(value)
    return _of_value(value)


def _by_name(value: object) -> str:
    """Name an object that is asked in its own right; anything else is not known here."""
    if callable(value):
        return f"<{getattr(value, '__qualname__', type(value).__name__)}>"
    kind = type(value)
    if kind.__module__.partition(".")[0] in {"builtins", "collections"}:
        raise TypeError(f"teach tactful.testing.noninterference.written to write a {kind}")
    return f"<{kind.__name__}>"


def _of_value(value: object) -> object:
    fields = {name: _plain(getattr(value, name)) for name in _fields(value)}
    kind: type[Any] = type(value)
    late = {name: _read(value, name) for name in _properties(kind)}  # type: ignore[arg-type]
    return (type(value).__name__, {**fields, **late})


def _fields(value: object) -> Iterator[str]:
    if dataclasses.is_dataclass(value):
        compared = (field for field in dataclasses.fields(value) if field.compare)
        yield from (field.name for field in compared if field.name not in TIMINGS)
    yield from getattr(value, "__struct_fields__", ())


@cache
def _properties(kind: type[Any]) -> tuple[str, ...]:
    members = ((n, m) for owner in kind.__mro__ for n, m in vars(owner).items())
    return tuple(
        name
        for name, member in members
        if isinstance(member, property | cached_property) and not name.startswith("_")
    )


def _read(value: object, name: str) -> object:
    """Return what a property says; that it refuses to say anything is an answer as well."""
    try:
        return _plain(getattr(value, name))
    except TypeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, both worlds must say the same
        return _error(error)


def _error(error: BaseException) -> object:
    return (type(error).__name__, str(error))


def _array(value: np.ndarray[Any, Any]) -> object:
    return (str(value.dtype), value.shape, value.tobytes())


def _mapping(value: Mapping[object, object]) -> object:
    return ("mapping", [(_plain(key), _plain(held)) for key, held in value.items()])


def _set(value: AbstractSet[object]) -> object:
    return ("set", sorted((_plain(held) for held in value), key=repr))


def _future(value: Future[object]) -> object:
    error = value.exception()
    return _error(error) if error else _plain(value.result())


def _sequence(value: Iterator[object]) -> object:
    return [_plain(held) for held in value]


_WAYS: tuple[tuple[Any, Callable[[Any], object]], ...] = (
    (BaseException, _error),
    (np.ndarray, _array),
    (np.generic, lambda value: (str(value.dtype), value.item())),
    (Mapping, _mapping),
    (AbstractSet, _set),
    (Future, _future),
    ((list, tuple, Iterator), _sequence),
)
