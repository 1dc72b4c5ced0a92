"""
Read notices: Markdown files with TOML front matter and a section per purpose.

    +++
    title = "Your data, your choice"
    material = ["advertising"]
    effective = 2026-11-23
    +++

    An introduction.

    ## Running the shop {#necessary}

    What is said about the purpose `necessary`.

A heading without `{#purpose}` begins a section about no purpose.  Rendering is not done here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable

import msgspec

from tactful.adapters.policy_tables import Entry, decode, one_of, parse_toml, read_text
from tactful.terms import Notice, PolicyMistake

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAME = re.compile(r"(?P<version>[1-9]\d{0,5})\.(?P<locale>[a-z]{2,3})\.md")
_FRONT = re.compile(r"\A\+\+\+\n(?P<head>.*?\n)\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^## +(?P<title>.*?) *(?:\{#(?P<purpose>[\w-]*)\})? *$", re.MULTILINE)


class _Head(msgspec.Struct, frozen=True):
    title: str
    material: bool | tuple[str, ...]
    effective: date
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFile:
    """A file that holds a notice, as its folder and name say."""

    id: str
    version: int
    locale: str
    called: str
    file: Traversable


def notice_files(folder: Traversable, called: str) -> Iterator[NoticeFile]:
    """
    Yield the notices under *folder*, which messages call *called*, in the order of their names.

    Raises:
        PolicyMistake: a Markdown file is not named `<version>.<locale>.md`.
    """
    if not folder.is_dir():
        return
    for notice in sorted(folder.iterdir(), key=lambda f: f.name):
        if notice.is_dir():
            yield from _versions(notice, f"{called}/{notice.name}")
        elif notice.name.endswith(".md"):
            raise PolicyMistake(f"{called}/{notice.name}: move it into a folder: privacy/2.en.md")


def _versions(notice: Traversable, called: str) -> Iterator[NoticeFile]:
    if not _ID.fullmatch(notice.name):
        raise PolicyMistake(f"{called}: name the folder in lower case without signs, as privacy")
    for file in sorted(notice.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".md"):
            continue
        named = _NAME.fullmatch(file.name)
        if named is None:
            raise PolicyMistake(f"{called}/{file.name}: name it <version>.<locale>.md, as 2.en.md")
        yield NoticeFile(
            id=notice.name,
            version=int(named["version"]),
            locale=named["locale"],
            called=f"{called}/{file.name}",
            file=file,
        )


def read_notice(found: NoticeFile, *, purposes: Iterable[str], removed: frozenset[str]) -> Notice:
    """
    Return the notice in the file *found*.

    Args:
        found: The file.
        purposes: What a section may be about.
        removed: Purposes that the shop does without: their sections say nothing to anybody.

    Raises:
        PolicyMistake: the front matter or a section is wrong.
    """
    text = read_text(found.file, found.called)
    front = _FRONT.match(text)
    if front is None:
        raise PolicyMistake(f"{found.called}: begin it with front matter between two lines of +++")
    table = parse_toml("\n" + front["head"], found.called)  # the +++ is line 1
    head = decode(Entry(name="", where=f"{found.called}, front matter", table=table), _Head)
    sections = _sections(front["body"], found.called)
    for purpose in sections:
        one_of(purpose, [*purposes, *removed], found.called, "purpose of a section")
    material = _material(head.material, sections, found.called)
    return Notice(
        id=found.id,
        version=found.version,
        locale=found.locale,
        material=material - removed,
        title=head.title,
        text=_HEADING.sub(r"## \g<title>", front["body"]).strip(),
        texts={purpose: said for purpose, said in sections.items() if purpose not in removed},
        hash=hashlib.sha256(found.file.read_bytes()).hexdigest(),
        review=head.review,
        titles={h["purpose"]: h["title"] for h in _headings(front["body"]) if h["purpose"]},
    )


def _material(
    told: bool | tuple[str, ...],  # noqa: FBT001 - as the file has it
    sections: Collection[str],
    called: str,
) -> frozenset[str]:
    """Return the purposes that must be asked about again: all that it covers, or those named."""
    if isinstance(told, bool):
        return frozenset(sections if told else ())
    for purpose in told:
        one_of(purpose, sections, f"{called}, front matter, material", "purpose of a section")
    return frozenset(told)


def _headings(body: str) -> list[re.Match[str]]:
    return list(_HEADING.finditer(body))


def _sections(body: str, called: str) -> dict[str, str]:
    """Return what stands under each heading that names a purpose."""
    headings = _headings(body)
    ends = [heading.start() for heading in headings[1:]] + [len(body)]
    sections: dict[str, str] = {}
    for heading, end in zip(headings, ends, strict=True):
        if (purpose := heading["purpose"]) is None:
            continue
        if not heading["title"]:
            raise PolicyMistake(
                f"{called}: the section about {purpose} has no heading: "
                f"write ## Title {{#{purpose}}}"
            )
        if purpose in sections:
            raise PolicyMistake(f"{called}: two sections about {purpose}: make them one")
        sections[purpose] = body[heading.end() : end].strip()
        if not sections[purpose]:
            raise PolicyMistake(f"{called}: the section about {purpose} is empty: write its text")
    return sections
