"""Bodies that no client of ours would send, made from bodies that one would."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

NUMBERS = (
    "1e400",
    "-1e400",
    "1" + "0" * 400,
    "-0.0",
    "1E+9999999",
    "0.1e-400",
    "9223372036854775808",
)
WORDS = (
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    '"' + "x" * 70_000 + '"',
    '""',
    '"2026-02-30T25:61:61Z"',
    '"9999-12-31T23:59:59.999999999-23:59"',
    '"0000-00-00"',
    '"2026-01-01T00:00:00"',
    '"\\u202e\\u0378\\ufeff"',
    "null",
    "true",
    "[]",
    "{}",
    "[" * 2_000 + "]" * 2_000,
    '{"a":' * 2_000 + "1" + "}" * 2_000,
)
MARK = "@@a value@@"

ids = (
    st.text(max_size=20) | st.integers() | st.none() | st.floats() | st.lists(st.none(), max_size=1)
)


def bodies(example: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Return raw bodies: noise, and what *example* turns into where parts of it are replaced."""
    good = json.dumps(example).encode()
    return st.one_of(
        st.binary(max_size=300),
        _replaced(example),
        _replaced(example).map(gzip.compress),
        _replaced(example).flatmap(_cut).map(gzip.compress),
        _replaced(example).map(gzip.compress).flatmap(_cut),
        _cut(good),
        _spliced(good),
        _twice(example),
        st.sampled_from(WORDS + NUMBERS).map(str.encode),
        st.integers(0, 60_000).map(lambda depth: b'{"a":' * depth),
        st.integers(0, 60_000).map(lambda depth: good[:-1] + b',"x":' + b"[" * depth),
    )


def _replaced(example: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Return *example* with one value, wherever it stands, replaced by one that is odd."""
    odd = st.sampled_from(WORDS + NUMBERS) | ids.map(json.dumps)
    return st.tuples(st.sampled_from(_places(example)), odd).map(
        lambda drawn: json.dumps(_put(example, drawn[0])).replace(f'"{MARK}"', drawn[1]).encode()
    )


def _twice(example: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Return *example* with one of its keys there twice."""
    body = json.dumps(example)[1:]
    odd = st.sampled_from(WORDS + NUMBERS)
    return st.tuples(st.sampled_from(sorted(example)), odd).map(
        lambda drawn: f'{{"{drawn[0]}": {drawn[1]}, {body}'.encode()
    )


def _cut(body: bytes) -> st.SearchStrategy[bytes]:
    return st.integers(0, len(body)).map(lambda end: body[:end])


def _spliced(body: bytes) -> st.SearchStrategy[bytes]:
    """Return *body* with noise somewhere in it."""
    place, noise = st.integers(0, len(body)), st.binary(min_size=1, max_size=4)
    return st.tuples(place, noise).map(lambda at: body[: at[0]] + at[1] + body[at[0] :])


Path = tuple[str | int, ...]


def _places(value: Any, path: Path = ()) -> list[Path]:
    """Return where a value stands in *value*, at any depth."""
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    return [path, *(place for key, found in inside for place in _places(found, (*path, key)))]


def _put(value: Any, path: Path) -> Any:
    """Return *value* with a mark in place of what stands at *path*."""
    if not path:
        return MARK
    if isinstance(value, list):
        return [_put(v, path[1:]) if i == path[0] else v for i, v in enumerate(value)]
    return {k: _put(v, path[1:]) if k == path[0] else v for k, v in value.items()}
