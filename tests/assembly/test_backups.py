"""A backup is whole or refused, holds no key, and brings back nobody who was erased since."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from rotation_worlds import NAMES, SAID, SPEAKER, admit, new_shop

from tactful.adapters.backups import MANIFEST
from tactful.assembly import back_up, open_shop, restore
from tactful.shop import Who
from tactful.terms import Mistake, NotAShop, NotFound, Trouble


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_shop(tmp_path_factory.mktemp("made") / "shop")


@pytest.fixture
def folder(_made: Path, tmp_path: Path) -> Path:
    """Return the folder of a shop."""
    return Path(copytree(_made, tmp_path / "shop"))


@pytest.fixture(scope="module")
def _backed_up(_made: Path) -> Path:
    back_up(_made, _made.parent / "backup")
    return _made.parent / "backup"


@pytest.fixture
def backup(_backed_up: Path, tmp_path: Path) -> Path:
    """Return a backup of the shop, to be damaged at will."""
    return Path(copytree(_backed_up, tmp_path / "backup"))


def erase(folder: Path, *names: str) -> None:
    """Erase the subjects called *names*."""
    opened = open_shop(folder)
    for name in names:
        opened.shop.subject(name).erase()
    opened.close()


def known(folder: Path) -> set[str]:
    """Return who of the usual names is known."""
    opened = open_shop(folder)
    found = set()
    for name in NAMES:
        try:
            opened.shop.subject(name)
            found.add(name)
        except NotFound:
            pass
    opened.close()
    return found


def test_there_and_back(folder: Path, tmp_path: Path) -> None:
    """What is restored is the shop that was backed up: subjects, statements, policy, settings."""
    done = back_up(folder, tmp_path / "backup")
    restored = restore(tmp_path / "backup", tmp_path / "new", keys=folder / "keys")

    assert done.counts == restored.counts
    assert (done.counts["subjects"], restored.erased_again) == (len(NAMES), 0)
    assert known(tmp_path / "new") == set(NAMES)
    for name in ("tactful.toml", "policy/purposes.toml"):
        assert (tmp_path / "new" / name).read_bytes() == (folder / name).read_bytes()
    opened = open_shop(tmp_path / "new")
    assert opened.shop.subject(SPEAKER).statements()
    opened.close()


def test_the_lake_comes_along(folder: Path, tmp_path: Path) -> None:
    """What only the lake holds is in the backup, is read after it, and erased again from there."""
    opened = open_shop(folder)
    for name in NAMES[:2]:
        opened.shop.consent(Who(user_id=name), SAID, notice="privacy@1", locale="en", source="t")
        call = {"type": "track", "event": "Product Viewed", "userId": name, "messageId": name}
        opened.shop.collect([{**call, "properties": {"product_id": f"kettle of {name}"}}])
    opened.lake.lake.feed()
    outflow = opened.lake.outflow
    outflow.retire(before=date.max, at=opened.shop.now())
    opened.close()
    back_up(folder, tmp_path / "backup")
    erase(folder, NAMES[0])

    restore(tmp_path / "backup", tmp_path / "new", keys=folder / "keys")

    opened = open_shop(tmp_path / "new")
    events = opened.shop.subject(NAMES[1]).export()["events"]
    rows, owed = opened.lake.lake.read_through(), opened.lake.outflow.owed()
    opened.close()
    assert "kettle of subject-1" in str(events)
    assert (rows, owed) == (1, ())


def test_a_lake_outside_the_shop_stays_there(folder: Path, tmp_path: Path) -> None:
    """What lies elsewhere is backed up there; nothing is written beside the backup."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "part").write_bytes(b"rows")
    with (folder / "tactful.toml").open("a", encoding="utf-8") as file:
        file.write('\n[lake]\nfolder = "../elsewhere"\n')
    back_up(folder, tmp_path / "backups" / "today")

    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["today"]
    assert not list((tmp_path / "backups").rglob("part"))


def test_no_key_and_no_name_in_it(folder: Path, backup: Path) -> None:
    """A backup holds neither keys nor readable identifiers, and is its owner's only."""
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())

    assert not (backup / "keys").exists()
    assert [name for name in NAMES if name.encode() in everything] == []
    for key in (folder / "keys").glob("*.key"):
        assert key.read_bytes().strip() not in everything
    assert {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in backup.rglob("*")} <= {0}


def test_while_the_shop_is_busy(folder: Path, tmp_path: Path) -> None:
    """A backup of a shop that goes on writing is one moment of it, with what was before whole."""
    opened = open_shop(folder)
    stop = threading.Event()
    admitted: list[int] = []

    def busy() -> None:
        while not stop.is_set():
            admit(opened, f"visitor {len(admitted)}")
            admitted.append(1)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        counts = [back_up(folder, tmp_path / f"b{n}").counts for n in range(3)]
    finally:
        stop.set()
        thread.join()
        opened.close()
    for number, count in enumerate(counts):
        assert count["subjects"] == count["identifiers"] >= len(NAMES)
        db = sqlite3.connect(tmp_path / f"b{number}" / "data" / "store.db")
        assert db.execute("SELECT count(*) FROM subjects").fetchone() == (count["subjects"],)
        db.close()
        for left in ("store.db-wal", "store.db-shm"):
            (tmp_path / f"b{number}" / "data" / left).unlink(missing_ok=True)
        restore(tmp_path / f"b{number}", tmp_path / f"r{number}", keys=folder / "keys")
    assert counts[0]["subjects"] <= counts[2]["subjects"] <= len(NAMES) + len(admitted)


def test_erased_since(folder: Path, backup: Path, tmp_path: Path) -> None:
    """Who was erased after the backup is erased again before anybody can use the shop."""
    erase(folder, *NAMES[:3])

    restored = restore(backup, tmp_path / "new", keys=folder / "keys")

    assert restored.erased_again == 3
    assert known(tmp_path / "new") == set(NAMES[3:])


def test_erased_since_by_a_newer_log(folder: Path, backup: Path, tmp_path: Path) -> None:
    """A log that is newer than the backup of the keys counts in the place of theirs."""
    copytree(folder / "keys", tmp_path / "keys")
    erase(folder, NAMES[0])
    (tmp_path / "keys" / "erasures.key").write_bytes(
        (folder / "keys" / "erasures.key").read_bytes()
    )
    (tmp_path / "keys" / "erasures.key").chmod(0o600)

    restored = restore(
        backup,
        tmp_path / "new",
        keys=tmp_path / "keys",
        erased=folder / "keys" / "erasures.log",
    )

    assert restored.erased_again == 1
    assert known(tmp_path / "new") == set(NAMES[1:])


def test_without_keys(backup: Path, tmp_path: Path) -> None:
    """Without keys the files are restored, and the answer says that nobody was erased again."""
    assert restore(backup, tmp_path / "new").erased_again is None
    with pytest.raises(Trouble, match="from your backup"):
        open_shop(tmp_path / "new")


def test_a_log_without_keys(backup: Path, tmp_path: Path) -> None:
    """A log alone cannot be used, and that is said before anything is done."""
    with pytest.raises(Mistake, match="needs the keys"):
        restore(backup, tmp_path / "new", erased=tmp_path / "log")
    assert not (tmp_path / "new").exists()


def test_keys_of_another_shop(backup: Path, tmp_path: Path) -> None:
    """Under the keys of another shop nothing is restored, and nothing is left."""
    other = new_shop(tmp_path / "other")

    with pytest.raises(Trouble, match="not the master key"):
        restore(backup, tmp_path / "new", keys=other / "keys")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "other"]


def _remove(backup: Path) -> None:
    (backup / "data" / "store.db").unlink()


def _alter(backup: Path) -> None:
    path = backup / "data" / "store.db"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def _add(backup: Path) -> None:
    (backup / "policy" / "more.toml").write_text("")


def _link(backup: Path) -> None:
    path = backup / "tactful.toml"
    path.rename(backup.parent / "tactful.toml")
    path.symlink_to(backup.parent / "tactful.toml")


def _escape(backup: Path) -> None:
    manifest = json.loads((backup / MANIFEST).read_bytes())
    manifest["files"].append({"path": "../other", "bytes": 0, "sha256": "0"})
    (backup / MANIFEST).write_text(json.dumps(manifest))


def _no_manifest(backup: Path) -> None:
    (backup / MANIFEST).unlink()


def _half_a_manifest(backup: Path) -> None:
    (backup / MANIFEST).write_bytes((backup / MANIFEST).read_bytes()[:100])


def _newer(backup: Path) -> None:
    text = (backup / MANIFEST).read_text().replace("tactful-backup-1", "tactful-backup-2")
    (backup / MANIFEST).write_text(text)


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (_remove, r"store\.db is missing"),
        (_alter, r"store\.db is damaged"),
        (_add, r"more\.toml is not of this backup"),
        (_link, "leads out of the backup"),
        (_escape, "is missing"),
        (_no_manifest, "is no backup"),
        (_half_a_manifest, "is damaged"),
        (_newer, "another version of tactful"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_damaged(backup: Path, tmp_path: Path, damage: Callable[[Path], None], word: str) -> None:
    """A backup that is not what was written is refused by name, and nothing is restored."""
    damage(backup)

    with pytest.raises(Mistake, match=word):
        restore(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_places_that_are_taken(folder: Path, backup: Path, tmp_path: Path) -> None:
    """Neither a backup nor a restoration touches what is there already."""
    for name in ("shop", "backup"):
        with pytest.raises(Mistake, match="not empty"):
            restore(backup, tmp_path / name)
    with pytest.raises(Mistake, match="not empty"):
        back_up(folder, backup)
    with pytest.raises(Mistake, match="lies in the shop"):
        back_up(folder, folder / "backups" / "monday")


def test_no_shop(tmp_path: Path) -> None:
    """Where there is no shop there is no backup."""
    with pytest.raises(NotAShop):
        back_up(tmp_path / "absent", tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store(folder: Path, tmp_path: Path) -> None:
    """A store that is damaged is not backed up as if it were whole, and no half backup is left."""
    path = folder / "data" / "store.db"
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)

    with pytest.raises(Trouble, match="damaged"):
        back_up(folder, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_place_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    """Where nothing can be written, that is said in one line."""
    (tmp_path / "file").write_text("")

    with pytest.raises(Trouble, match="cannot write"):
        back_up(folder, tmp_path / "file" / "backup")


def test_an_empty_folder_will_do(backup: Path, tmp_path: Path) -> None:
    """An empty folder, such as a mount, may be restored to."""
    (tmp_path / "new").mkdir()
    restore(backup, tmp_path / "new")
    assert (tmp_path / "new" / "tactful.toml").exists()
    rmtree(tmp_path / "new")
