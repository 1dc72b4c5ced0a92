"""
The bodies of our own routes, as they stand on the wire.  Unknown fields are ignored.

Segment's calls are read by `tactful.capabilities.collect`.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Around(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    Where the question is asked from: the page's item, and the region (ISO 3166).

    `consent` is what a consent platform says, in the shape of `signals` of `POST /v1/consent`; in
    another shape it says nothing.
    """

    item: str | None = None
    page: object = None
    locale: str | None = None
    region: str | None = None
    consent: object = None


class DecideAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    A slot to fill: `{"slot": "for-you", "anonymousId": "...", "session": ["item", ...]}`.

    `details` asks for what a page shows: each item's reasons in words, and its catalogue line.
    """

    slot: str
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    session: list[str] = []
    context: Around | None = None
    limit: int = 10
    level: str | None = None
    details: bool = False
    write_key: str | None = None


class ReasonSaid(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """One of the subject's own actions, or what is popular, that led to an item."""

    item: str
    kind: str


class ItemShown(msgspec.Struct, kw_only=True, frozen=True, gc=False, omit_defaults=True):
    """An item of the slate, best first; `why` says in words what `because` does, where asked."""

    id: str
    score: float
    because: list[ReasonSaid]
    why: tuple[str, ...] = ()


class ProductSaid(msgspec.Struct, kw_only=True, frozen=True, gc=False, omit_defaults=True):
    """What a page shows of an item; `price` is in minor units."""

    title: str
    category: str = ""
    brand: str = ""
    price: int | None = None
    currency: str = ""
    url: str = ""
    image: str = ""


class LevelRefused(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """A level that was not used, and the rule that said so."""

    level: str
    rule: str
    reason: str


class DecisionSaid(msgspec.Struct, kw_only=True, frozen=True):
    """
    The slate; `purpose` and `basis` are empty at level `none`, where nobody's data is used.

    `products` holds the catalogue lines of its items by id, where they were asked for.
    """

    decision: str
    slot: str
    level: str
    purpose: str
    basis: str
    items: list[ItemShown]
    refused: list[LevelRefused]
    products: dict[str, ProductSaid] = {}


class FeedbackAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Feedback needs no body; the write key may stand in one."""

    write_key: str | None = None


class FeedbackTaken(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the feedback was counted: not without permission to measure."""

    recorded: bool


class ConsentAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    Answers by purpose, and the notice that was shown (`id@version`), by which `ui`.

    `by` is `subject`, or with the secret key `parent` or `agent`: the shop has checked who spoke.
    `signals` stands in place of statements: `{"tcf", "gpp", "categoryPreferences"}`.
    """

    statements: dict[str, str] = {}
    signals: dict[str, object] = {}
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    notice: str = ""
    locale: str = ""
    region: str | None = None
    source: str = "api"
    ui: str = ""
    by: str = "subject"
    write_key: str | None = None


class StatementSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """One statement, as it was recorded."""

    purpose: str
    statement: str
    at: datetime
    notice: str
    regime: str


class SignedSaid(msgspec.Struct, kw_only=True, frozen=True):
    """A receipt that anybody can check: `signature` is a JWS of `receipt`, made with `key`."""

    receipt: dict[str, object]
    signature: str
    key: dict[str, str]


class ReceiptsSaid(msgspec.Struct, kw_only=True, frozen=True):
    """A receipt for everything that a subject ever said, the oldest first."""

    receipts: list[SignedSaid]


class KeysSaid(msgspec.Struct, kw_only=True, frozen=True):
    """The keys that receipts are checked with: a JWK Set (RFC 7517), the newest first."""

    keys: list[dict[str, str]]


class ReceiptSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What was recorded; `hash` is that of the notice's text, `signed` proves it all."""

    record: str
    statements: list[StatementSaid]
    notice: str
    hash: str
    regime: str
    recorded_at: datetime
    signed: SignedSaid


class StandingOf(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    The last word on one purpose, the mode and basis that hold for it by law, and what follows.

    `on` tells whether it may be served, `whyNot` which rule refuses; `ask` whether the subject may
    be asked, `askFrom` from when, where the law makes the shop wait after a no.
    """

    purpose: str
    title: str
    said: str | None
    at: datetime | None
    notice: str
    source: str
    mode: str
    basis: str
    on: bool
    why_not: str
    ask: bool
    ask_from: datetime | None


class StandingSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What stands on every purpose."""

    purposes: list[StandingOf]


class PurposeOffered(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    A purpose as the notice offers it: `default` is `always`, `on` or `off`.

    `gpc` is `binding` where Global Privacy Control outranks a grant, `honoured` where a grant
    outranks the signal, and empty where it changes nothing.
    """

    purpose: str
    title: str
    default: str
    basis: str
    text: str
    gpc: str = ""


class SignalsSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    The state to hand to other tags; `gpp` and `tcf` are null where they do not apply.

    `whyDenied` names the rule of the gate behind each type that is denied.
    """

    google_consent_mode: dict[str, str]
    why_denied: dict[str, str]
    gpp: str | None
    tcf: str | None


class NoticeSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    The notice to show before a choice; a consent names it as `id@version`.

    `googleConsentMode` is the state that holds until then; `words` are those of the banner, in the
    language of the notice.
    """

    id: str
    version: int
    hash: str
    locale: str
    regime: str
    purposes: list[PurposeOffered]
    title: str
    text: str
    google_consent_mode: dict[str, str]
    words: dict[str, str]


class CorrectionAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    Traits to set (null wants one not to be known), and whether data shall only be kept (Art. 18).

    `observe_again` takes corrections of traits back: what clients tell counts again.
    `residence` is where the subject lives (ISO 3166); `born` a birth date, kept only of minors.
    """

    traits: dict[str, object] = {}
    observe_again: list[str] = []
    restricted: bool | None = None
    residence: str | None = None
    born: date | None = None


class MergeAsk(msgspec.Struct, kw_only=True, frozen=True):
    """With whom the subject is one person: the shop's own id of the other."""

    other: str | int


class UnmergeAsk(msgspec.Struct, kw_only=True, frozen=True):
    """Which merge is to be taken back, by its number."""

    merge: int


class MergeSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A merge: what it rests on, who made it, and when it was undone, if it was."""

    merge: int
    at: datetime
    evidence: str
    by: str
    identifier: str | None = None
    undone_at: datetime | None = None


class MergesSaid(msgspec.Struct, kw_only=True, frozen=True):
    """Every merge of a person, the oldest first."""

    merges: list[MergeSaid]


class DealingAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    That somebody bought (`purchase`) or enquired (`inquiry`).

    `region` is the address of their account; `optOutOffered` tells that they could say no to news
    there and then.
    """

    kind: str
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    at: datetime | None = None
    opt_out_offered: bool = False
    region: str | None = None


class DealingTaken(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the dealing was kept: only where the law draws a consent from it."""

    recorded: bool


class SaidThen(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """One statement of a subject, with all that proves it."""

    purpose: str
    statement: str
    at: datetime
    notice: str
    notice_hash: str
    regime: str
    locale: str
    source: str
    ui: str
    by: str
    record: str


class HistorySaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Everything a subject has said, oldest first."""

    statements: list[SaidThen]


class UsedOn(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """How often an activity used a subject's data on a day (UTC)."""

    day: date
    activity: str
    purpose: str
    title: str
    count: int


class UsesSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What a subject's data was used for, the newest day first."""

    uses: list[UsedOn]


class ErasureSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    What an erasure removed: rows by kind, and whether the models had to forget.

    `certificate` proves it without saying who: the file to hand out.
    """

    erased: bool
    removed: dict[str, int]
    models_changed: bool
    case: str
    certificate: dict[str, object]


class CallRefused(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A call of a batch that cannot be read, and why."""

    index: int
    reason: str


class Taken(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """Calls were taken in, whether or not they may be kept; `rejected` could not be read."""

    success: bool
    rejected: list[CallRefused] = []


class NoFlags(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """There are no feature flags here: what PostHog's clients read of `/flags` and `/decide`."""

    flags: dict[str, object] = {}
    feature_flags: dict[str, object] = {}
    feature_flag_payloads: dict[str, object] = {}
    errors_while_computing_flags: bool = False


class RequestTaken(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What became of a privacy request that a platform handed on."""

    success: bool
    outcome: str


class Health(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the server can do its work, and if not, why."""

    status: str
    reasons: list[str] = []
