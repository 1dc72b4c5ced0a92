"""
Rows out of product feeds in XML, as Google defines them: RSS 2.0 or Atom, gzipped or not.

Each entry is read and let go before the next: memory does not grow with the feed.  Entities and
whatever points outside of the file are refused.
"""

from __future__ import annotations

import codecs
import gzip
from collections import deque
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    tostring,
)

from tactful.adapters.table_lines import DAMAGE, GZIP_MAGIC, Progress, opened
from tactful.capabilities.collect.tables.rows import LONGEST_RAW, Row
from tactful.terms import Mistake, Trouble

GOOGLE: Final = "{http://base.google.com/ns/1.0}"
ENTRIES: Final = frozenset({"item", "entry"})
LONGEST_ENTRY: Final = 8 << 20
"""How many bytes one entry may have: more is no entry, but an attempt to fill the memory."""

MOST_DEPTH: Final = 32
_HEAD: Final = 256


def is_feed(path: Path) -> bool:
    """Tell whether *path* begins like XML, behind a byte order mark or gzip or not."""
    with opened(path) as file:
        try:
            head = _unpacked(file).read1(_HEAD)
        except DAMAGE:
            return False
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def feed_rows(path: Path, progress: Progress) -> Iterator[Row]:
    """
    Yield each entry of the feed *path* as a row: names without their namespace.

    What stands more than once becomes a list, what holds elements an object.

    Raises:
        Mistake: it is no XML, has no entries, or declares entities; the message says what to do.
        Trouble: the disk fails.
    """
    with opened(path) as file:
        source = _Source(file, progress, path)
        found = False
        try:
            for row in _entries(source):
                found = True
                yield row
        except ParseError as wrong:
            line, column = wrong.position
            raise Mistake(
                f"{path} is no XML from line {line}, column {column + 1} on: mend it and import it "
                f"again; the items before that place are imported"
            ) from None
        except DAMAGE:
            raise Mistake(f"{path} is cut off or damaged: fetch it again") from None
        except OSError as wrong:
            raise Trouble(f"{path} cannot be read any further: {wrong.strerror}") from None
    if not found:
        raise Mistake(f"{path} is XML without products: an <item> or <entry> for each is expected")


def _unpacked(file: BufferedReader) -> BufferedReader | gzip.GzipFile:
    packed = file.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
    return gzip.GzipFile(fileobj=file) if packed else file


class _Source:
    """A file that says how far it was read, and ends an entry that does not end."""

    def __init__(self, file: BufferedReader, progress: Progress, path: Path) -> None:
        self._file = file
        self._source = _unpacked(file)
        self._progress = progress
        self.path = path
        self._total = path.stat().st_size
        self._read = 0

    def read(self, size: int) -> bytes:
        """Return up to *size* more bytes."""
        block = self._source.read(size)
        self._read += len(block)
        if self._read > LONGEST_ENTRY:
            raise Mistake(f"{self.path} has an entry of more than {LONGEST_ENTRY >> 20} MiB")
        self._progress(self._file.tell(), self._total)
        return block

    def ended(self) -> None:
        """Take note that an entry has ended."""
        self._read = 0

    def refuse(self) -> Mistake:
        """Return why a document that declares something is not read."""
        return Mistake(
            f"{self.path} declares entities, with which a file can harm who reads it: "
            f"take the <!DOCTYPE ...> out of it"
        )


class _Builder(TreeBuilder):
    """Builds elements, and remembers at which line each entry begins."""

    def __init__(self, source: _Source) -> None:
        super().__init__()
        self.parser: Any = None
        self.lines: deque[int] = deque()
        self._source = source
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Mistake(f"{self._source.path} holds elements in elements in elements: no feed")
        if _name(tag) in ENTRIES:
            self.lines.append(self.parser.parser.CurrentLineNumber)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def _entries(source: _Source) -> Iterator[Row]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, iterparse

    builder = _Builder(source)
    builder.parser = DefusedXMLParser(target=builder)
    around: list[Element] = []
    entry: Element | None = None
    try:
        for event, element in iterparse(source, events=("start", "end"), parser=builder.parser):
            if event == "start":
                around.append(element)
                entry = element if entry is None and _name(element.tag) in ENTRIES else entry
                continue
            around.pop()
            if entry is None or element is entry:
                if entry is not None:
                    yield _row(entry, builder.lines.popleft())
                    entry = None
                source.ended()
                if around:
                    around[-1].remove(element)
    except DefusedXmlException:
        raise source.refuse() from None


def _row(entry: Element, line: int) -> Row:
    """Read *entry*; what Google names outranks what RSS and Atom name."""
    plain: dict[str, object] = {}
    named: dict[str, object] = {}
    for child in entry:
        _add(named if child.tag.startswith(GOOGLE) else plain, child)
    values = {"id": "", "title": "", **plain, **named}
    return Row(line, values, tostring(entry, encoding="unicode")[:LONGEST_RAW].strip())


def _add(values: dict[str, object], child: Element) -> None:
    name, value = _name(child.tag), _value(child)
    known = values.get(name)
    if known in {None, ""} if isinstance(known, str | None) else False:
        values[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        values[name] = [known, value]


def _value(child: Element) -> object:
    if len(child):
        return {_name(part.tag): (part.text or "").strip() for part in child}
    return (child.text or child.get("href") or "").strip()


def _name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
