"""Read the consent strings that a call carries in its context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tactful.capabilities.collect.calls import Call
from tactful.terms import Signals

MOST_CATEGORIES: Final = 64
LONGEST_CATEGORY: Final = 64
NO_CATEGORIES: Final = (
    "categoryPreferences: must be true or false by category, of at most "
    f"{MOST_CATEGORIES} categories whose names have at most {LONGEST_CATEGORY} characters"
)

NONE: Final = Signals()


def signals_of(call: Call) -> Signals:
    """Return what `context.consent` of *call* says; see `signals_in` for its shape."""
    sent = (call.context or {}).get("consent")
    return signals_in(sent) if isinstance(sent, dict) else NONE


def signals_in(sent: Mapping[str, object]) -> Signals:
    """
    Return the signals in `{"tcf": "...", "gpp": "...", "categoryPreferences": {"Ads": false}}`.

    `tcString` and `gppString` are read as well.  What has another shape is named in `unread` and
    says nothing; what stands beside it is read all the same, for it may hold a no.
    """
    tcf, gpp = _text(sent, "tcf", "tcString"), _text(sent, "gpp", "gppString")
    chosen = sent.get("categoryPreferences")
    return Signals(
        tcf=tcf or "",
        gpp=gpp or "",
        categories=_categories(chosen),
        unread=tuple(
            what
            for what, is_so in (
                ("tcf: must be a text", tcf is None),
                ("gpp: must be a text", gpp is None),
                (NO_CATEGORIES, not _are_categories(chosen)),
            )
            if is_so
        ),
    )


def _text(sent: Mapping[str, object], *names: str) -> str | None:
    """Return the first text under one of *names*, None where something else stands there."""
    found = [value for name in names if (value := sent.get(name)) not in (None, "")]
    texts = (value for value in found if isinstance(value, str))
    return next(texts, None if found else "")


def _categories(chosen: object) -> Mapping[str, bool]:
    """Return the answers in *chosen*; none where they are too many to be somebody's."""
    if not isinstance(chosen, dict) or len(chosen) > MOST_CATEGORIES:
        return {}
    return {name: yes for name, yes in chosen.items() if _is_name(name) and isinstance(yes, bool)}


def _are_categories(chosen: object) -> bool:
    """Tell whether *chosen* is made of answers alone; a missing one is no mistake."""
    if chosen is None:
        return True
    if not isinstance(chosen, dict) or len(chosen) > MOST_CATEGORIES:
        return False
    return all(
        _is_name(name) and (yes is None or isinstance(yes, bool)) for name, yes in chosen.items()
    )


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= LONGEST_CATEGORY
