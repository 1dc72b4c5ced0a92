"""Run every benchmark in turn: `make bench`, with TACTFUL_DATA naming the data sets."""

from __future__ import annotations

import os
import subprocess
import sys

NAMES = (
    "gate",
    "standings",
    "consent_strings",
    "merging",
    "history",
    "http",
    "lake",
    "protocols",
    "postgres",
    "scale",
)
NEED_DATA = frozenset({"history", "http", "protocols"})


def main() -> None:
    """Run each in a process of its own, so that none warms the other."""
    data = os.environ.get("TACTFUL_DATA")
    for name in NAMES:
        if name in NEED_DATA and not data:
            print(f"\n{name}: left out: name the folder of the data sets in TACTFUL_DATA")
            continue
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
