# ruff: noqa: S101, PLR2004 - a suite asserts, and with figures
"""What every implementation of `Events` promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tactful.terms import Event, Mistake, PermitMisuse
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, NECESSARY
from tactful.testing.conformance.shelf import Shelf, message

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})


class EventsSuite:
    """Appending, and reading by purpose."""

    def test_reads_what_was_appended(self, shelf: Shelf) -> None:
        """An event comes back whole, at once and after a reopening."""
        ann = shelf.subject()
        event = shelf.event(
            ann,
            "teapot",
            items=("teapot", "cup"),
            properties={"colour": "blue", "price": 1250},
            session="s1",
            purposes=BOTH,
            at=shelf.clock().replace(microsecond=123_000),
        )
        assert shelf.store.events.append([event]).result() == {event.message}
        assert shelf.store.events.history(shelf.permit(ann)) == (event,)
        shelf.reopen()
        assert shelf.store.events.history(shelf.permit(ann)) == (event,)

    def test_an_event_changes_the_next_answer(self, shelf: Shelf) -> None:
        """What was acknowledged is in the next history, also where that was read before."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        for round_ in range(3):
            shelf.see(ann, f"a{round_}")
            shelf.see(bob, f"b{round_}")
            assert shelf.items(ann) == [f"a{n}" for n in range(round_ + 1)]
            assert shelf.items(bob) == [f"b{n}" for n in range(round_ + 1)]

    def test_duplicates_in_one_call(self, shelf: Shelf) -> None:
        """The same message twice in one call is stored once."""
        ann = shelf.subject()
        assert shelf.see(ann, "teapot", "cup", "teapot") == 2
        assert shelf.items(ann) == ["teapot", "cup"]

    def test_duplicates_between_calls(self, shelf: Shelf) -> None:
        """The same message in a later call is not stored again, reopened or not."""
        ann = shelf.subject()
        assert shelf.see(ann, "teapot") == 1
        assert shelf.see(ann, "teapot", "cup") == 1
        shelf.reopen()
        assert shelf.see(ann, "cup", "bowl") == 1
        assert shelf.items(ann) == ["teapot", "cup", "bowl"]

    @pytest.mark.parametrize("hours", [1, 25, 47])
    def test_duplicates_within_two_days(self, shelf: Shelf, hours: int) -> None:
        """A message is known for 48 hours after it was received, reopened or not."""
        ann = shelf.subject()
        shelf.see(ann, "teapot")
        shelf.clock.move(timedelta(hours=hours))
        assert shelf.see(ann, "teapot") == 0
        shelf.reopen()
        assert shelf.see(ann, "teapot") == 0

    def test_imports_are_known_for_good(self, shelf: Shelf) -> None:
        """A row imported years later adds nothing; another row does."""
        ann = shelf.subject()
        assert shelf.see(ann, "teapot", source="import orders.csv") == 1
        shelf.clock.move(timedelta(days=1000))
        shelf.reopen()
        assert shelf.see(ann, "teapot", "cup", source="import orders.csv") == 1

    def test_duplicates_at_the_same_time(self, shelf: Shelf) -> None:
        """Of the same messages sent by many at once, each is stored exactly once."""
        ann = shelf.subject()
        events = [shelf.event(ann, f"i{n}") for n in range(20)]
        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(shelf.store.events.append, events) for _ in range(16)]
        assert sum(len(call.result().result()) for call in calls) == 20
        assert len(shelf.items(ann)) == 20

    def test_order_is_by_time(self, shelf: Shelf) -> None:
        """A history is in the order of what happened, whenever it was received."""
        ann = shelf.subject()
        now = shelf.clock()
        for minutes in (3, 1, 2):
            shelf.see(ann, f"at {minutes}", at=now - timedelta(days=400, minutes=-minutes))
            shelf.clock.move(timedelta(days=1))
        shelf.see(ann, "last", at=now)
        assert shelf.items(ann) == ["at 1", "at 2", "at 3", "last"]

    def test_limit_takes_the_newest(self, shelf: Shelf) -> None:
        """A limit keeps the newest events, oldest first, on whatever day they were received."""
        ann = shelf.subject()
        start = shelf.clock()
        names = [f"i{n:03}" for n in range(150)]
        for n, name in enumerate(names):
            if n % 30 == 0:
                shelf.clock.move(timedelta(days=1))
            shelf.see(ann, name, at=start + timedelta(minutes=(n * 37) % 150))
        ordered = [names[(n * pow(37, -1, 150)) % 150] for n in range(150)]
        permit = shelf.permit(ann, "recommend-individual")
        for limit in (0, 1, 5, 99, 100, 101, 149, 150, 200, None):
            seen = shelf.store.events.history(permit, limit=limit)
            expected = ordered if limit is None else ordered[max(0, 150 - limit) :]
            assert [event.items[0] for event in seen] == expected

    def test_purposes_do_not_mix(self, shelf: Shelf) -> None:
        """A purpose reads the events kept for it, and of them its own properties only."""
        ann = shelf.subject()
        all_of_it = {"position": "3", "colour": "blue", "price": 1250}
        shelf.see(ann, "mine", purposes=frozenset({INDIVIDUAL}), properties={"colour": "red"})
        shelf.see(ann, "theirs", purposes=frozenset({MEASUREMENT}), properties={"position": "1"})
        shelf.see(ann, "both", purposes=BOTH, properties=all_of_it)
        seen = {
            activity: [
                (event.items[0], dict(event.properties))
                for event in shelf.store.events.history(shelf.permit(ann, activity))
            ]
            for activity in ("recommend-individual", "count-visits", "fulfil-order")
        }
        assert seen == {
            "recommend-individual": [
                ("mine", {"colour": "red"}),
                ("both", {"colour": "blue", "price": 1250}),
            ],
            "count-visits": [
                ("theirs", {"position": "1"}),
                ("both", {"position": "3", "price": 1250}),
            ],
            "fulfil-order": [],
        }

    def test_subjects_read_all_of_theirs(self, shelf: Shelf) -> None:
        """Answering a request, every event is there with every property (GDPR Art. 15)."""
        ann = shelf.subject()
        properties = {"position": "3", "colour": "blue"}
        for purpose in (INDIVIDUAL, MEASUREMENT, NECESSARY):
            shelf.see(ann, purpose, purposes=frozenset({purpose}), properties=properties)
        seen = shelf.store.events.history(shelf.permit(ann))
        assert [event.items[0] for event in seen] == [INDIVIDUAL, MEASUREMENT, NECESSARY]
        assert all(event.properties == properties for event in seen)

    def test_subjects_do_not_mix(self, shelf: Shelf) -> None:
        """Nobody's event is in another's history."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        shelf.see(ann, "teapot")
        assert shelf.items(bob) == []

    def test_kept_for_nothing_is_not_kept(self, shelf: Shelf) -> None:
        """An event without a purpose is not stored."""
        ann = shelf.subject()
        assert shelf.see(ann, "teapot", purposes=frozenset()) == 0
        assert shelf.items(ann, "answer-request") == []

    def test_nothing_to_append(self, shelf: Shelf) -> None:
        """Appending nothing stores nothing, and says so."""
        assert shelf.store.events.append([]).result() == frozenset()

    def test_the_erased_are_not_written_to(self, shelf: Shelf) -> None:
        """Events that arrive after an erasure are dropped; others in the same call are kept."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        shelf.see(ann, "teapot")
        shelf.store.records.erase(shelf.permit(ann))
        events = [shelf.event(ann, "late"), shelf.event(bob, "cup")]
        assert shelf.store.events.append(events).result() == {events[1].message}
        assert shelf.items(ann) == []
        assert shelf.items(bob) == ["cup"]

    def test_late_permits_read_nothing(self, shelf: Shelf) -> None:
        """A permit that has expired opens no history, of one subject or of many."""
        permit, audience = shelf.permit(shelf.subject()), shelf.audience()
        shelf.clock.move(timedelta(days=1))
        with pytest.raises(PermitMisuse, match="expired"):
            shelf.store.events.history(permit)
        with pytest.raises(PermitMisuse, match="expired"):
            list(shelf.store.events.of_audience(audience))

    def test_audience_holds_its_members_only(self, shelf: Shelf) -> None:
        """Members' events come by subject and then by time; nobody else's come at all."""
        now = shelf.clock()
        subjects = [shelf.subject(f"s{n}") for n in range(40)]
        for subject in subjects[::3]:
            shelf.say(subject)
        for day in range(3):
            shelf.clock.move(timedelta(days=1))
            for subject in reversed(subjects):
                shelf.see(subject, f"{day}", at=now - timedelta(hours=day), purposes=BOTH)
        seen = list(shelf.store.events.of_audience(shelf.audience()))
        expected = [(subject, day) for subject in subjects[::3] for day in ("2", "1", "0")]
        assert [(event.subject, event.items[0]) for event in seen] == expected

    def test_audience_sees_as_its_purpose(self, shelf: Shelf) -> None:
        """An audience is read with the eyes of its purpose: its events, its properties."""
        ann = shelf.subject()
        shelf.say(ann)
        shelf.see(ann, "mine", properties={"colour": "red", "position": "1"})
        shelf.see(ann, "theirs", purposes=frozenset({MEASUREMENT}))
        [seen] = shelf.store.events.of_audience(shelf.audience())
        assert (seen.items, dict(seen.properties)) == (("mine",), {"colour": "red"})

    def test_audience_outlives_a_change(self, shelf: Shelf) -> None:
        """Who is erased while an audience is read may be missing; nobody else is, none twice."""
        subjects = [shelf.subject(f"s{n}") for n in range(20)]
        for subject in subjects:
            shelf.say(subject)
            shelf.see(subject, "teapot")
        reading = shelf.store.events.of_audience(shelf.audience())
        first = next(reading)
        shelf.store.records.erase(shelf.permit(subjects[-1]))
        seen: list[Event] = [first, *reading]
        assert [e.subject for e in seen if e.subject != subjects[-1]] == subjects[:-1]

    @pytest.mark.parametrize("year", [1970, 1969, 2011, 2099])
    def test_any_year(self, shelf: Shelf, year: int) -> None:
        """Events of any year keep their time to the millisecond."""
        ann = shelf.subject()
        at = shelf.clock().replace(year=year, microsecond=987_000)
        shelf.see(ann, "teapot", at=at)
        [seen] = shelf.store.events.history(shelf.permit(ann))
        assert seen.at == at

    @pytest.mark.parametrize("value", [object(), 2**70, "half \udcff"])
    def test_what_cannot_be_kept_is_refused(self, shelf: Shelf, value: object) -> None:
        """A property that no store can hold is a mistake of the caller's; nothing is stored."""
        ann = shelf.subject()
        with pytest.raises(Mistake, match="cannot be kept"):
            shelf.see(ann, "teapot", properties={"colour": value})
        assert shelf.items(ann) == []

    def test_messages_are_exact(self, shelf: Shelf) -> None:
        """Messages that differ in their last byte only are different messages."""
        ann = shelf.subject()
        event = shelf.event(ann, "teapot", message=message("x")[:15] + b"\0")
        other = replace(event, message=message("x")[:15] + b"\1")
        assert shelf.store.events.append([event, other]).result() == {event.message, other.message}
