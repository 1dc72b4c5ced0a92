"""
The register of activities as text, CSV and HTML.

Regimes that treat a purpose alike stand together, and where each ground is written stands once per
purpose in an annex.  A row of CSV stands for itself and has every law.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from tactful.capabilities.profile import FEATURES
from tactful.cli.policy_papers import paper
from tactful.cli.policy_phrases import ENGLISH
from tactful.terms import STRICTEST, LegalBasis, Mode

if TYPE_CHECKING:
    from tactful.capabilities.policy import Entry, Ground, Law, Register

MISSING = "missing"
NOBODY = "none: nobody outside receives data"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of showing it."""

Laws = Mapping[str, str]
"""What the register calls each regime, by its id."""


def entry_lines(entry: Entry) -> Mapping[str, str]:
    """Return what is recorded about an activity but its grounds, as Art. 30(1) calls it."""
    reviews = (f"{what} by {due}" for what, due in entry.reviews)
    return {
        "purpose (b)": f"{entry.purpose_title} ({entry.purpose}): {', '.join(entry.uses)}",
        "categories of subjects (c)": entry.subjects,
        "categories of data (c)": ", ".join(entry.categories),
        "recipients (d)": ", ".join(entry.recipients) or "none",
        "transfers to third countries (e)": _transfers(entry),
        "time limit for erasure (f)": _retention(entry.retention_days),
        "profiling": "yes" if entry.profiling else "no",
        "features of the purpose": ", ".join(_features(entry.purpose)) or "none",
        "impact assessment": entry.dpia or "none",
        "next review": ", ".join(reviews) or "none set",
    }


def bases(entry: Entry, laws: Laws) -> Mapping[str, str]:
    """Return by basis and mode the laws under which the activity rests on that."""
    alike: dict[str, list[str]] = {}
    for ground in entry.grounds:
        alike.setdefault(f"{_basis(ground)}, {_mode(ground)}", []).append(laws[ground.regime])
    for regime in entry.without:
        alike.setdefault("none, refused", []).append(laws[regime])
    return {how: ", ".join(named) for how, named in alike.items()}


def register_text(register: Register) -> str:
    """Return the register as lines to read on a terminal."""
    return "\n".join(_register_lines(register)) + "\n"


def _register_lines(register: Register) -> Iterator[str]:
    yield from ("Record of processing activities (GDPR Art. 30(1))", "")
    yield f"controller (a): {register.controller or MISSING}"
    yield f"contact (a): {register.contact or MISSING}"
    laws = _called(register)
    for entry in register.entries:
        yield from ("", f"{entry.activity}: {entry.title}")
        yield from (f"  {name}: {value}" for name, value in entry_lines(entry).items())
        yield from (f"  legal basis: {how}: {named}" for how, named in bases(entry, laws).items())
    for heading, lines in (
        ("security measures (g)", register.measures),
        ("to be added by hand", register.missing),
        ("the laws", [_law_line(law, laws) for law in register.laws]),
    ):
        yield from ("", heading, *(f"  {line}" for line in lines))
    for title, grounds in _annex(register):
        yield from ("", f"where it is written: {title}")
        yield from (f"  {laws[ground.regime]}: {_ground(ground)}" for ground in grounds)


def register_csv(register: Register) -> str:
    """Return the register with one row per activity; every row stands for itself."""
    written = io.StringIO()
    rows = [_row(register, entry) for entry in register.entries]
    table = csv.DictWriter(written, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def _row(register: Register, entry: Entry) -> dict[str, str]:
    based = {ground.regime: _ground(ground) for ground in entry.grounds}
    return {
        "activity": entry.activity,
        "title": entry.title,
        "controller (a)": register.controller or MISSING,
        "contact (a)": register.contact or MISSING,
        **entry_lines(entry),
        **{
            f"legal basis, {called}": based.get(regime, "none: refused")
            for regime, called in _called(register).items()
        },
        "security measures (g)": " ".join(register.measures),
    }


def _cell(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def register_html(register: Register, *, drawn: date) -> str:
    """Return the register as a page to print, drawn up on the day *drawn*."""
    laws = _called(register)
    entries = [(entry, entry_lines(entry), bases(entry, laws)) for entry in register.entries]
    return paper(
        "register.html",
        register=register,
        entries=entries,
        laws=laws,
        annex=[(title, _alike(grounds)) for title, grounds in _annex(register)],
        drawn=drawn.isoformat(),
    )


def _annex(register: Register) -> Iterator[tuple[str, tuple[Ground, ...]]]:
    """Yield each purpose once, with its grounds: they are the same for all of its activities."""
    purposes = {entry.purpose: entry for entry in register.entries}
    for name, entry in purposes.items():
        yield f"{entry.purpose_title} ({name})", entry.grounds


def _alike(grounds: Iterable[Ground]) -> Mapping[str, list[Ground]]:
    """Put the grounds together under which a purpose stands alike."""
    alike: dict[str, list[Ground]] = {}
    for ground in grounds:
        alike.setdefault(_how(ground), []).append(ground)
    return alike


def _called(register: Register) -> Laws:
    return {law.regime: _law(law) for law in register.laws}


def _law(law: Law) -> str:
    if law.regime == STRICTEST:
        return "no region known"
    return f"country {', '.join(law.regions)} alone" if law.follows else law.regime


def _law_line(law: Law, laws: Laws) -> str:
    review = f"; next review by {law.review}" if law.review else ""
    return f"{laws[law.regime]}: {law.law}; {', '.join(law.regions) or 'elsewhere'}{review}"


def _transfers(entry: Entry) -> str:
    return "; ".join(entry.transfers) or ("not recorded" if entry.recipients else NOBODY)


def _features(purpose: str) -> Iterator[str]:
    """Yield what is computed of a person for *purpose*."""
    return (feature.title.lower() for feature in FEATURES if purpose in feature.purposes)


def _retention(days: int | None) -> str:
    return "nothing is stored" if days is None else f"{days} days"


def _ground(ground: Ground) -> str:
    return f"{_how(ground)}: {ground.citation}{'' if ground.checked else ' (to be checked)'}"


def _how(ground: Ground) -> str:
    lasts = f"; a yes counts {ground.lifetime_days} days" if ground.lifetime_days else ""
    return f"{_basis(ground)}, {_mode(ground)}{lasts}"


def _basis(ground: Ground) -> str:
    return ENGLISH.bases[LegalBasis(ground.basis)]


def _mode(ground: Ground) -> str:
    return _MODES[Mode(ground.mode)]


_MODES = {
    Mode.NECESSARY: "needs nobody's leave",
    Mode.OPT_OUT: "until refused",
    Mode.IMPLIED: "once allowed, or implied by dealings",
    Mode.SOFT_OPT_IN: "once allowed, or after a purchase with the choice to refuse",
    Mode.OPT_IN: "once allowed",
    Mode.FORBIDDEN: "never",
}
