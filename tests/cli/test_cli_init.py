"""`tactful init`: a new shop, private from the start."""

from __future__ import annotations

from pathlib import Path

from cli_worlds import run


def test_init_prints_both_keys_once(tmp_path: Path) -> None:
    """The keys are printed for reading and, with --json, for scripts; the secret is not kept."""
    ended = run("init", str(tmp_path / "shop"), "--name", "Tee & Töpfe", "--json")

    assert set(ended.json) == {"writeKey", "secretKey"}
    everything = b"".join(p.read_bytes() for p in (tmp_path / "shop").rglob("*") if p.is_file())
    assert ended.json["writeKey"].encode() in everything
    assert ended.json["secretKey"].encode() not in everything
    plain = run("init", str(tmp_path / "other"))
    assert "wk_" in plain.out
    assert "sk_" in plain.out


def test_keys_and_data_are_private(tmp_path: Path) -> None:
    """Folders are 0700 and key files 0600 from the first moment."""
    shop = tmp_path / "shop"
    run("init", str(shop))

    assert [p for p in (shop, shop / "keys", shop / "data") if p.stat().st_mode & 0o077] == []
    assert [p for p in (shop / "keys").iterdir() if p.stat().st_mode & 0o777 != 0o600] == []


def test_init_leaves_what_is_there_alone(tmp_path: Path) -> None:
    """A shop, a folder with something in it, and a file are refused and not touched."""
    shop, full, file = tmp_path / "shop", tmp_path / "full", tmp_path / "file"
    keys = run("init", str(shop), "--json").json
    full.mkdir()
    (full / "letter.txt").write_text("dear", "utf-8")
    file.write_text("dear", "utf-8")

    run("init", str(shop)).failed("is a shop already")
    run("init", str(full)).failed("is not empty")
    run("init", str(file)).failed("is not empty")

    assert keys["writeKey"] in (shop / "tactful.toml").read_text("utf-8")
    assert [p.name for p in full.iterdir()] == ["letter.txt"]


def test_init_where_nobody_may_write(tmp_path: Path) -> None:
    """A place that cannot be written is named, in one line."""
    (tmp_path / "file").write_text("", "utf-8")

    run("init", str(tmp_path / "file" / "shop")).failed("not a directory", "file")
