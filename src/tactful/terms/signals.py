"""What a request carries besides its question: consent strings, and what a policy makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signals:
    """
    What a consent platform says along with a request, as it came: nobody has checked it.

    `tcf` is a TC string, `gpp` a GPP string, `categories` Segment's `categoryPreferences`.
    `unread` names, in words of our own, what was sent in another shape.
    """

    tcf: str = ""
    gpp: str = ""
    categories: Mapping[str, bool] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tcf or self.gpp or self.categories or self.unread)

    def __repr__(self) -> str:
        return "Signals(...)"

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells these signals from others."""
        return self.tcf, self.gpp, *sorted(self.categories.items()), *self.unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The shop's own consent platform, for strings that are handed on to other tags."""

    cmp_id: int
    cmp_version: int
    vendor_list_version: int
    publisher_country: str
    vendors: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSources:
    """
    What consent strings mean here, per purpose.

    A no always counts.  A yes counts as a grant of the notice (`id@version`) that the platform
    shows; where none is named it counts for nothing, nor where the string is older than `since`,
    the day from which the platform shows it.  `tcf_purposes` holds the purposes of the TCF that
    each purpose needs, all of them; `vendor` the id of the vendor that must have been disclosed and
    agreed to.  `opt_outs` holds what the fields of the US sections say no to, `categories` what
    the categories of Segment's clients, in lower case, are about.
    """

    tcf_notice: str = ""
    tcf_since: date | None = None
    tcf_purposes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    vendor: int | None = None
    opt_outs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    categories_notice: str = ""
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    platform: Platform | None = None
