"""
Fill a slot from what a level allows to be known.

A slate never says more than its level: everything that shapes it comes in as `Permitted` data,
as the session that travelled with the request, or as the page itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter

from tactful.capabilities.recommend.ports import Catalogue, Scored, Taught
from tactful.capabilities.recommend.slots import Slot
from tactful.gate import Permitted
from tactful.terms import Candidate, Event, Item, Reason

RECENT = 50
"""How many of a subject's latest actions shape a slate."""

SPARE = 5
"""How many more than are wanted are asked of the models: some may be out of stock."""

_FUSION = 60.0
"""The constant of reciprocal rank fusion (Cormack et al., 2009)."""

_KINDS = {
    "Order Completed": "bought",
    "Product Added": "added",
    "Product Viewed": "viewed",
    "Product Added to Wishlist": "wished",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What may shape one slate, each part under its own permit.

    `page` is the item the page shows; it belongs to nobody.
    """

    page: str | None = None
    session: Permitted[tuple[str, ...]] | None = None
    group: Permitted[str | None] | None = None
    history: Permitted[tuple[Event, ...]] | None = None

    @property
    def visited(self) -> tuple[str, ...]:
        """Return the items of this visit, oldest first, where it may be used."""
        return self.session.value if self.session else ()

    @property
    def past(self) -> tuple[Event, ...]:
        """Return the subject's own history, oldest first, where it may be used."""
        return self.history.value if self.history else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What slates are made of: the models and the goods."""

    models: Taught
    catalogue: Catalogue


def slate(known: Known, slot: Slot, shelf: Shelf, *, limit: int) -> tuple[Candidate, ...]:
    """
    Return at most *limit* items for *slot*, best first.

    A slot is empty only where there is nothing to show but the page's own item: after the models
    come the group's favourites, then what is popular, then the catalogue in its order.  Where all
    of that was looked at in this visit, it is shown again, the first first.

    Args:
        known: What the level allows to be known.
        slot: The place to fill.
        shelf: The models and the goods.
        limit: How many items, >= 1.
    """
    exclude = _unwanted(known, slot)
    depth = limit + SPARE
    lists = _asked(known, slot, shelf.models, limit=depth, exclude=exclude)
    found = _candidates(lists, known)
    filling = _filling(known, slot, shelf, limit=depth, exclude=exclude, found=lists)
    goods = shelf.catalogue.all()
    fresh = (c for c in chain(found, filling) if _showable(goods.get(c.item)))
    shown = tuple(islice(fresh, limit))
    return shown or tuple(islice(_seen(known, goods), limit))


def _candidates(lists: Sequence[Sequence[Scored]], known: Known) -> Iterator[Candidate]:
    """Yield what the models answered, best first; who stops early pays for no more."""
    kinds = _kinds(known)
    if len(lists) > 1:
        return _merged(lists, kinds)
    return (
        Candidate(item=s.item, score=s.score, because=tuple(_reasons(s, kinds)))
        for ranked in lists
        for s in ranked
    )


def _asked(
    known: Known, slot: Slot, models: Taught, *, limit: int, exclude: frozenset[str]
) -> list[Sequence[Scored]]:
    """Ask the models what the slot's task needs."""
    bought = _purchases(known.past)
    if slot.task == "again":
        return [[b for b in bought if b.item not in exclude]]
    if slot.task == "beside-page":
        page = [known.page] if known.page else []
        return [models.beside(page, limit=limit, exclude=exclude)]
    if slot.task == "beside":
        around = [known.page] if known.page else list(known.visited or _recent_items(known.past))
        return [models.beside(around, limit=limit, exclude=exclude)]
    if slot.task == "popular":
        return []
    query = (*_recent_items(known.past), *known.visited)
    lists: list[Sequence[Scored]] = []
    if query:
        lists.append(models.fused(query, limit=limit, exclude=exclude))
    if bought:
        lists.append([b for b in bought if b.item not in exclude][:limit])
    return lists


@dataclass(frozen=True, slots=True)
class _Own:
    """An item bought before; its reason is itself."""

    item: str
    score: float

    @property
    def because(self) -> tuple[tuple[str, float], ...]:
        return ((self.item, self.score),)


def _purchases(past: Sequence[Event]) -> list[_Own]:
    """Return what was bought, most often first, the latest first among equals."""
    counts: Counter[str] = Counter()
    last: dict[str, int] = {}
    for place, event in enumerate(past):
        if event.name == "Order Completed":
            counts.update(event.items)
            last.update(dict.fromkeys(event.items, place))
    order = sorted(counts, key=lambda item: (-counts[item], -last[item], item))
    return [_Own(item, float(counts[item])) for item in order]


def _recent_items(past: Sequence[Event]) -> tuple[str, ...]:
    """Return the items of the latest actions, oldest first, each where it came up last."""
    seen = (item for event in reversed(past) for item in reversed(event.items))
    return tuple(reversed(list(islice(dict.fromkeys(seen), RECENT))))


def _merged(lists: Sequence[Sequence[Scored]], kinds: Mapping[str, str]) -> Iterator[Candidate]:
    """Fuse ranked lists by reciprocal rank; the shares of the reasons still add up to the score."""
    parts: dict[str, list[tuple[Scored, float]]] = {}
    for ranked in lists:
        for rank, scored in enumerate(ranked, start=1):
            parts.setdefault(scored.item, []).append((scored, 1.0 / (_FUSION + rank)))
    scores = {item: sum(part for _, part in found) for item, found in parts.items()}
    for item in sorted(scores, key=lambda item: (-scores[item], item)):
        reasons = (_reasons(s, kinds, scale=part / s.score) for s, part in parts[item])
        because = _joined(chain.from_iterable(reasons))
        yield Candidate(item=item, score=scores[item], because=because)


def _reasons(scored: Scored, kinds: Mapping[str, str], *, scale: float = 1.0) -> list[Reason]:
    """Return what led to *scored*, the largest share first; *scale* scales the score too."""
    parts = sorted(scored.because, key=itemgetter(1), reverse=True)
    return [
        Reason(item=item, kind=kinds.get(item, "page"), share=share * scale)
        for item, share in parts
    ]


def _joined(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    shares: dict[tuple[str, str], float] = {}
    for reason in reasons:
        key = (reason.item, reason.kind)
        shares[key] = shares.get(key, 0.0) + reason.share
    order = sorted(shares, key=lambda key: -shares[key])
    return tuple(Reason(item=item, kind=kind, share=shares[item, kind]) for item, kind in order)


def _filling(
    known: Known,
    slot: Slot,
    shelf: Shelf,
    *,
    limit: int,
    exclude: frozenset[str],
    found: Sequence[Sequence[Scored]],
) -> Iterator[Candidate]:
    """Yield what comes after the models, in the order that `slate` states."""
    group = known.group.value if known.group else None
    taken = set(exclude).union(scored.item for ranked in found for scored in ranked)
    exclude = frozenset(taken)
    if group and slot.task == "next":
        yield from _fresh(
            shelf.models.popular_in(group, limit=limit, exclude=exclude), "group", taken
        )
    yield from _fresh(shelf.models.popular(limit=limit, exclude=exclude), "popular", taken)
    for item in shelf.catalogue.all():
        if item not in taken:
            yield Candidate(item=item, score=0.0, because=())


def _seen(known: Known, goods: Mapping[str, Item]) -> Iterator[Candidate]:
    """Yield what this visit looked at and may still be shown, but not the page's own item."""
    for item in dict.fromkeys(known.visited):
        if item != known.page and _showable(goods.get(item)):
            yield Candidate(item=item, score=0.0, because=())


def _fresh(ranked: Sequence[Scored], kind: str, taken: set[str]) -> Iterable[Candidate]:
    for scored in ranked:
        if scored.item not in taken:
            taken.add(scored.item)
            reason = Reason(item=scored.item, kind=kind, share=scored.score)
            yield Candidate(item=scored.item, score=scored.score, because=(reason,))


def _kinds(known: Known) -> dict[str, str]:
    """Say by which action each own item came in; the strongest action names it."""
    kinds = dict.fromkeys(known.visited, "session")
    for name in ("Product Viewed", "Product Added to Wishlist", "Product Added", "Order Completed"):
        for event in known.past:
            if event.name == name:
                kinds.update(dict.fromkeys(event.items, _KINDS[name]))
    return kinds


def _unwanted(known: Known, slot: Slot) -> frozenset[str]:
    """Leave out the page's own item, and what this visit already looked at."""
    page = {known.page} if known.page else set()
    if slot.task in {"again", "popular"}:
        return frozenset(page)
    return frozenset(page | set(known.visited))


def _showable(line: Item | None) -> bool:
    """Tell whether an item may be shown; without a catalogue line it is not known to be gone."""
    return line is None or line.available
