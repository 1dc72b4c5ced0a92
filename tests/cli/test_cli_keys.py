"""`tactful keys` and `tactful store`: look after the master key, and after copies of the shop."""

from __future__ import annotations

import shutil
from pathlib import Path

from cli_worlds import Run, run


def test_show_rotate_retire(taught: Run) -> None:
    """A key is shown, rotated and retired, and the subjects are there before and after."""
    before = taught("subject", "show", "buyer-1").out

    shown = taught("keys", "show", "--json").json
    assert shown["store"] == "file"
    assert [key["generation"] for key in shown["keys"]] == [1]
    rotated = taught("keys", "rotate", "--index", "--json").json
    assert rotated == {"generation": 2, "rewrapped": 12, "reindexed": 12}
    assert "fingerprint" in taught("keys", "show").out
    assert taught("keys", "retire", "--yes", "--json").json == {"retired": [1]}
    assert "nothing was destroyed" in taught("keys", "retire", "--yes").out
    assert taught("subject", "show", "buyer-1").out.splitlines()[:4] == before.splitlines()[:4]


def test_words(taught: Run) -> None:
    """Each step says what to do next: back the key up, retire the old one, destroy its backups."""
    rotated = taught("keys", "rotate").out
    assert "Back up the new key" in rotated
    assert "tactful keys retire" in rotated
    assert "Destroy their backups as well" in taught("keys", "retire", "--yes").out


def test_retiring_is_asked_about(taught: Run) -> None:
    """Nobody destroys a key by accident."""
    taught("keys", "rotate")

    assert taught("keys", "retire", stdin="n\n").code == 1
    assert (taught.folder / "keys" / "master.key").exists()


def test_moving_needs_to_know_where(empty: Run) -> None:
    """What a move lacks or does not need is a usage error; a move to nowhere, a message."""
    assert empty("keys", "move", "--to", "aws-kms").code == 2
    assert empty("keys", "move", "--to", "file", "--region", "eu-central-1").code == 2
    empty("keys", "move", "--to", "file").failed("lies in file already")


def test_doctor_looks_at_the_key(empty: Run) -> None:
    """The age of the key is told, and a rotation that left the old one behind."""
    assert "generation 1 in file, 0 days old" in empty("doctor").out
    empty("keys", "rotate")
    assert "tactful keys retire" in empty("doctor").out


def test_backup_and_restore(taught: Run, tmp_path: Path) -> None:
    """A shop is backed up, loses somebody, and is restored without them."""
    backed_up = taught("store", "backup", "--to", str(tmp_path / "b"))
    assert "THE KEYS ARE NOT IN IT" in backed_up.out
    taught("subject", "erase", "buyer-1", "--yes")

    restored = run(
        *("store", "restore", "--from", str(tmp_path / "b"), "--shop", str(tmp_path / "new")),
        *("--keys", str(taught.folder / "keys")),
    )

    assert restored.code == 0
    assert "1 subjects erased again" in restored.out
    new = Run(tmp_path / "new")
    new("subject", "show", "buyer-1").failed("no subject")
    assert new("subject", "show", "buyer-2").code == 0


def test_restored_without_keys(taught: Run, tmp_path: Path) -> None:
    """Without the keys it says loudly what is still to be done."""
    backup, new = str(tmp_path / "b"), str(tmp_path / "new")
    plain = taught("store", "backup", "--to", backup, "--json").json
    restored = run("store", "restore", "--from", backup, "--shop", new)

    assert plain["counts"]["subjects"] == 12
    assert "WHO WAS ERASED SINCE" in restored.out
    assert plain["masterKeys"][0] in restored.out
    shutil.rmtree(new)
    again = run("store", "restore", "--from", backup, "--shop", new, "--json").json
    assert again["erasedAgain"] is None


def test_a_damaged_backup(taught: Run, tmp_path: Path) -> None:
    """A damaged backup is one line, and nothing is restored."""
    taught("store", "backup", "--to", str(tmp_path / "b"))
    (tmp_path / "b" / "tactful.toml").write_text("")

    run(
        *("store", "restore", "--from", str(tmp_path / "b"), "--shop", str(tmp_path / "new"))
    ).failed("tactful.toml is damaged", "nothing was restored")
    assert not (tmp_path / "new").exists()
