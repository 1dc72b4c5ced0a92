"""Append to a store until killed, printing how much was acknowledged: see `DurabilitySuite`."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlite_shelf import SqliteShelf

from tactful.testing.conformance.durability import BATCH


def main() -> None:
    """Append to the store in the folder given, from the number given on."""
    shelf = SqliteShelf(Path(sys.argv[1]))
    ann = shelf.subject("ann")
    number = int(sys.argv[2])
    while True:
        shelf.see(ann, *(str(n) for n in range(number, number + BATCH)))
        number += BATCH
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
