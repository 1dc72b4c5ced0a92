"""
Send what a file holds through the gate, batch by batch, and keep account of every line.

Reading files is not done here; nor is it decided here what may be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from tactful.assembly import Table
from tactful.capabilities.collect.tables.feeds import SubjectLine
from tactful.capabilities.collect.tables.rows import LONGEST_RAW, Reject, Skipped
from tactful.capabilities.collect.tables.wire import Wire
from tactful.cli.rejects import Rejects
from tactful.cli.text import as_json
from tactful.shop import Shop, Who
from tactful.terms import Item, Mistake

T = TypeVar("T")

BATCH = 500
REMOVED_AT_ONCE = 5_000
TELLERS = 16
"""How many subjects' statements are recorded at once: they share the commits of the store."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of a file, without the people in it."""

    rows: int = 0
    calls: int = 0
    kept: int = 0
    new: int = 0
    items: int = 0
    removed: int = 0
    subjects: int = 0
    statements: int = 0
    rejected: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def duplicates(self) -> int:
        """Return how many kept calls had been imported before."""
        return self.kept - self.new

    @property
    def all_refused(self) -> bool:
        """Tell whether nothing was kept because nobody allows it."""
        return bool(self.calls) and not self.kept and bool(self.refused["no purpose is allowed"])

    def plain(self) -> dict[str, object]:
        """Return the report as plain data, for JSON."""
        return {
            "rows": self.rows,
            "calls": self.calls,
            "kept": self.kept,
            "new": self.new,
            "duplicates": self.duplicates,
            "items": self.items,
            "removed": self.removed,
            "subjects": self.subjects,
            "statements": self.statements,
            "refused": dict(self.refused),
            "skipped": dict(self.skipped),
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A thing out of the file, and the line at which it was complete."""

    number: int
    thing: Wire | SubjectLine | Item


class Import:
    """One file on its way into one shop."""

    def __init__(self, shop: Shop, rejects: Rejects, *, source: str) -> None:
        self._shop = shop
        self._rejects = rejects
        self._source = source
        self._items: set[str] | None = None
        self.report = Report()

    def run(self, table: Table) -> Report:
        """Import everything that *table* amounts to; a bad line costs no other."""
        for batch in batched(self._good(table), BATCH):
            self._send(batch)
            self.report.rows = table.rows
        self.report.rows = table.rows
        return self.report

    def run_complete(self, table: Table, *, force: bool) -> Report:
        """
        Import *table* as the whole catalogue: items that are not in it become tombstones.

        Raises:
            Mistake: more than half of the items would go, or a line was rejected whose item may
                be meant to stay; nothing is removed then, unless *force* says so.
        """
        self._items = set()
        self.run(table)
        live = [line.id for line in self._shop.catalogue.values() if not line.removed]
        gone = [item for item in live if item not in self._items]
        if not force:
            self._check_removal(len(gone), len(live))
        for batch in batched(iter(gone), REMOVED_AT_ONCE):
            self.report.removed += self._shop.remove_items(batch)
        return self.report

    def _check_removal(self, gone: int, live: int) -> None:
        kept = "the items of this file are imported, and none is removed"
        if gone and self.report.rejected:
            raise Mistake(
                f"{self.report.rejected} lines were rejected, so {kept}: mend them and import "
                f"again, or remove the {gone} that are not in it with --force"
            )
        if gone > live / 2:
            raise Mistake(
                f"{gone} of {live} items are not in this file, more than half; {kept}: is it the "
                f"whole catalogue? Then say --force"
            )

    def _good(self, table: Table) -> Iterator[_Line]:
        for thing in table.things:
            if isinstance(thing, Reject):
                self._reject(thing)
            elif isinstance(thing, Skipped):
                self.report.skipped[thing.reason] += 1
            else:
                yield _Line(number=table.line, thing=thing)

    def _send(self, batch: Sequence[_Line]) -> None:
        self._send_subjects([line for line in batch if isinstance(line.thing, SubjectLine)])
        self._send_calls([line for line in batch if isinstance(line.thing, dict)])
        items = [line.thing for line in batch if isinstance(line.thing, Item)]
        if self._items is not None:
            self._items.update(item.id for item in items)
        if items:
            self.report.items += self._shop.put_items(items)

    def _send_calls(self, lines: Sequence[_Line]) -> None:
        if not lines:
            return
        calls = [line.thing for line in lines if isinstance(line.thing, dict)]
        collected = self._shop.import_history(calls, source=self._source)
        self.report.calls += len(calls)
        self.report.kept += collected.kept
        self.report.new += len(collected.stored.result())
        self.report.refused.update(collected.refused)
        for index, reason in collected.malformed:
            self._refuse(lines[index], reason)

    def _send_subjects(self, lines: Sequence[_Line]) -> None:
        """Record what subjects said first: it decides what may be kept about them."""
        with ThreadPoolExecutor(TELLERS) as tellers:
            said = list(tellers.map(self._say, lines))
        good = [line for line, reason in zip(lines, said, strict=True) if reason is None]
        for line, reason in zip(lines, said, strict=True):
            if reason is not None:
                self._refuse(line, reason)
        self.report.subjects += len(good)
        self._identify([line.thing for line in good if isinstance(line.thing, SubjectLine)])

    def _say(self, line: _Line) -> str | None:
        """Record the statements of one subject; return why not, where they cannot be used."""
        subject = line.thing
        if not isinstance(subject, SubjectLine) or not subject.statements:
            return None
        try:
            who = Who(user_id=subject.user_id, region=subject.region)
            news = self._news(who, subject)
            if news:
                self._shop.consent(
                    who, news, notice=subject.notice, source=f"import:{self._source}", at=subject.at
                )
        except Mistake as wrong:
            return str(wrong)
        self.report.statements += len(news)
        return None

    def _news(self, who: Who, subject: SubjectLine) -> dict[str, str]:
        """Return the statements that are not on record: importing again adds nothing twice."""
        known = {(a.purpose, a.said, a.at) for a in self._shop.standing(who)}
        return {p: s for p, s in subject.statements.items() if (p, s, subject.at) not in known}

    def _identify(self, subjects: Iterable[SubjectLine]) -> None:
        calls = [_identify(subject) for subject in subjects if _tells(subject)]
        if calls:
            collected = self._shop.import_history(calls, source=self._source)
            self.report.refused.update(collected.refused)

    def _refuse(self, line: _Line, reason: str) -> None:
        raw = as_json(line.thing, indent=None) if isinstance(line.thing, dict) else ""
        self._reject(Reject(line=line.number, reason=reason, raw=raw[:LONGEST_RAW]))

    def _reject(self, reject: Reject) -> None:
        self.report.rejected += 1
        self._rejects.add(reject)


def batched(lines: Iterator[T], size: int) -> Iterator[list[T]]:
    """Yield *lines* in lists of at most *size*."""
    batch: list[T] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _tells(subject: SubjectLine) -> bool:
    """Tell whether a line says more than statements: who somebody is, or where they live."""
    return bool(subject.traits or subject.email or subject.region)


def _identify(subject: SubjectLine) -> Wire:
    traits = {**subject.traits, **({"email": subject.email} if subject.email else {})}
    call: Wire = {"type": "identify", "userId": subject.user_id, "traits": traits}
    if subject.region:
        call["traits"] = {"region": subject.region, **traits}
    return call
