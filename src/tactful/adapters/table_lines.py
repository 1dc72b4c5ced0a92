"""
Lines of text out of files as people have them: gzipped or not, cut off, in the wrong encoding.

Yields one value per line, so that counting them gives line numbers; never more than a block of
the file is in memory.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol

from tactful.capabilities.collect.rows import LONGEST_RAW, Reject
from tactful.terms import Mistake, Trouble

BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
HOPELESS = 0.2
"""With this share of the first lines unreadable it is the encoding that is wrong, not the lines."""

GZIP_MAGIC = b"\x1f\x8b"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)

Progress = Callable[[int, int], None]
"""Told how many bytes of the file were read so far, of how many; compressed ones where it is."""


class Reads(Protocol):
    """What gives bytes: a file, or what unpacks one."""

    def read(self, size: int, /) -> bytes:
        """Return up to *size* bytes, none at the end."""


def read_lines(path: Path, *, encoding: str, progress: Progress) -> Iterator[str | Reject]:
    """
    Yield the lines of *path* without their ends; a line that cannot be read is a `Reject`.

    Args:
        path: A text file, gzipped or not.
        encoding: What to try for a line that is not UTF-8.
        progress: Told about each block.

    Raises:
        Mistake: the file is missing, is empty, or is not text in any way we can guess.
        Trouble: the disk fails.
    """
    number = 0
    with ExitStack() as stack:
        blocks = _blocks(_unpacked(path, stack, progress), path)
        try:
            for number, line in enumerate(_byte_lines(blocks, path, encoding), 1):
                yield _text(line, number, encoding)
        except DAMAGE:
            yield Reject(line=number + 1, reason="the compressed file is cut off or damaged here")
        except OSError as wrong:
            raise Trouble(f"{path} cannot be read any further: {wrong.strerror}") from None


def opened(path: Path) -> BinaryIO:
    """
    Open *path* for reading.

    Raises:
        Mistake: it is missing, is a folder, may not be read, or is empty.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Mistake(f"{path} does not exist") from None
    except IsADirectoryError:
        raise Mistake(f"{path} is a folder: name the file") from None
    except OSError as wrong:
        raise Mistake(f"{path} cannot be read: {wrong.strerror}") from None
    if not path.stat().st_size:
        file.close()
        raise Mistake(f"{path} is empty")
    return file


def _unpacked(path: Path, stack: ExitStack, progress: Progress) -> Callable[[], bytes]:
    """Return what reads the next block of the file's text and tells how far it got."""
    file = stack.enter_context(opened(path))
    total = path.stat().st_size
    packed = file.peek(2)[:2] == GZIP_MAGIC
    source = stack.enter_context(gzip.GzipFile(fileobj=file)) if packed else file

    def read() -> bytes:
        # read1: what was unpacked before the damage is kept
        block = source.read1(BLOCK)
        progress(min(file.tell(), total), total)
        return block

    return read
