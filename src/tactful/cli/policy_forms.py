"""
The register and the notice as documents: text, CSV and HTML.

An HTML page stands alone: no script, nothing loaded, everything that is not ours escaped.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from tactful.terms import STRICTEST

if TYPE_CHECKING:
    from tactful.capabilities.consent import NoticeShown
    from tactful.capabilities.policy import Entry, Ground, Register

MISSING = "missing"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of showing it."""

_DEFAULTS = {"always": "always on", "on": "on until refused", "off": "off until allowed"}


def entry_lines(entry: Entry) -> Mapping[str, str]:
    """Return what is recorded about an activity, by what Art. 30(1) calls it."""
    return {
        "purpose (b)": f"{entry.purpose_title} ({entry.purpose}): {', '.join(entry.uses)}",
        "subjects (c)": entry.subjects,
        "categories of data (c)": ", ".join(entry.categories),
        "recipients (d)": ", ".join(entry.recipients) or "none",
        "transfers to third countries (e)": entry.transfers,
        "time limit for erasure (f)": _retention(entry.retention_days),
        **{f"legal basis, {_law(ground.regime)}": _ground(ground) for ground in entry.grounds},
        **{f"legal basis, {_law(regime)}": "none: refused" for regime in entry.without},
        "profiling": "yes" if entry.profiling else "no",
        "impact assessment": entry.dpia or "none",
    }


def register_text(register: Register) -> str:
    """Return the register as lines to read on a terminal."""
    return "\n".join(_register_lines(register)) + "\n"


def _register_lines(register: Register) -> Iterator[str]:
    yield "Record of processing activities (GDPR Art. 30(1))"
    yield ""
    yield f"controller (a): {register.controller or MISSING}"
    yield f"contact (a): {register.contact or MISSING}"
    for entry in register.entries:
        yield ""
        yield f"{entry.activity}: {entry.title}"
        yield from (f"  {name}: {value}" for name, value in entry_lines(entry).items())
    yield ""
    yield "security measures (g)"
    yield from (f"  {measure}" for measure in register.measures)
    yield ""
    yield "to be added by hand"
    yield from (f"  {what}" for what in register.missing)


def register_csv(register: Register) -> str:
    """Return the register with one row per activity; every row stands for itself."""
    written = io.StringIO()
    rows = [_row(register, entry) for entry in register.entries]
    table = csv.DictWriter(written, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def _row(register: Register, entry: Entry) -> dict[str, str]:
    return {
        "activity": entry.activity,
        "title": entry.title,
        "controller (a)": register.controller or MISSING,
        "contact (a)": register.contact or MISSING,
        **entry_lines(entry),
        "security measures (g)": " ".join(register.measures),
    }


def _cell(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def register_html(register: Register, *, drawn: date) -> str:
    """Return the register as a page to print, drawn up on the day *drawn*."""
    entries = [(entry, entry_lines(entry)) for entry in register.entries]
    return _page("register.html", register=register, entries=entries, drawn=drawn.isoformat())


def notice_plain(shown: NoticeShown) -> dict[str, object]:
    """Return the notice as `GET /v1/notices/current` answers it."""
    notice = shown.notice
    return {
        "id": notice.id,
        "version": notice.version,
        "hash": notice.hash,
        "locale": notice.locale,
        "regime": shown.regime.id,
        "purposes": [asdict(offered) for offered in shown.purposes],
        "text": notice.text,
    }


def notice_text(shown: NoticeShown) -> str:
    """Return the notice as it was written, then what it offers."""
    notice = shown.notice
    lines = [notice.title, "", notice.text, "", _where(shown), ""]
    lines += [
        f"{p.title} ({p.purpose}): {_DEFAULTS[p.default]}; basis: {p.basis}" for p in shown.purposes
    ]
    return "\n".join(lines) + "\n"


def notice_html(shown: NoticeShown) -> str:
    """Return the notice as a page."""
    return _page("notice.html", shown=shown, where=_where(shown), defaults=_DEFAULTS)


def _where(shown: NoticeShown) -> str:
    notice = shown.notice
    return f"{notice.name}, {notice.locale}, under {shown.regime.id} ({shown.regime.law})"


def _retention(days: int | None) -> str:
    return "nothing is stored" if days is None else f"{days} days"


def _ground(ground: Ground) -> str:
    doubt = "" if ground.checked else ", to be checked"
    return f"{ground.basis} ({ground.mode}): {ground.citation}{doubt}"


def _law(regime: str) -> str:
    return "where no region is known" if regime == STRICTEST else regime


def _page(template: str, **shown: object) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markdown_it import MarkdownIt

    templates = Environment(
        loader=PackageLoader("tactful.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["markdown"] = MarkdownIt("commonmark", {"html": False}).render
    return templates.get_template(template).render(shown)
