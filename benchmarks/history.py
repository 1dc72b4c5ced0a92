"""
How long a shop's own past takes: import a real purchase log, and train on it, as a shop would.

`python -m benchmarks.history --data FOLDER` (or `TACTFUL_DATA`) reads `online-retail` from FOLDER,
lets every customer in it agree, and times the commands `tactful import` and `tactful train` as
whole processes.  Beside the import stands a bare read of the same file, so that a figure says
something on any machine.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.report import print_table, write_result
from tactful.assembly import init_shop, open_shop
from tactful.shop import Who

LOG = Path("online-retail") / "online_retail.csv.gz"
IMPORT_BAR_SECONDS = 60.0
TRAIN_BAR_SECONDS = 10.0
TELLERS = 32


def main() -> None:
    """Take the figures, print them and write them down."""
    parser = argparse.ArgumentParser(description="time import and training on a real purchase log")
    parser.add_argument(
        "--data", default=os.environ.get("TACTFUL_DATA"), help="folder with the data"
    )
    folder = parser.parse_args().data
    log = Path(folder or ".") / LOG
    if not log.exists():
        sys.exit(f"history: {log} is missing: give the folder of the data sets with --data")
    with tempfile.TemporaryDirectory() as made:
        figures = measure(log, Path(made) / "shop")
    print_table("history", figures)
    print(f"  written to {write_result('history', figures)}")


def measure(log: Path, shop: Path) -> dict[str, object]:
    """Import and train; return seconds, counts and ratios."""
    begun = time.perf_counter()
    customers = read_bare(log)
    bare = time.perf_counter() - begun
    init_shop(shop)
    let_agree(shop, customers)
    import_seconds, imported = command("import", str(log), "--shop", str(shop), "--as", "orders")
    train_seconds, trained = command("train", "--shop", str(shop))
    return {
        "customers": len(customers),
        "bare read of the file, s": bare,
        "tactful import, s": import_seconds,
        "import to bare read": import_seconds / bare,
        "import bar, s": IMPORT_BAR_SECONDS,
        "imported": imported,
        "tactful train, s": train_seconds,
        "train bar, s": TRAIN_BAR_SECONDS,
        "trained": trained,
    }


def read_bare(log: Path) -> list[str]:
    """Do the least that any import must: decompress, split, and look at one column."""
    with gzip.open(log, "rt", encoding="utf-8", errors="replace", newline="") as file:
        return sorted({row["CustomerID"] for row in csv.DictReader(file)} - {""})


def let_agree(shop: Path, customers: list[str]) -> None:
    """Record that every customer agrees, so that nothing of the log is refused."""
    opened = open_shop(shop)
    purposes = ("individual_personalization", "model_training", "measurement")

    def agree(customer: str) -> None:
        who = Who(user_id=customer)
        opened.shop.consent(who, dict.fromkeys(purposes, "grant"), notice="privacy@1")

    with ThreadPoolExecutor(TELLERS) as tellers:
        list(tellers.map(agree, customers))
    opened.close()


def command(*words: str) -> tuple[float, object]:
    """Run one `tactful` command; return its seconds and what it says with --json."""
    begun = time.perf_counter()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tactful")), *words, "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - begun, json.loads(done.stdout)


if __name__ == "__main__":
    main()
