"""The log: canonical, and complete without those who left."""

from hypothesis import given
from hypothesis import strategies as st
from model_worlds import groups, identical, logs

from tactful.mechanisms.interactions import NO_GROUP, Interactions, Session


def test_each_item_stands_once_where_it_was_chosen_last() -> None:
    """A session is a list of different items."""
    log = Interactions.of([(1, 5, ["cup", "mug", "cup"])])

    assert [log.vocabulary.ids[code] for code in log.items] == ["mug", "cup"]


def test_sessions_stand_oldest_first_and_empty_ones_nowhere() -> None:
    """Time comes before owner; a session without items leaves no trace."""
    log = Interactions.of([(9, 2, ["b"]), (1, 3, ["c"]), (5, 1, []), (9, 1, ["a"])])

    assert (log.ended_at.tolist(), log.owner.tolist()) == ([1, 2, 3], [9, 9, 1])
    assert log.vocabulary.ids == ("a", "b", "c")


def test_owners_without_a_group_are_in_none() -> None:
    """Groups are numbered in the order of their names, and only those with sessions."""
    log = Interactions.of(
        [(1, 1, ["a"]), (2, 2, ["a"]), (3, 3, ["a"])], groups={1: "south", 3: "north", 4: "west"}
    )

    assert (log.groups.ids, log.group.tolist()) == (("north", "south"), [1, NO_GROUP, 0])


@given(logs, groups, st.sets(st.integers(0, 5)))
def test_without_an_owner_equals_a_log_that_never_had_one(
    log: list[Session], named: dict[int, str], leaving: set[int]
) -> None:
    """Items, groups and sessions of those who left are gone, and codes are as if never given."""
    rest = [session for session in log if session[0] not in leaving]

    assert identical(
        Interactions.of(log, groups=named).without(*leaving).arrays(),
        Interactions.of(rest, groups=named).arrays(),
    )


@given(st.sets(st.text(), max_size=9))
def test_a_vocabulary_comes_back_from_bytes(ids: set[str]) -> None:
    """Any id can be an item, whatever its letters."""
    log = Interactions.of([(1, 1, sorted(ids))])

    assert Interactions.from_arrays(log.arrays()).vocabulary.ids == tuple(sorted(ids))
