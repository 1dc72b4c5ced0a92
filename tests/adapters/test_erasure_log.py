"""Erasures are noted before they are done, say nothing to a reader, and can be done again."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.adapters.erasure_log import KEY, LOG, MARGIN, ErasureLog, NotedRecords
from tactful.gate import Permit
from tactful.terms import Mistake, SubjectId, Trouble

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(
    erased=st.dictionaries(st.integers(1, 60), st.integers(-40, 40), max_size=12),
    there=st.sets(st.integers(1, 60), max_size=30),
)
def test_who_was_erased_since(erased: dict[int, int], there: set[int]) -> None:
    """Whoever is there and was erased since the backup is found, and nobody else."""
    with TemporaryDirectory() as folder:
        log = ErasureLog(Path(folder))
        for number, hours in erased.items():
            log.add([SubjectId(number)], NOW + timedelta(hours=hours))
        found = log.among(map(SubjectId, sorted(there)), since=NOW)

    since = {n for n, hours in erased.items() if timedelta(hours=hours) >= -MARGIN}
    assert found == tuple(sorted(there & since))


def test_a_line_says_nothing(tmp_path: Path) -> None:
    """The log holds a time and a digest; it and its key are their owner's only."""
    log = ErasureLog(tmp_path)
    log.add([SubjectId(4711), SubjectId(4712)], NOW)

    lines = (tmp_path / LOG).read_text("ascii").splitlines()
    assert [line.split()[0] for line in lines] == [str(int(NOW.timestamp()))] * 2
    assert len({line.split()[1] for line in lines}) == 2
    assert "4711" not in lines[0].split()[1] or len(lines[0].split()[1]) == 32
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {LOG: 0o600, KEY: 0o600}


def test_another_key_finds_nobody(tmp_path: Path) -> None:
    """A log under the key of another shop finds nobody."""
    one, other = (ErasureLog(tmp_path / name) for name in ("one", "other"))
    for log in (one, other):
        log.folder.mkdir()
        log.add([SubjectId(1)], NOW)

    assert other.among([SubjectId(1)], since=NOW, log=one.folder / LOG) == ()
    assert one.among([SubjectId(1)], since=NOW) == (1,)


def test_no_log(tmp_path: Path) -> None:
    """Where nobody was ever erased, nobody is erased again, and nothing is made."""
    assert ErasureLog(tmp_path).among([SubjectId(1)], since=NOW) == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["", "now 00", "1 " + "0" * 31, "1 " + "g" * 32])
def test_a_line_that_is_none(tmp_path: Path, line: str) -> None:
    """A line that is no erasure is named, and nobody is erased on the strength of the rest."""
    log = ErasureLog(tmp_path)
    log.add([SubjectId(1)], NOW)
    with (tmp_path / LOG).open("a") as file:
        file.write(f"{line}\n")

    with pytest.raises(Mistake, match="line 2"):
        log.among([SubjectId(1)], since=NOW)


def test_a_log_that_cannot_be_read(tmp_path: Path) -> None:
    """A log that is no text is said to be unreadable."""
    (tmp_path / LOG).write_bytes(b"\xff")

    with pytest.raises(Trouble, match="cannot be read"):
        ErasureLog(tmp_path).among([SubjectId(1)], since=NOW)


class Untouched:
    """Records that nobody may reach."""

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:  # noqa: ARG002 - a port's
        """Fail."""
        raise AssertionError

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:  # noqa: ARG002 - a port's
        """Fail."""
        raise AssertionError

    def erase(self, permit: Permit) -> Mapping[str, int]:  # noqa: ARG002 - a port's
        """Fail."""
        raise AssertionError


class Permitted:
    """Stands for a permit: only the subject is looked at."""

    subject = SubjectId(1)


def test_what_cannot_be_noted_is_not_done(tmp_path: Path) -> None:
    """Nobody is erased whose erasure cannot be noted, and the message says so."""
    log = ErasureLog(tmp_path)
    log.add([SubjectId(2)], NOW)
    (tmp_path / LOG).unlink()
    (tmp_path / LOG).mkdir()
    records = NotedRecords(records=Untouched(), log=log, members=lambda subject: [subject])

    with pytest.raises(Trouble, match="nobody was erased"):
        records.erase(Permitted())  # type: ignore[arg-type]
