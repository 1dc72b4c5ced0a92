"""Which word on a trait stands: corrections before observations, the newest observation else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.profile.traits import (
    expired,
    known_of,
    standing_trait,
    stronger,
    without,
)
from tactful.terms import Trait, TraitOrigin

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_TIMES = st.integers(0, 3).map(lambda days: NOW - timedelta(days=days))
_PURPOSES = st.frozensets(st.sampled_from(["a", "b"]))
observed = st.builds(
    Trait,
    value=st.sampled_from(["M", "L", 3]),
    at=_TIMES,
    source=st.sampled_from(["web", "import:x"]),
    purposes=_PURPOSES,
)
corrected = st.builds(
    Trait,
    value=st.sampled_from(["S", None]),
    at=_TIMES,
    origin=st.sampled_from([TraitOrigin.SUBJECT, TraitOrigin.OFFICER]),
    purposes=_PURPOSES,
)


@given(words=st.lists(observed, min_size=1, max_size=5), data=st.data())
def test_the_newest_observation_stands(words: list[Trait], data: st.DataObject) -> None:
    """In whatever order observations arrive, the same one of the newest stands."""
    shuffled = data.draw(st.permutations(words))
    stands = reduce(standing_trait, words, words[0])

    assert reduce(standing_trait, shuffled, shuffled[0]) == stands
    assert stands.at == max(word.at for word in words)


@given(correction=corrected, words=st.lists(observed, max_size=4))
def test_a_correction_stands_for_ever(correction: Trait, words: list[Trait]) -> None:
    """No observation, however new, replaces what was corrected; the next correction does."""
    assert reduce(standing_trait, words, correction) == correction
    assert standing_trait(correction, correction) is correction
    assert all(stronger(word, correction) == correction for word in words)


@given(first=corrected, second=corrected)
def test_the_last_correction_stands(first: Trait, second: Trait) -> None:
    """Who corrects again is heard, also within the same moment."""
    assert standing_trait(first, second) is second


@given(one=st.one_of(observed, corrected), other=st.one_of(observed, corrected))
def test_two_numbers_of_one_person(one: Trait, other: Trait) -> None:
    """What is known under two numbers is known of the person, the stronger word where both have."""
    joined = known_of(({"size": one, "mine": one}, {"size": other}))

    assert joined == {"size": stronger(other, one), "mine": one}


@given(trait=st.one_of(observed, corrected), gone=_PURPOSES)
def test_what_is_kept_for_nothing_goes(trait: Trait, gone: frozenset[str]) -> None:
    """Of an observation nothing stays; of a correction that it was one, without the value."""
    left = without(trait, gone)

    if trait.purposes - gone:
        assert left is not None
        assert (left.value, left.purposes) == (trait.value, trait.purposes - gone)
    elif trait.origin.corrects:
        assert left is not None
        assert (left.value, left.purposes, left.origin) == (None, frozenset(), trait.origin)
    else:
        assert left is None


@given(trait=observed, days=st.integers(0, 4))
def test_retention_is_counted_from_the_trait_itself(trait: Trait, days: int) -> None:
    """A trait expires for the purposes whose limit lies after it; without a limit never."""
    limit = NOW - timedelta(days=days)

    assert expired(trait, {"a": limit}) == (trait.purposes & {"a"} if trait.at < limit else set())
    assert expired(trait, {}) == frozenset()


def test_a_trait_does_not_show_itself() -> None:
    """What is known of somebody does not stand in logs."""
    assert "Ada" not in repr(Trait(value="Ada", at=NOW, source="ada"))
