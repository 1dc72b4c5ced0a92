"""The texts shown to subjects before they choose, with versions and locales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    One notice in one version and locale (GDPR Art. 13).

    `texts` holds what it says about each purpose it covers, `titles` what it calls them in its
    language.  `material` holds the purposes for which this version changed what people agreed to:
    a grant given to an earlier one no longer counts there.  `hash` is the SHA-256 of the file, so
    that a receipt proves what was shown.
    """

    id: str
    version: int
    locale: str
    material: frozenset[str]
    title: str
    text: str
    texts: Mapping[str, str]
    hash: str
    titles: Mapping[str, str] = field(default_factory=dict)
    review: date | None = None

    @property
    def name(self) -> str:
        """Return `id@version`, as a statement cites it."""
        return f"{self.id}@{self.version}"
