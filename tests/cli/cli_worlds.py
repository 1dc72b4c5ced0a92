"""Small files to import, and commands run the way a person runs them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tactful.cli import main

NOTICE = "privacy@1"
EVERYTHING = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
)
PAIRS = (("kettle", "teapot"), ("lamp", "rug"))


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what it printed, read as JSON."""
        return json.loads(self.out)

    def failed(self, *words: str, code: int = 1) -> None:
        """Check that it failed with one line that says *words*, and no trace."""
        assert self.code == code, self
        assert len(self.err.splitlines()) == 1, self.err
        assert self.err.startswith("tactful: ")
        assert [word for word in words if word not in self.err] == [], self.err


def run(*arguments: str, stdin: str | None = None) -> Ended:
    """Run `tactful` with *arguments*; an error that is not a message is raised."""
    result = CliRunner().invoke(main, arguments, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(code=result.exit_code, out=result.stdout, err=result.stderr)


@dataclass(frozen=True)
class Run:
    """Runs commands on one shop."""

    folder: Path

    def __call__(self, *arguments: str, stdin: str | None = None) -> Ended:
        """Run `tactful` with *arguments* on the shop."""
        return run(*arguments, "--shop", str(self.folder), stdin=stdin)

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file beside the shop and return its path."""
        path = self.folder.parent / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


def subjects_csv(names: Iterable[str], purposes: Sequence[str], *, word: str = "grant") -> str:
    """Return subjects in Germany who all said *word* about *purposes* in 2025."""
    columns = ["userId", "region", "notice", "at", *(f"consent.{p}" for p in purposes)]
    said = [word] * len(purposes)
    rows = [[name, "DE", NOTICE, "2025-01-01T00:00:00Z", *said] for name in names]
    return "\n".join(",".join(row) for row in (columns, *rows)) + "\n"


def orders_csv(names: Iterable[str]) -> str:
    """Return two orders of a pair of things for each of *names*, weeks apart in 2025."""
    lines = ["order_id,userId,date,product_id,quantity,price,currency"]
    for number, name in enumerate(names):
        pair = PAIRS[number % len(PAIRS)]
        for month in ("03", "06"):
            day = 1 + number % 28
            lines += [
                f"{name}-{month},{name},2025-{month}-{day:02d}T10:00:00Z,{item},1,9.90,EUR"
                for item in pair
            ]
    return "\n".join(lines) + "\n"
