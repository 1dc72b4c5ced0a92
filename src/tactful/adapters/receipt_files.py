"""
Receipts as files: written for their owner's eyes only, and read no further than they can go.

What they say, and whether it can be believed, is judged by `tactful.capabilities.consent`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tactful.adapters.key_file import write_private
from tactful.capabilities.consent import SignedReceipt
from tactful.terms import Mistake

LARGEST_BYTES: Final = 1_000_000


def write_receipts(folder: Path, receipts: Iterable[SignedReceipt]) -> tuple[Path, ...]:
    """
    Write one file per receipt to *folder*, which is made if need be; return the files.

    Raises:
        Mistake: a file is there already, and says something else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tuple(_write(folder / f"receipt-{one.record}.json", one) for one in receipts)


def read_small(path: Path) -> bytes:
    """
    Return what is in the file at *path*.

    Raises:
        Mistake: it is larger than any receipt, or set of keys, is.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise Mistake(f"it is larger than {LARGEST_BYTES:,} bytes: it is no receipt, and no key")
    return content


def _write(path: Path, receipt: SignedReceipt) -> Path:
    text = json.dumps(receipt.as_json(), ensure_ascii=False, indent=2) + "\n"
    try:
        write_private(path, text.encode())
    except FileExistsError as error:
        if path.read_bytes() != text.encode():
            raise Mistake(f"{path} exists already, and says something else") from error
    return path
