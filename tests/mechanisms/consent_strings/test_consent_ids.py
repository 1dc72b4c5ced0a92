"""Sets of ids, the numbers of the header, and the purposes that the TCF numbers."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

import pytest
from consent_worlds import ids
from hypothesis import given
from hypothesis import strategies as st

from tactful.mechanisms.consent_strings import ConsentStringMistake, Ids
from tactful.mechanisms.consent_strings.bits import BitReader, BitWriter


@given(ids(65_535), ids(65_535))
def test_ids_are_the_set_of_their_numbers(one: frozenset[int], other: frozenset[int]) -> None:
    """They compare, hash, count, iterate and combine as the frozenset of the same numbers does."""
    mine: AbstractSet[int] = Ids.of(one)

    assert mine == one
    assert one == mine
    assert hash(mine) == hash(one)
    assert list(mine) == sorted(one)
    assert len(mine) == len(one)
    assert Ids.of(one).highest == max(one, default=0)
    assert mine & other == one & other
    assert (mine == Ids.of(other)) is (one == other)


@pytest.mark.parametrize("stranger", [0, -1, 4, 65_536, "3", None])
def test_ids_hold_nothing_else(stranger: object) -> None:
    """What is no id of the set is not in it, whatever it is."""
    assert stranger not in Ids.of([1, 2, 3])


@pytest.mark.parametrize("number", [0, -1, 65_536])
def test_an_id_that_cannot_be_written_is_refused(number: int) -> None:
    """Ids have 16 bits, and there is no id 0."""
    with pytest.raises(ConsentStringMistake, match="between 1 and 65535"):
        Ids.of([number])


@pytest.mark.parametrize(
    ("number", "code"),
    [(1, "11"), (2, "011"), (3, "0011"), (4, "1011"), (5, "00011"), (6, "10011"), (7, "01011")],
)
def test_numbers_are_coded_as_the_specification_shows(number: int, code: str) -> None:
    """The table of the GPP string specification, "About Fibonacci Encoding"."""
    writer = BitWriter("a header")
    writer.fibonacci(number)

    assert writer.parts == [code]
    assert BitReader(code, "a header").fibonacci() == number


@given(st.lists(st.integers(1, 65_535), min_size=1))
def test_coded_numbers_need_no_lengths(numbers: list[int]) -> None:
    """Numbers that are written one after the other are read one after the other."""
    writer = BitWriter("a header")
    for number in numbers:
        writer.fibonacci(number)
    reader = BitReader("".join(writer.parts), "a header")

    assert [reader.fibonacci() for _ in numbers] == numbers
    reader.finish()


def test_a_coded_number_beyond_all_ids_is_refused() -> None:
    """The code of 75025, one digit longer than any id needs, is not read as something else."""
    with pytest.raises(ConsentStringMistake, match="beyond 65535"):
        BitReader("0" * 23 + "11", "a header").fibonacci()


@pytest.mark.parametrize(("vendor", "ranged"), [(29, "0"), (30, "1")])
def test_vendors_are_written_in_the_shorter_encoding(vendor: int, ranged: str) -> None:
    """One vendor takes 29 bits as a range: up to 29 a bit field is as short."""
    writer = BitWriter("vendors")
    writer.vendors(Ids.of([vendor]))

    assert writer.parts[1] == ranged
    assert len("".join(writer.parts)) == 16 + 1 + 29


def test_times_are_written_to_the_nearest_decisecond() -> None:
    """60 milliseconds are a tenth of a second, as the reference rounds them."""
    writer = BitWriter("a core")
    writer.moment(datetime(1970, 1, 1, 0, 0, 1, 60_000, tzinfo=UTC))

    assert int(writer.parts[0], 2) == 11
