"""What a route is: a path, what must be shown, the function behind it, what it takes and gives."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tactful.web.exchange import Endpoint

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Needs(enum.Enum):
    """What a caller must show."""

    NOTHING = "nothing"
    WRITE_KEY = "write key"
    SIGNATURE = "signature"
    RIGHTS = "secret key or signed link"
    SECRET = "secret key"  # noqa: S105 - the name of a kind of key


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    One method of one path; `{name}` in the path stands for one part of it.

    `public` routes may be called by pages of any origin; `busy` ones are answered in front of the
    framework.  `example` is a body that is taken, `shows` one that is answered.
    """

    method: Method
    path: str
    endpoint: Endpoint
    summary: str
    tag: str
    needs: Needs = Needs.WRITE_KEY
    public: bool = True
    busy: bool = False
    takes: type | None = None
    gives: type | None = None
    example: Mapping[str, object] | None = None
    shows: Mapping[str, object] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
