"""
The bodies of our own routes, as they stand on the wire.  Unknown fields are ignored.

Segment's calls are read by `tactful.capabilities.collect`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Around(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Where the question is asked from: the page's item, and the region (ISO 3166)."""

    item: str | None = None
    page: object = None
    locale: str | None = None
    region: str | None = None


class DecideAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A slot to fill: `{"slot": "for-you", "anonymousId": "...", "session": ["item", ...]}`."""

    slot: str
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    session: list[str] = []
    context: Around | None = None
    limit: int = 10
    level: str | None = None
    write_key: str | None = None


class ReasonSaid(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """One of the subject's own actions, or what is popular, that led to an item."""

    item: str
    kind: str


class ItemShown(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """An item of the slate, best first."""

    id: str
    score: float
    because: list[ReasonSaid]


class LevelRefused(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """A level that was not used, and the rule that said so."""

    level: str
    rule: str
    reason: str


class DecisionSaid(msgspec.Struct, kw_only=True, frozen=True):
    """The slate; `purpose` and `basis` are empty at level `none`, where nobody's data is used."""

    decision: str
    slot: str
    level: str
    purpose: str
    basis: str
    items: list[ItemShown]
    refused: list[LevelRefused]


class FeedbackAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Feedback needs no body; the write key may stand in one."""

    write_key: str | None = None


class FeedbackTaken(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the feedback was counted: not without permission to measure."""

    recorded: bool


class ConsentAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Answers by purpose, and the notice that was shown (`id@version`)."""

    statements: dict[str, str]
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    notice: str = ""
    locale: str = ""
    region: str | None = None
    source: str = "api"
    write_key: str | None = None


class StatementSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """One statement, as it was recorded."""

    purpose: str
    statement: str
    at: datetime
    notice: str
    regime: str


class ReceiptSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What was recorded; `hash` is that of the notice's text."""

    statements: list[StatementSaid]
    notice: str
    hash: str
    regime: str
    recorded_at: datetime


class StandingOf(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """The last word on one purpose, the mode and basis that hold for it by law."""

    purpose: str
    title: str
    said: str | None
    at: datetime | None
    notice: str
    source: str
    mode: str
    basis: str


class StandingSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What stands on every purpose."""

    purposes: list[StandingOf]


class PurposeOffered(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A purpose as the notice offers it: `default` is `always`, `on` or `off`."""

    purpose: str
    title: str
    default: str
    basis: str
    text: str


class NoticeSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """The notice to show before a choice; a consent names it as `id@version`."""

    id: str
    version: int
    hash: str
    locale: str
    regime: str
    purposes: list[PurposeOffered]
    text: str


class CorrectionAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Traits to set (null removes one), and whether the data shall only be kept (Art. 18)."""

    traits: dict[str, object] = {}
    restricted: bool | None = None


class ErasureSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What an erasure removed: rows by kind, and whether the models had to forget."""

    erased: bool
    removed: dict[str, int]
    models_changed: bool


class CallRefused(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A call of a batch that cannot be read, and why."""

    index: int
    reason: str


class Taken(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """Calls were taken in, whether or not they may be kept; `rejected` could not be read."""

    success: bool
    rejected: list[CallRefused] = []


class Health(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the server can do its work, and if not, why."""

    status: str
    reasons: list[str] = []
