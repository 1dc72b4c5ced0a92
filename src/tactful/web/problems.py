"""
Errors as RFC 9457 problem documents.

The message of an error that tactful raises on purpose is shown; of any other, nothing is.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
import structlog

from tactful.terms import (
    Busy,
    Mistake,
    NotFound,
    PermitMisuse,
    PolicyMistake,
    StoreAway,
    StoreFull,
    TactfulError,
    Trouble,
)
from tactful.web.backlog import Crowded
from tactful.web.exchange import Declined, Header, Reply

PROBLEM: Final = b"application/problem+json"
RETRY_SECONDS: Final[Mapping[type[Exception], int]] = {
    Busy: 1,
    Crowded: 1,
    StoreAway: 1,
    StoreFull: 30,
}

_STATUS: Final[Mapping[type[TactfulError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Crowded: HTTPStatus.TOO_MANY_REQUESTS,
    PolicyMistake: HTTPStatus.INTERNAL_SERVER_ERROR,
    Mistake: HTTPStatus.BAD_REQUEST,
    PermitMisuse: HTTPStatus.INTERNAL_SERVER_ERROR,
    Trouble: HTTPStatus.SERVICE_UNAVAILABLE,
}
_UNEXPECTED: Final = "something went wrong on our side; nothing about you is in the log"

_log = structlog.get_logger("tactful.web")


class Problem(msgspec.Struct, kw_only=True, frozen=True):
    """A problem document; `type` is `about:blank`, so `title` is the status in words."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: HTTPStatus, detail: str, *headers: Header) -> Reply:
    """Return a problem document."""
    document = Problem(title=status.phrase, status=status.value, detail=detail)
    return Reply(
        status=status.value,
        body=msgspec.json.encode(document),
        headers=headers,
        media_type=PROBLEM,
    )


def problem_of(error: Exception) -> Reply:
    """Return what *error* means to whoever asked; an unexpected one is logged, not shown."""
    if isinstance(error, Declined):
        return problem(error.status, str(error), *error.headers)
    status = _status(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log_unexpected(error)
        return problem(status, _UNEXPECTED)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        _log.warning("cannot serve", kind=type(error).__name__)
    return problem(status, str(error), *_retry(error))


def log_unexpected(error: BaseException) -> None:
    """Log what kind of error came from where, without its message: it may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-4:]]
    _log.error("unexpected error", kind=type(error).__name__, where=where)


def _status(error: Exception) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _retry(error: Exception) -> tuple[Header, ...]:
    seconds = RETRY_SECONDS.get(type(error))
    return () if seconds is None else ((b"retry-after", str(seconds).encode()),)
