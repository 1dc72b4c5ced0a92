"""Append to a store until killed, printing how much was acknowledged: see `DurabilitySuite`."""

from __future__ import annotations

import sys
from pathlib import Path

from postgres_shelf import PostgresShelf

from tactful.testing.conformance.durability import BATCH


def main() -> None:
    """Append to the store at the address given, from the number given on."""
    shelf = PostgresShelf(sys.argv[1], Path(sys.argv[2]))
    ann = shelf.subject("ann")
    number = int(sys.argv[3])
    while True:
        shelf.see(ann, *(str(n) for n in range(number, number + BATCH)))
        number += BATCH
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
