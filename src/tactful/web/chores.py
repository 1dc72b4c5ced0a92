"""Do the shop's chores beside the serving, and log when one begins to fail."""

from __future__ import annotations

import structlog

from tactful.assembly import Opened
from tactful.shop.background import Background
from tactful.terms import TactfulError
from tactful.web.problems import log_unexpected

_log = structlog.get_logger("tactful.web")


def background_of(opened: Opened) -> Background:
    """Return what does the chores of *opened*, once it is started."""
    return Background(
        opened.work,
        opened.chores,
        clock=opened.shop.now,
        tallies=opened.tallies,
        report=_report,
    )


def _report(chore: str, error: Exception | None) -> None:
    """Log a chore that begins to fail, or works again, with what is meant for operators."""
    if error is None:
        _log.info("chore works again", chore=chore)
    elif isinstance(error, TactfulError):
        _log.error("chore failed", chore=chore, says=str(error))
    else:
        _log.error("chore failed", chore=chore)
        log_unexpected(error)
