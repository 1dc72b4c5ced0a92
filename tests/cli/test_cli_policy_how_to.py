"""The how-to for a privacy officer, done step by step as it is written."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_worlds import Run, run

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "keep-the-register.md"

STEP = re.compile(
    r"^<!-- swap in (?P<file>\S+): (?P<old>.+): (?P<new>.+) -->$"
    r"|(?P<markers>(?:^<!-- .* -->\n)*)^```(?P<language>\w+)\n(?P<text>[\s\S]*?)^```",
    re.MULTILINE,
)
"""A step of the how-to: words to put in place of others, or a block with what is to be done."""


def test_the_how_to_for_a_privacy_officer(
    empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each step of docs/how-to/keep-the-register.md works as it is written, in order.

    In the end the subject is asked again for what changed, and for nothing else.
    """
    monkeypatch.chdir(tmp_path)
    shutil.move(empty.folder, "my-shop")

    printed = "".join(_done(step) for step in STEP.finditer(HOW_TO.read_text("utf-8")))

    assert "speaks of 14 months where it is about measurement" in printed
    assert re.search(r"(?m)^measurement +privacy@1 +1$", printed)
    assert not re.search(r"(?m)^session_personalization +privacy@1 +\d", printed)
    assert re.search(r"(?m)^measurement +grant .* privacy@1 .* to be asked *$", printed)
    assert re.search(r"(?m)^session_personalization +grant .* privacy@1 .* on *$", printed)
    assert re.search(r"(?m)^measurement +grant .* privacy@2 .* on *$", printed)
    page = Path("register.html").read_text("utf-8")
    assert "keep-points" in page
    assert "privacy@shop.example.com" in page


def _done(step: re.Match[str]) -> str:
    """Do one step as a person would; return what was printed."""
    if step["file"]:
        _swap(step["file"], step["old"], step["new"])
        return ""
    if step["language"] == "console":
        return _typed(step["text"], step["markers"])
    return _written(step["markers"], step["text"])


def _typed(text: str, markers: str) -> str:
    fails = re.search(r"<!-- fails: (.*) -->", markers)
    printed = ""
    for line in re.findall(r"(?m)^\$ (.*)$", text):
        command, *arguments = shlex.split(line)
        if command != "tactful":
            subprocess.run([command, *arguments], check=True)
            continue
        ended = run(*arguments)
        assert ended.code == bool(fails), ended
        assert not fails or fails[1] in ended.err
        printed += ended.out
    return printed


def _written(markers: str, text: str) -> str:
    """Write *text* where the markers above it say."""
    told = re.findall(r"<!-- (.*?): (.*) -->", markers)
    assert told, text
    for how, named in told:
        for file in named.split():
            path = Path(file)
            path.write_text(HOW[how](path.read_text("utf-8"), text), "utf-8")
    return ""


HOW: dict[str, Callable[[str, str], str]] = {
    "add to": lambda file, text: f"{file}\n{text}",
    "add below the last line of": lambda file, text: file + text,
    "add below [shop] in": lambda file, text: file.replace("[shop]\n", f"[shop]\n{text}"),
    "uncomment the id in": lambda file, _: re.sub(r"(?m)^# (id = .*)$", r"\1", file),
    "replace in": lambda file, text: re.sub(r"(?m)^material = .*\n", text, file),
}


def _swap(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert text.count(old) == 1
    Path(file).write_text(text.replace(old, new), "utf-8")
