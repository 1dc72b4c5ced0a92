"""Snapshots in SQLite: what they must not miss, must not keep, and must not show."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_shelf import SqliteShelf

from tactful.adapters.sqlite.connections import FILE
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.features import SqliteFeatures
from tactful.adapters.sqlite.marks import covers, further, head, rows_since, touched_since
from tactful.adapters.sqlite.profiles import SqliteProfiles
from tactful.adapters.sqlite.snapshots import drop_snapshots
from tactful.adapters.sqlite.subject_keys import seal_for
from tactful.terms import SubjectId, TraitOrigin
from tactful.testing.conformance.policy import INDIVIDUAL
from tactful.testing.conformance.profiles import folded_of, size_of, told
from tactful.testing.conformance.shelf import Shelf

PURPOSES_A_SUBJECT: Final = 2
DAYS = [f"2026-03-0{n}" for n in range(1, 8)]


def view(shelf: Shelf, subject: SubjectId, item: str) -> None:
    """Let *subject* look at *item*."""
    shelf.see(subject, item, name="Product Viewed")


def stored(shelf: SqliteShelf) -> int:
    """Return how many snapshots there are."""
    engine = shelf.store._engine  # type: ignore[attr-defined]
    return int(engine.read().execute("SELECT count(*) FROM features").fetchone()[0])


class OnePerson(Engine):
    """An engine that knows Ann and Bob, whoever they are, for one person."""

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return both, *subject* first."""
        return tuple(dict.fromkeys((subject, SubjectId(1), SubjectId(2))))


def merged(shelf: SqliteShelf) -> OnePerson:
    """Return the store's engine, but for who is whom."""
    engine = shelf.store._engine  # type: ignore[attr-defined]
    return OnePerson(**{field.name: getattr(engine, field.name) for field in fields(engine)})


def test_reading_starts_from_a_snapshot(shelf: SqliteShelf) -> None:
    """Once taken up, events are not read again: what is folded is what the snapshot says."""
    ann = shelf.subject()
    view(shelf, ann, "teapot")
    assert shelf.store.features.advance(10) == 1
    assert stored(shelf) == PURPOSES_A_SUBJECT
    engine = shelf.store._engine  # type: ignore[attr-defined]
    table = f"events_{shelf.clock():%Y%m%d}"
    engine.writer.run(lambda db: db.execute(f"UPDATE {table} SET name = 'x'"))  # noqa: S608
    assert set(folded_of(shelf, ann).items) == {"teapot"}
    engine.writer.run(drop_snapshots)
    assert not folded_of(shelf, ann).items


def test_another_policy_takes_snapshots_anew(shelf: SqliteShelf) -> None:
    """What another policy let be folded is not read under this one."""
    ann = shelf.subject()
    shelf.see(ann, "teapot", name="Order Completed", properties={"total": 9})
    shelf.store.features.advance(10)
    assert all(
        order.words and order.words.priced for order in folded_of(shelf, ann).orders.values()
    )
    plan = shelf.policy.plan
    order = replace(plan.events["Order Completed"], properties={})
    stricter = replace(plan, events={**plan.events, "Order Completed": order})
    shelf.reopen(replace(shelf.policy, plan=stricter))
    for _ in range(2):
        assert not any(o.words and o.words.priced for o in folded_of(shelf, ann).orders.values())
        shelf.store.features.advance(10)


def test_a_past_that_changes_meanwhile(shelf: SqliteShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot of what was dropped while it was being taken is not written."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        view(shelf, subject, "teapot")
    features: SqliteFeatures = shelf.store.features  # type: ignore[assignment]
    take = features._take

    def withdraw_between(subject: SubjectId) -> object:
        taken = take(subject)
        if subject == ann:
            purposes = frozenset({INDIVIDUAL})
            shelf.store.records.drop_purposes(shelf.permit(ann), purposes)
        return taken

    monkeypatch.setattr(features, "_take", withdraw_between)
    assert features.advance(10) == PURPOSES_A_SUBJECT
    assert stored(shelf) == PURPOSES_A_SUBJECT
    assert folded_of(shelf, ann).events == 0
    assert folded_of(shelf, bob).events == 1


def test_two_who_advance_at_once(shelf: SqliteShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that take the same events up, the slower writes nothing over the faster."""
    ann = shelf.subject()
    view(shelf, ann, "teapot")
    slow: SqliteFeatures = shelf.store.features  # type: ignore[assignment]
    fast = SqliteFeatures(slow._engine, slow._keys)
    take = slow._take

    def overtaken(subject: SubjectId) -> object:
        taken = take(subject)
        view(shelf, ann, "cup")
        assert fast.advance(10) == 2
        return taken

    monkeypatch.setattr(slow, "_take", overtaken)
    assert slow.advance(10) == 0
    assert set(folded_of(shelf, ann).items) == {"teapot", "cup"}


def test_a_clock_that_is_set_back(shelf: SqliteShelf) -> None:
    """Events that are received on an earlier day than the last ones are not missed."""
    ann = shelf.subject()
    for n, days in enumerate((0, 3, -1, -1, 4)):
        shelf.clock.move(timedelta(days=days))
        view(shelf, ann, f"i{n}")
        assert folded_of(shelf, ann).events == n + 1
        shelf.store.features.advance(10)
        assert folded_of(shelf, ann).events == n + 1


def test_two_numbers_of_one_person(shelf: SqliteShelf) -> None:
    """Features and traits of a person are those of all numbers; set apart, each has their own."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    view(shelf, ann, "teapot")
    view(shelf, bob, "cup")
    shelf.store.features.advance(1)
    told(shelf, ann, "M", origin=TraitOrigin.SUBJECT)
    engine, keys = merged(shelf), shelf.store.features._keys  # type: ignore[attr-defined]
    features, profiles = SqliteFeatures(engine, keys), SqliteProfiles(engine, keys)
    for subject in (ann, bob):
        permit = shelf.permit(subject, "recommend-individual")
        assert set(features.of(permit)[INDIVIDUAL].items) == {"teapot", "cup"}
        assert profiles.traits(permit) == {"size": "M"}
        assert profiles.set_traits([permit], {"size": "L"}) == {"size"}
    assert set(folded_of(shelf, bob).items) == {"cup"}
    assert size_of(shelf, bob) is None
    assert profiles.observe_again(shelf.permit(bob), frozenset({"size"})) == 1
    assert size_of(shelf, ann) is None


def test_nothing_is_readable_on_the_disk(shelf: SqliteShelf) -> None:
    """A snapshot is sealed under its subject's key, and is gone with it."""
    ann = shelf.subject()
    shelf.see(ann, "chartreuse", name="Product Viewed")
    told(shelf, ann, "magenta")
    shelf.store.features.advance(10)
    removed = shelf.store.records.erase(shelf.permit(ann))
    assert (removed["features"], removed["traits"]) == (PURPOSES_A_SUBJECT, 1)
    shelf.store.close()
    everything = b"".join(path.read_bytes() for path in shelf.folder.iterdir())
    assert b"chartreuse" not in everything
    assert b"magenta" not in everything
    assert (shelf.folder / FILE).exists()


def test_traits_of_before_are_still_read(shelf: SqliteShelf) -> None:
    """What was kept without a time is as old as its subject, and gives way to what is newer."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    engine, keys = shelf.store._engine, shelf.store.features._keys  # type: ignore[attr-defined]
    mask = engine.bits.bit(INDIVIDUAL)

    def as_before(subject: SubjectId) -> None:
        db = engine.read()
        plain = msgspec.msgpack.encode({"size": (mask, "M")})
        sealed = seal_for(keys.of(db, subject), plain, table="traits", subject=subject)
        query = "INSERT INTO traits (subject, sealed) VALUES (?, ?)"
        engine.writer.run(lambda db: db.execute(query, (subject, sealed)))

    as_before(ann)
    as_before(bob)
    trait = shelf.store.profiles.known_traits(shelf.permit(ann))["size"]
    assert (trait.value, trait.source) == ("M", "")
    assert trait.purposes == {INDIVIDUAL}
    assert trait.at == shelf.clock()
    shelf.clock.move(timedelta(days=1))
    told(shelf, ann, "L")
    assert size_of(shelf, ann) == "L"
    assert shelf.store.profiles.drop_expired({INDIVIDUAL: shelf.clock()}) == 1
    assert size_of(shelf, bob) is None


@given(steps=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=8))
def test_marks_of_two_readers(steps: list[tuple[int, int]]) -> None:
    """Whoever knows what two readers have read has read no less than either."""
    marks = [{DAYS[day]: place} for day, place in steps] or [{}]
    for one, other in pairwise(marks):
        both = further(one, other)
        assert both == further(other, one)
        for each in (one, other):
            assert covers(both, each)
            for day, place in each.items():
                assert day < min(both) or both[day] >= place


def test_a_reader_comes_to_the_end(shelf: SqliteShelf) -> None:
    """Step by step every event of every day is met, and then none; marks name few days."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for n in range(8):
        view(shelf, (ann, bob)[n % 2], f"i{n}")
        shelf.clock.move(timedelta(days=1))
    db = shelf.store._engine.read()  # type: ignore[attr-defined]
    marks: dict[str, int] = {}
    met = []
    while (step := touched_since(db, marks, 3))[2]:
        people, found, events = step
        met.append((len(people), events))
        marks = dict(found)
        assert len(marks) <= 3
    assert met == [(2, 3), (2, 3), (2, 2)]
    assert marks == head(db)
    assert rows_since(db, marks, ann, mask=-1) == []
    assert len(rows_since(db, {}, ann, mask=-1)) == 4


def test_who_is_up_to_date_is_left_alone(shelf: SqliteShelf) -> None:
    """A snapshot that reaches further already is not taken again for each event before it."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for n in range(6):
        view(shelf, ann, f"i{n}")
    features: SqliteFeatures = shelf.store.features  # type: ignore[assignment]
    taken = []
    take = features._take
    features._take = lambda subject: taken.append(subject) or take(subject)  # type: ignore[method-assign, func-returns-value]
    while features.advance(2):
        pass
    view(shelf, bob, "cup")
    features.advance(2)
    assert taken == [ann, bob]
    assert (folded_of(shelf, ann).events, folded_of(shelf, bob).events) == (6, 1)
