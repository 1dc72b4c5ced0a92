"""Reading many subjects, some at a time, misses nobody and repeats nobody."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tactful.adapters.sqlite import audience, counts
from tactful.terms import SubjectId
from tactful.testing.conformance.shelf import Shelf


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0], ids=["sparse", "some", "all"])
@pytest.mark.parametrize("at_a_time", [1, 7, 1_000])
def test_portions_join_without_a_seam(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, at_a_time: int, share: float
) -> None:
    """However many subjects are read at a time, of however many: the same events, in order."""
    monkeypatch.setattr(audience, "_FIRST_SUBJECTS", at_a_time)
    monkeypatch.setattr(audience, "_ROWS_AT_A_TIME", 50)
    chance = random.Random(7)  # noqa: S311 - a test repeats itself
    subjects = [shelf.stranger() for _ in range(120)]
    events = [shelf.event(chance.choice(subjects), str(n)) for n in range(800)]
    shelf.store.events.append(events).result()
    members = [subject for subject in subjects if chance.random() < share]
    for subject in members:
        shelf.say(subject)
    seen = [(e.subject, e.items[0]) for e in shelf.store.events.of_audience(shelf.audience())]
    wanted = [(e.subject, e.items[0]) for e in events if e.subject in members]
    assert seen == sorted(wanted, key=lambda pair: pair[0])


def test_a_large_audience_is_counted_in_portions(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uses of a crowd are written some at a time, so that nobody waits long, and all arrive."""
    monkeypatch.setattr(counts, "_ROWS_A_JOB", 10)
    subjects = [shelf.stranger() for _ in range(35)]
    day = shelf.clock().date()
    shelf.store.uses.count_all(np.array(subjects, dtype=np.int64), "train", day)
    shelf.store.uses.count(subjects[0], ("train",), day)
    assert [uses(shelf, subject) for subject in subjects] == [2] + [1] * 34


def uses(shelf: Shelf, subject: SubjectId) -> int:
    """Return how often *subject* was used for training today."""
    return shelf.store.records.uses(shelf.permit(subject))["train", shelf.clock().date()]
