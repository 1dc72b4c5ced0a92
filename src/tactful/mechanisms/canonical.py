"""
JSON in its one canonical form (RFC 8785), and read so that it can mean one thing only.

What is signed must be the same bytes for everybody.  Knows nothing of what the JSON says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn, cast

import rfc8785

from tactful.terms import Mistake


def canonical(value: object) -> bytes:
    """
    Return *value* in the canonical form of RFC 8785.

    Args:
        value: What JSON can hold: text, numbers, truth values, None, lists, mappings with text
            as keys.  Whole numbers lie within 2^53.

    Raises:
        Mistake: JSON cannot hold it.
    """
    try:
        return rfc8785.dumps(cast("Any", value))
    except (ValueError, RecursionError) as error:
        raise Mistake("this has no canonical form in JSON (RFC 8785)") from error


def read_json(content: bytes) -> object:
    """
    Return what *content* says, where every reader would read the same (RFC 7493).

    Raises:
        Mistake: not UTF-8, not JSON, nested too deeply, the same name twice in an object, or a
            number that JSON does not know.
    """
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise Mistake("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Mistake(f"it is not JSON: line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise Mistake("it holds numbers or brackets that no receipt has") from error


def _once(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Mistake("a name stands twice in it, so that it could be read in two ways")
    return found


def _no_number(_: str) -> NoReturn:
    raise Mistake("it holds a number that JSON does not know")
