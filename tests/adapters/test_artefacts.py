"""Models are put into use whole, read without copying, and gone when replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tactful.adapters.artefacts import ArtefactFolder
from tactful.terms import NotFound, StoreFull, Trouble

ARRAYS = {
    "items": np.array(["teapot", "cup", "ü"]),
    "counts": np.arange(1000, dtype=np.int32).reshape(100, 10),
    "none": np.empty((0, 4), dtype=np.float32),
}


def test_opens_what_was_published(tmp_path: Path) -> None:
    """Arrays of any kind, also empty ones, come back equal, mapped and read-only."""
    artefacts = ArtefactFolder(tmp_path / "models")
    assert artefacts.newest() is None
    name = artefacts.publish(ARRAYS)
    assert artefacts.newest() == name
    opened = artefacts.open(name)
    assert opened.keys() == ARRAYS.keys()
    for array, value in ARRAYS.items():
        np.testing.assert_array_equal(opened[array], value)
        assert opened[array].dtype == value.dtype
    assert isinstance(opened["counts"], np.memmap)
    assert not opened["counts"].flags.writeable
    artefacts.verify(name)


def test_the_old_one_goes(tmp_path: Path) -> None:
    """A new artefact replaces the old one on the disk; who maps that may finish with it."""
    artefacts = ArtefactFolder(tmp_path)
    first = artefacts.publish(ARRAYS)
    mapped = artefacts.open(first)["counts"]
    second = artefacts.publish({"counts": np.zeros(3)})
    assert second != first
    assert artefacts.newest() == second
    np.testing.assert_array_equal(mapped, ARRAYS["counts"])
    with pytest.raises(NotFound, match="ask for the newest"):
        artefacts.open(first)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [second]


def test_what_was_half_written_is_not_used(tmp_path: Path) -> None:
    """The remains of a publisher that died are never current, and are cleared away."""
    artefacts = ArtefactFolder(tmp_path)
    first = artefacts.publish(ARRAYS)
    shutil.copytree(tmp_path / first, tmp_path / ".draft")
    shutil.copytree(tmp_path / first, tmp_path / "000007")
    assert artefacts.newest() == first
    assert artefacts.publish(ARRAYS) == "000008"
    assert {path.name for path in tmp_path.iterdir()} == {"000008", "current", ".lock"}


def test_a_failed_publication_changes_nothing(tmp_path: Path) -> None:
    """Where the new arrays cannot be written, the artefact in use stays in use."""
    artefacts = ArtefactFolder(tmp_path)
    name = artefacts.publish(ARRAYS)
    with pytest.raises(StoreFull, match="stays in use"):
        artefacts.publish({"not/a/name": np.zeros(1)})
    assert artefacts.newest() == name
    artefacts.verify(name)


@pytest.mark.parametrize("array", sorted(ARRAYS))
def test_a_truncated_file_is_named(tmp_path: Path, array: str) -> None:
    """An artefact with a file cut short or missing is not opened, and the file is named."""
    artefacts = ArtefactFolder(tmp_path)
    name = artefacts.publish(ARRAYS)
    path = tmp_path / name / f"{array}.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Trouble, match=rf"{array}\.npy is damaged"):
        artefacts.open(name)
    path.unlink()
    for read in (artefacts.open, artefacts.verify):
        with pytest.raises(Trouble, match=rf"{array}\.npy is damaged"):
            read(name)


def test_an_altered_file_is_named(tmp_path: Path) -> None:
    """Verifying finds a single altered byte."""
    artefacts = ArtefactFolder(tmp_path)
    name = artefacts.publish(ARRAYS)
    path = tmp_path / name / "counts.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(Trouble, match=r"counts\.npy is damaged"):
        artefacts.verify(name)


@pytest.mark.parametrize("manifest", [b"", b"{", b"[]", b'{"format": 2, "files": {}}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, manifest: bytes) -> None:
    """An artefact whose manifest is not one, or is of another version, is not opened."""
    artefacts = ArtefactFolder(tmp_path)
    name = artefacts.publish(ARRAYS)
    (tmp_path / name / "manifest.json").write_bytes(manifest)
    with pytest.raises(Trouble, match="train"):
        artefacts.open(name)
