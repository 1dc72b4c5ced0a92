"""
Make statements of what a consent platform says of a known subject.

Along with a request a no is recorded where it is news, and a yes never against a no.  Sent on
purpose, at the moment of a choice, both are what the subject says now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tactful.capabilities.consent.signals import Heard, Word
from tactful.capabilities.consent.statements import Circumstances
from tactful.gate import Permit
from tactful.terms import Policy, Standing, Statement, StatementKind


def statements_by_signal(
    permit: Permit,
    standing: Standing,
    heard: Heard,
    *,
    policy: Policy,
    at: datetime,
    record: str,
    asks: Callable[[str], bool],
) -> tuple[Statement, ...]:
    """
    Return what *heard* says anew of the permit's subject.

    A no is news where nothing was said, or a yes before it.  A yes is news only where one is
    missing: never against a no, whenever that was said.

    Args:
        permit: To record statements of the subject.
        standing: What they have said.
        heard: What the request's signals come to.
        policy: The running configuration.
        at: The time now, which no statement is later than.
        record: The id of the consent record.
        asks: Tells whether a yes to a purpose is missing, and would count.
    """
    noes = (word for word in heard.words if not word.yes and _no_is_news(word, standing, at))
    yeses = (word for word in heard.granted if _yes_is_news(word, standing, at))
    return tuple(
        _statement(word, policy, at=_when(word, at), regime=permit.regime, record=record)
        for word in _one_each([*noes, *yeses])
        if _counts(word, policy) and (not word.yes or asks(word.purpose))
    )


def statements_on_purpose(
    heard: Heard, how: Circumstances, *, policy: Policy
) -> tuple[Statement, ...]:
    """
    Return what the subject says by *heard*, which a page sends at the moment of the choice.

    A choice of today, by the string's own day, is taken as made now: strings tell the day only.  An
    older one keeps its time, so that it takes nothing back that was said since.
    """
    noes = (word for word in heard.words if not word.yes)
    return tuple(
        replace(
            _statement(
                word, policy, at=_chosen(word, how.at), regime=how.regime, record=how.record
            ),
            locale=how.locale,
            ui=how.ui,
            by=how.by,
        )
        for word in _one_each([*noes, *heard.granted])
        if _counts(word, policy)
    )


def conflicts(_permit: Permit, standing: Standing, heard: Heard, at: datetime) -> tuple[str, ...]:
    """Return which signals contradict what the permit's subject said: `tcf: advertising`."""
    found = ((word, standing.latest(word.purpose, at)) for word in heard.words)
    named = (
        f"{word.source}: {word.purpose}"
        for word, latest in found
        if latest is not None and (latest.kind.says_no if word.yes else _is_grant(latest))
    )
    return tuple(dict.fromkeys(named))


def _no_is_news(word: Word, standing: Standing, at: datetime) -> bool:
    latest = standing.latest(word.purpose, at)
    return latest is None or (_is_grant(latest) and latest.at <= _when(word, at))


def _yes_is_news(word: Word, standing: Standing, at: datetime) -> bool:
    latest = standing.latest(word.purpose, at)
    return latest is None or (_is_grant(latest) and latest.at < _when(word, at))


def _counts(word: Word, policy: Policy) -> bool:
    """Tell whether there is anything to say on the purpose, and a yes can be proven (Art. 7(1))."""
    if policy.is_necessary(word.purpose):
        return False
    return not word.yes or policy.binds(word.notice, word.purpose)


def _is_grant(statement: Statement) -> bool:
    return statement.kind is StatementKind.GRANT


def _when(word: Word, at: datetime) -> datetime:
    """Return when *word* was chosen: by its own time, which is never in the future."""
    return min(word.at or at, at)


def _chosen(word: Word, at: datetime) -> datetime:
    chosen = _when(word, at)
    return at if chosen.astimezone(UTC).date() == at.astimezone(UTC).date() else chosen


def _statement(word: Word, policy: Policy, *, at: datetime, regime: str, record: str) -> Statement:
    shown = policy.notice(word.notice) if word.yes else None
    return Statement(
        purpose=word.purpose,
        kind=_kind(word),
        at=at,
        notice=shown.name if shown else "",
        notice_hash=shown.hash if shown else "",
        regime=regime,
        source=f"signal:{word.source}",
        record=record,
    )


def _kind(word: Word) -> StatementKind:
    if word.yes:
        return StatementKind.GRANT
    return StatementKind.OBJECT if word.objects else StatementKind.DENY


def _one_each(words: Iterable[Word]) -> tuple[Word, ...]:
    """Keep one word per purpose, an objection before a denial."""
    kept: dict[str, Word] = {}
    for word in words:
        if word.purpose not in kept or (word.objects and not kept[word.purpose].objects):
            kept[word.purpose] = word
    return tuple(kept.values())
