"""
Say whether a subject may be asked for a yes: not while they have one, not again after a no.

After a no some laws name a time before the shop may ask again (Civ. Code 1798.135(c)(4): 12
months).  Where none is named this product does not ask again by itself; the subject can always
change their mind.
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from typing import Final

from tactful.gate import Gap, Refusal, a_yes_would_help
from tactful.terms import Regime, Statement

ASK_AGAIN: Final = "ask_again"
"""The deadline of a regime that says how long to wait after a no."""

_PERIOD: Final = re.compile(r"P(?P<count>\d+)(?P<unit>D|M|Y)")


def may_ask(
    latest: Statement | None, regime: Regime, refusal: Refusal | Gap | None, at: datetime
) -> bool:
    """Tell whether a yes is missing, would count, and may be asked for at *at*."""
    if latest is not None and latest.kind.says_no:
        again = ask_from(latest, regime)
        return again is not None and at >= again
    return a_yes_would_help(refusal)


def ask_from(latest: Statement | None, regime: Regime) -> datetime | None:
    """Return when who said no may be asked again; None where they did not, or nothing says when."""
    deadline = regime.deadlines.get(ASK_AGAIN)
    if latest is None or not latest.kind.says_no or deadline is None:
        return None
    return after(latest.at, deadline.period)


def after(begun: datetime, period: str) -> datetime:
    """
    Return when *period*, in days, calendar months or years, has passed.

    The same day of the month, or the last where there is none (Reg. 1182/71 Art. 3(2)(c)).

    Raises:
        ValueError: *period* is of another unit.
    """
    told = _PERIOD.fullmatch(period)
    if told is None:
        raise ValueError(f"no period of days, months or years: {period}")
    count, unit = int(told["count"]), told["unit"]
    if unit == "D":
        return begun + timedelta(days=count)
    months = begun.year * 12 + begun.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return begun.replace(year=year, month=month + 1, day=min(begun.day, last))
