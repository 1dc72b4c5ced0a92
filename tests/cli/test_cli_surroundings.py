"""Full disks, taken ports, second servers, Ctrl-C and closed pipes, met by real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_worlds import EVERYTHING, Run, orders_csv, run, subjects_csv

CALL = "from tactful.cli import main; main()"
BOUNDED = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({{size}}, {{size}})); {CALL}"
WAIT_SECONDS = 60
NAMES = [f"buyer-{number}" for number in range(3_000)]


def command(*arguments: str, code: str = CALL) -> list[str]:
    """Return how a process of its own runs `tactful` with *arguments*."""
    return [sys.executable, "-c", code, *arguments]


def one_line(ended: subprocess.CompletedProcess[str], *words: str, code: int = 1) -> None:
    """Check that a process failed with one line that says *words*."""
    assert ended.returncode == code, ended
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert [word for word in words if word not in ended.stderr] == [], ended.stderr


@pytest.fixture
def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(shop: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that serves *shop*, once it answers; stop it the gentle way."""
    words = command("serve", "--shop", str(shop), "--port", str(port))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as it:
        try:
            _wait_until_ready(it, port)
            yield it
        finally:
            it.terminate()
            it.communicate(timeout=WAIT_SECONDS)


def _wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not get ready")


def test_import_beside_a_running_server(taught: Run, free_port: int) -> None:
    """Importing and training while a server runs on the folder breaks neither."""
    people = taught.file("more-people.csv", subjects_csv(NAMES[:200], EVERYTHING))
    orders = taught.file("more-orders.csv", orders_csv(NAMES[:200]))
    with served(taught.folder, free_port) as server:
        assert taught("import", people, "--as", "subjects", "--json").json["rejected"] == 0
        assert taught("import", orders, "--as", "orders", "--json").json["new"] == 376
        assert taught("train").code == 0
        url = f"http://127.0.0.1:{free_port}/readyz"
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.status == 200
        assert server.poll() is None

    assert server.returncode == 0


def test_one_server_a_folder_and_a_port(taught: Run, free_port: int, tmp_path: Path) -> None:
    """A second server on the folder, and one on the port, are refused in one line each."""
    other = tmp_path / "other"
    assert run("init", str(other)).code == 0
    with served(taught.folder, free_port):
        again = command("serve", "--shop", str(taught.folder), "--port", str(free_port))
        beside = command("serve", "--shop", str(other), "--port", str(free_port))
        one_line(_ended(again), "another server")
        one_line(_ended(beside), f"{free_port}", "in use")


def test_more_workers_than_the_store_can_serve(empty: Run) -> None:
    """The embedded store is served by one process, and the message says so."""
    empty("serve", "--workers", "2").failed("one process")


def test_a_full_disk_under_a_new_shop(tmp_path: Path) -> None:
    """A shop that does not fit leaves nothing that stands in the way of the next try."""
    shop = str(tmp_path / "shop")

    one_line(_ended(command("init", shop, code=BOUNDED.format(size=2_000))), "file too large")

    assert run("init", shop).code == 0


def test_demo_looks_at_the_port_before_its_work(tmp_path: Path) -> None:
    """A taken port is told at once, not after minutes; the shop is not begun."""
    controller, terminal = os.openpty()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = command("demo", "--shop", str(tmp_path / "demo"), "--port", port)
        ended = subprocess.run(
            words,
            stdout=terminal,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=WAIT_SECONDS,
        )
    os.close(controller)
    os.close(terminal)

    one_line(ended, port, "in use")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_loses_nothing(empty: Run) -> None:
    """Out of space in the middle of an import: one line; afterwards all is imported once."""
    people = empty.file("people.csv", subjects_csv(NAMES[:50], EVERYTHING))
    orders = empty.file("orders.csv", orders_csv(NAMES[:50] * 1) + _long_orders())
    assert empty("import", people, "--as", "subjects").code == 0
    largest = max(p.stat().st_size for p in empty.folder.rglob("*") if p.is_file())
    words = ("import", orders, "--as", "orders", "--shop", str(empty.folder))

    bounded = BOUNDED.format(size=largest + 60_000)
    one_line(_ended(command(*words, code=bounded)), "cannot write", "free some space")

    report = run(*words, "--json").json
    assert report["rejected"] == 0
    assert len(empty("subject", "export", NAMES[0]).json["events"]) == 2 + 2_000
    assert run(*words, "--json").json["new"] == 0


def test_a_full_disk_under_an_export(taught: Run, tmp_path: Path) -> None:
    """An export that does not fit leaves no half of itself behind."""
    out = tmp_path / "export.json"
    words = ("subject", "export", "buyer-0", "--shop", str(taught.folder), "--out", str(out))

    one_line(_ended(command(*words, code=_writing_at_most(1_000))), "file too large")

    assert not out.exists()


def test_ctrl_c_says_how_to_go_on(empty: Run) -> None:
    """Ctrl-C during an import: exit status 130, one line, and no trace."""
    people = empty.file("people.csv", subjects_csv(NAMES * 5, EVERYTHING))
    words = command("import", people, "--as", "subjects", "--shop", str(empty.folder))
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        _wait_for_growth(empty.folder / "data")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=WAIT_SECONDS)

    assert process.returncode == 130
    assert len(error.splitlines()) == 1, error
    assert "again" in error


def test_a_reader_that_goes_away(taught: Run) -> None:
    """`tactful ... | head -0` ends quietly."""
    reader, writer = os.pipe()
    os.close(reader)
    words = command("subject", "export", "buyer-0", "--shop", str(taught.folder))
    ended = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)

    assert ended.stderr == ""


def _ended(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)


def _long_orders() -> str:
    """Return many more orders of the first buyer: more than fits."""
    lines = (
        f"long-{number},{NAMES[0]},2025-04-{1 + number % 28:02d}T10:00:00Z,item-{number},1,1.00,EUR"
        for number in range(2_000)
    )
    return "\n".join(lines) + "\n"


def _writing_at_most(size: int) -> str:
    """Return a program that runs `tactful`, and may write *size* bytes once the shop is open."""
    return (
        "import resource as r, tactful.cli.subject as s; write = s._write_new\n"
        "def bounded(path, text):\n"
        f"    r.setrlimit(r.RLIMIT_FSIZE, ({size}, {size})); write(path, text)\n"
        f"s._write_new = bounded\n{CALL}"
    )


def _wait_for_growth(folder: Path) -> None:
    """Wait until the store has been written to for a while."""
    before = sum(p.stat().st_size for p in folder.iterdir())
    until = time.monotonic() + WAIT_SECONDS
    while sum(p.stat().st_size for p in folder.iterdir()) < before + 1_000_000:
        assert time.monotonic() < until
        time.sleep(0.02)
