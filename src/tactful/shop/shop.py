"""
A running shop: everything that HTTP, the command line and Python can ask of tactful.

Each working asks the door before it touches a person's data, and calls a capability with the permit
it was given; the capabilities themselves cannot open anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Final, Self

from tactful.capabilities.collect import Incoming, calls_from
from tactful.capabilities.consent import Answer, NoticeShown, SignalsOut
from tactful.gate import Door, Visit
from tactful.shop.collecting import Collected, Collecting
from tactful.shop.consenting import Consenting, Receipt
from tactful.shop.deciding import Deciding, Question
from tactful.shop.delivery import Whence
from tactful.shop.evaluating import Evaluating, Evaluation
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.shop.relating import Relating
from tactful.shop.requesting import Requesting
from tactful.shop.subjects import Subject, named, withdraw_from
from tactful.shop.training import Progress, Trained, Training
from tactful.shop.visitors import Who, visit_of
from tactful.terms import (
    Decision,
    Identifier,
    IdentifierKind,
    Item,
    Merge,
    Notice,
    Policy,
    Signals,
    Speaker,
    SubjectId,
)

MOST_GAPS: Final = 64
"""How many questions without an answer are told apart: askers can think of any number."""

OTHER_GAPS: Final = "something else that does not exist"


class Shop:
    """
    The capabilities of tactful over one shop's data.

    Use it as a context manager, or call `close`: what was acknowledged is durable either way.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gaps: set[str] = set()
        self._models = ModelsInUse(parts.artefacts, parts.model_settings)
        self._consenting = Consenting(parts, aftermath=self._follow)
        self._relating = Relating(parts)
        self._collecting = Collecting(parts, self._consenting, self._relating)
        self._deciding = Deciding(parts, self._models, self._consenting)
        self._requesting = Requesting(parts, consenting=self._consenting, subject_of=self._subject)
        self._training = Training(parts, self._models)
        self._evaluating = Evaluating(parts, self._training)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def policy(self) -> Policy:
        """Return the running configuration of purposes, activities, regimes and notices."""
        return self._parts.policy

    @property
    def catalogue(self) -> Mapping[str, Item]:
        """Return every item by id."""
        return self._parts.store.catalogue.all()

    @property
    def door(self) -> Door:
        """Return the one way to a person's data."""
        return self._parts.door

    def visit(self, who: Who) -> Visit:
        """Return how *who* stands before the gate; nothing is stored for it."""
        return visit_of(self._parts.store.identities, who)

    @property
    def models(self) -> ModelsInUse:
        """Return the models in use."""
        return self._models

    @property
    def requests(self) -> Requesting:
        """Return the requests of subjects, with their clocks."""
        return self._requesting

    def collect(
        self,
        calls: Sequence[Mapping[str, object]],
        *,
        gpc: bool = False,
        region: str | None = None,
        source: str = "python",
    ) -> Collected:
        """
        Take Segment-shaped calls in and wait until what is kept is durable.

        Args:
            calls: Mappings such as `{"type": "track", "event": "Product Viewed", "userId": ...}`.
            gpc: Whether the sender's browser sends Global Privacy Control.
            region: Where the calls come from, where that is known (ISO 3166).
            source: Where the calls come from, for the subject to see.
        """
        collected = self.take(
            calls_from(calls), gpc=gpc, region=region, source=source, by_shop=True
        )
        collected.stored.result()
        return collected

    def take(
        self,
        incoming: Incoming,
        *,
        gpc: bool = False,
        region: str | None = None,
        whence: Whence | None = None,
        source: str,
        by_shop: bool = False,
        history: bool = False,
    ) -> Collected:
        """
        Take calls that were read from a request; `stored` resolves once they are durable.

        `by_shop` tells that the shop's own server sends them: then its orders count as dealings.
        `history` that they are of the shop's own past: their times stay, however old.
        """
        return self._collecting.collect(
            incoming,
            gpc=gpc,
            region=region,
            whence=whence,
            source=source,
            by_shop=by_shop,
            history=history,
        )

    def note_webhook(self, label: str) -> None:
        """Count what became of a webhook, in fixed words: nothing that was sent."""
        self._parts.store.tallies.add("webhook", label)

    def note_gap(self, label: str) -> None:
        """Count a question that there is no answer to; only the first few by their own label."""
        if len(self._gaps) < MOST_GAPS:
            self._gaps.add(label)
        self._parts.store.tallies.add("gap", label if label in self._gaps else OTHER_GAPS)

    def import_history(self, lines: Iterable[Mapping[str, object]], *, source: str) -> Collected:
        """Take calls of the shop's own past, with their original times, and wait for the disk."""
        collected = self._collecting.import_lines(lines, source=source)
        collected.stored.result()
        return collected

    def put_items(self, items: Iterable[Item]) -> int:
        """Insert or replace catalogue items; return how many."""
        return self._parts.store.catalogue.put(items)

    def remove_items(self, items: Iterable[str]) -> int:
        """Take items out of the catalogue for good: their ids are never shown; return how many."""
        return self._parts.store.catalogue.remove(items)

    def consent(
        self,
        who: Who,
        statements: Mapping[str, str],
        *,
        notice: str = "",
        locale: str = "",
        source: str = "python",
        ui: str = "",
        by: str = Speaker.SUBJECT,
        at: datetime | None = None,
    ) -> Receipt:
        """
        Record what a subject answered, per purpose: grant, deny, withdraw or object.

        Args:
            who: Whose choice it is.
            statements: The answer, by purpose.
            notice: What was shown before: `id@version`.  A yes needs one.
            locale: The language it was shown in.
            source: By what way the choice came.
            ui: What showed the choice, with its version: `banner 3.1`.
            by: Who spoke: `subject`, `parent` or `agent`.
            at: When; now by default, never in the future.
        """
        return self._consenting.say(
            who, statements, notice=notice, locale=locale, source=source, ui=ui, by=by, at=at
        )

    def tell_dealing(
        self, who: Who, kind: str, *, at: datetime | None = None, opt_out_offered: bool = False
    ) -> bool:
        """
        Note that somebody bought (`purchase`) or enquired (`inquiry`); tell whether it was kept.

        It is where the law at their address draws a consent to news from it: `who.region`, for
        somebody whose address is not known yet.
        """
        return self._relating.tell(who, kind, at=at, opt_out_offered=opt_out_offered)

    def standing(self, who: Who) -> tuple[Answer, ...]:
        """Return the last word on every purpose."""
        return self._consenting.standing(who)

    def consent_by_signals(
        self,
        who: Who,
        signals: Signals,
        *,
        locale: str = "",
        ui: str = "",
        by: str = Speaker.SUBJECT,
    ) -> Receipt:
        """
        Record what a consent platform says of *who*, sent on purpose at the moment of a choice.

        A yes counts under the notice that `policy/signals.toml` names, and then also after a no.

        Raises:
            Mistake: a string cannot be read or does not count, or nothing can be recorded.
        """
        return self._consenting.say_by_signals(who, signals, locale=locale, ui=ui, by=by)

    def signals(self, who: Who, *, refused: AbstractSet[str] = frozenset()) -> SignalsOut:
        """
        Return the state of *who* for other tags: Google Consent Mode, GPP and TC strings.

        *refused* are purposes that they said no to where nothing is kept of them: off in any case.
        """
        return self._consenting.out(who, refused=refused)

    def notice(self, *, region: str | None = None, locale: str = "en") -> NoticeShown:
        """Return the notice to show before a choice."""
        return self._consenting.notice(region=region, locale=locale)

    def show_notice(
        self, *, region: str | None = None, locale: str = "en", ui: str = ""
    ) -> NoticeShown:
        """Return the notice to somebody who is about to choose: what was shown is kept."""
        return self._consenting.show(region=region, locale=locale, ui=ui)

    def words_shown(self, notice_hash: str) -> Notice | None:
        """Return the words of a notice that was shown before a choice, by their hash."""
        return self._parts.store.showings.words(notice_hash)

    def decide(self, question: Question) -> Decision:
        """Fill a slot at the highest level that the gate permits."""
        return self._deciding.decide(question)

    def feedback(self, decision: str, kind: str, *, gpc: bool = False) -> bool:
        """Take an exposure, click or conversion of a decision; tell whether it was counted."""
        return self._deciding.feedback(decision, kind, gpc=gpc)

    def subject(self, user_id: str) -> Subject:
        """
        Return the subject that the shop calls *user_id*, for their rights.

        Raises:
            NotFound: nobody is known by it, or not any more.
        """
        return self._subject(named(self._parts, Identifier(IdentifierKind.USER_ID, user_id)))

    def look_up(self, identifier: Identifier) -> Mapping[str, object]:
        """
        Return everything known about whom *identifier* names, for the privacy officer.

        Only the exact identifier finds anybody.  The subject sees it counted as a use.

        Raises:
            NotFound: nobody is known by it, or not any more.
        """
        return self._subject(named(self._parts, identifier)).export()

    def advance_features(self, limit: int) -> int:
        """
        Take up to *limit* events into the snapshots that features are read from; return how many.

        For running in the background until it returns 0: features are right without it, and slower
        to read for whom there are many events of.
        """
        return self._parts.store.features.advance(limit)

    def unmerge(self, merge: int) -> Merge:
        """
        Take the merge of that number back: both sides are as if it had never been made.

        Raises:
            NotFound: there is no such merge, or what it linked was erased.
            Mistake: it was undone before, or one side has no identifier left.
        """
        number = self._parts.store.identities.linked_by(merge)
        return self._subject(number).unmerge(merge)

    def train(self, progress: Progress = lambda _step, _done: None) -> Trained:
        """Teach the models from those who allow it, and answer from them at once."""
        return self._training.train(progress)

    def evaluate(
        self,
        *,
        weeks: int = 2,
        most_cases: int = 2_000,
        progress: Progress = lambda _step, _done: None,
    ) -> Evaluation:
        """Measure how well each level foresees the shop's own last *weeks* weeks."""
        return self._evaluating.evaluate(weeks=weeks, most_cases=most_cases, progress=progress)

    def refresh(self) -> None:
        """Take up models that another process has published."""
        self._models.refresh()

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Return all counters by (name, label): kept, refused, dropped, decisions, gaps ..."""
        return self._parts.store.tallies.totals()

    def daily(self, name: str) -> Mapping[tuple[date, str], int]:
        """Return the counters of *name* by (day, label)."""
        return self._parts.store.tallies.daily(name)

    def now(self) -> datetime:
        """Return the shop's time."""
        return self._parts.clock()

    def close(self) -> None:
        """Make everything durable and let go of the store."""
        self._parts.store.close()

    def _subject(self, number: SubjectId) -> Subject:
        return Subject(number, self._parts, consenting=self._consenting, models=self._models)

    def _follow(self, visit: Visit, at: datetime) -> None:
        withdraw_from(self._parts, self._models, visit, at)
