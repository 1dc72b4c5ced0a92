"""Search every byte of a shop's folder, as somebody would who wants to find a person in it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq


def forms_of(needle: bytes) -> Iterator[bytes]:
    """Yield *needle* as it may be written: plain, in UTF-16, base64 at any offset, hexadecimal."""
    yield needle
    yield needle.hex().encode()
    yield needle.hex().upper().encode()
    with suppress(UnicodeDecodeError):
        yield needle.decode().encode("utf-16-le")
    for lead in range(3):
        coded = base64.b64encode(bytes(lead) + needle)
        whole = coded[4 if lead else 0 : len(coded) - 4]  # what does not hang on the neighbours
        if len(whole) >= len(needle):
            yield whole
            yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def found(folder: Path, needles: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return which of *needles* lie in which files of *folder*, in any form."""
    forms = {name: set(forms_of(needle)) for name, needle in needles.items()}
    places: dict[str, list[str]] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = b"".join(_contents(path))
        for name, written in forms.items():
            if any(form in content for form in written):
                places.setdefault(name, []).append(path.relative_to(folder).as_posix())
    return places


def _contents(path: Path) -> Iterable[bytes]:
    """Yield the bytes of a file, its name, and what it holds once unpacked."""
    yield path.read_bytes()
    yield str(path).encode()
    if path.suffix == ".parquet":
        for row in pq.ParquetFile(path).read().to_pylist():
            for value in row.values():
                yield value if isinstance(value, bytes) else str(value).encode()
                yield b" "
