"""
Lines of text out of files as people have them: gzipped or not, cut off, in the wrong encoding.

Yields one value per line, so that counting them gives line numbers; never more than a few blocks
of the file are in memory.
"""

from __future__ import annotations

import codecs
import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

from tactful.capabilities.collect.tables.rows import LONGEST_RAW, Reject
from tactful.terms import Mistake, Trouble

BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
HOPELESS = 0.2
"""With more than this share of the first lines unreadable, it is the encoding that is wrong."""

GZIP_MAGIC = b"\x1f\x8b"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)
NOT_UTF_8 = 'not UTF-8: if it is an older encoding write encoding = "cp1252", say, under [file]'

Progress = Callable[[int, int], None]
"""Told how many bytes of the file were read so far, of how many; packed ones where it is packed."""


def opened(path: Path) -> BufferedReader:
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


def read_lines(path: Path, *, encoding: str, progress: Progress) -> Iterator[str | Reject]:
    """
    Yield the lines of *path* without their ends; a line that cannot be read is a `Reject`.

    Args:
        path: A text file, gzipped or not.
        encoding: What to try for a line that is not UTF-8.
        progress: Told about each block.

    Raises:
        Mistake: the file cannot be opened, or is not text in any encoding we know of.
        Trouble: the disk fails.
    """
    number = 0
    with opened(path) as file:
        blocks = _blocks(file, progress, path.stat().st_size)
        try:
            lines = _split(_in_utf_8(blocks, path, encoding))
            for number, line in enumerate(lines, 1):
                yield _text(line, number, encoding)
        except DAMAGE:
            yield Reject(line=number + 1, reason="the compressed file is cut off or damaged here")
        except OSError as wrong:
            raise Trouble(f"{path} cannot be read any further: {wrong.strerror}") from None


def _blocks(file: BufferedReader, progress: Progress, total: int) -> Iterator[bytes]:
    packed = file.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
    source = gzip.GzipFile(fileobj=file) if packed else file
    while block := source.read1(BLOCK):  # read1 hands out what was unpacked before any damage
        progress(file.tell(), total)
        yield block
    progress(total, total)


def _in_utf_8(blocks: Iterator[bytes], path: Path, encoding: str) -> Iterator[bytes]:
    """Yield *blocks* without byte order marks, UTF-16 turned into UTF-8."""
    first = next(blocks, b"")
    if not first:
        raise Mistake(f"{path} is empty")
    if first.startswith(UTF_16):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield from (decoder.decode(block).encode() for block in itertools.chain([first], blocks))
        return
    if first.count(0) > len(first) * HOPELESS:
        raise Mistake(f"{path} is not text: save it as CSV, JSON lines or Parquet, in UTF-8")
    if not first.isascii() and _unreadable(first, encoding) > HOPELESS:
        raise Mistake(f"{path} is {NOT_UTF_8} in a map file and give it with --map")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _unreadable(block: bytes, encoding: str) -> float:
    """Return the share of lines in *block* that cannot be decoded; the first one decides alone."""
    lines = block.removeprefix(codecs.BOM_UTF8).split(b"\n")[:-1]
    bad = [_decoded(line, encoding) is None for line in lines] or [False]
    return 1.0 if bad[0] else sum(bad) / len(bad)


def _split(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long, the beginning."""
    newline, tail, skipping = b"", b"", False
    for block in blocks:
        newline = newline or (b"\r" if b"\r" in block and b"\n" not in block else b"\n")
        *lines, tail = (tail + block).split(newline)
        if skipping and lines:
            del lines[0]
            skipping = False
        yield from lines
        if skipping or len(tail) > LONGEST_LINE:
            yield from () if skipping else (tail,)
            tail, skipping = b"", True
    if tail:
        yield tail


def _text(line: bytes, number: int, encoding: str) -> str | Reject:
    found = _decoded(line, encoding)
    if found is not None and len(line) <= LONGEST_LINE and "\0" not in found:
        return found
    reason = NOT_UTF_8 + " of the map"
    if len(line) > LONGEST_LINE:
        reason = "the line is longer than 1 MiB"
    elif found is not None:
        reason = "contains a NUL byte"
    raw = line[:LONGEST_RAW].decode("utf-8", "replace").replace("\0", "\N{SYMBOL FOR NULL}")
    return Reject(line=number, reason=reason, raw=raw)


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
