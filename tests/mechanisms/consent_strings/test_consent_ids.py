"""Sets of ids, the numbers of the header, and the purposes that the TCF numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from consent_worlds import ids
from hypothesis import given
from hypothesis import strategies as st

from tactful.mechanisms.consent_strings import TCF_PURPOSES, ConsentStringMistake, Ids, answers
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


def test_the_table_speaks_of_the_purposes_there_are() -> None:
    """All eleven purposes of the TCF are there, and only purposes of the pack are named."""
    pack = tomllib.loads((files("tactful") / "pack" / "purposes.toml").read_text("utf-8"))

    assert list(TCF_PURPOSES) == list(range(1, 12))
    assert frozenset().union(*TCF_PURPOSES.values()) <= pack.keys()


def test_the_table_is_documented() -> None:
    """The reference shows for each purpose of the TCF which purposes of tactful need it."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "signals.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if re.match(r"\| \d+ \|", line)]

    assert {int(row[0].strip("| ")): set(re.findall(r"`(\w+)`", row[2])) for row in rows} == {
        number: set(purposes) for number, purposes in TCF_PURPOSES.items()
    }


def test_a_purpose_needs_all_that_it_stands_under() -> None:
    """Profiles may be created and not used, or not even stored: then there is no consent."""
    assert answers(range(1, 12)) == dict.fromkeys(answers([]), True)
    assert not any(answers([]).values())
    assert answers([1, 5])["individual_personalization"] is False
    assert answers([5, 6])["individual_personalization"] is False
    assert answers([1, 5, 6])["individual_personalization"] is True


def test_a_string_says_nothing_about_other_purposes() -> None:
    """E-mail and what is necessary are not asked about, so there is no answer."""
    assert {"necessary", "email_marketing", "email_measurement"}.isdisjoint(answers([1]))


@given(st.sets(st.integers(1, 24)), st.sets(st.integers(1, 24)))
def test_fewer_consents_never_grant_more(some: set[int], more: set[int]) -> None:
    """What is granted with some consents is granted with those and others."""
    few, many = answers(some), answers(some | more)

    assert all(many[purpose] for purpose in few if few[purpose])


def test_a_shop_may_read_the_purposes_differently() -> None:
    """Another table gives other answers."""
    assert answers([3], {3: frozenset({"email_marketing"})}) == {"email_marketing": True}
