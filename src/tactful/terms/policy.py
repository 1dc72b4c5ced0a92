"""The running configuration of what may be done: one value that everything is decided from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tactful.terms.event import TrackingPlan
from tactful.terms.notice import Notice
from tactful.terms.purpose import Activity, Purpose
from tactful.terms.regime import Regime

STRICTEST = "strictest"
"""The id of the regime that holds where no region is known: the strictest answer of all others."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """
    Purposes, activities, regimes, notices and the tracking plan of one shop.

    `regimes` begins with the strictest set.  `notices` are all versions in all locales.
    """

    purposes: Mapping[str, Purpose]
    activities: Mapping[str, Activity]
    regimes: tuple[Regime, ...]
    notices: tuple[Notice, ...]
    plan: TrackingPlan

    @cached_property
    def purpose_order(self) -> tuple[str, ...]:
        """Return the purposes in the order in which digests and masks number them."""
        return tuple(self.purposes)

    @cached_property
    def _regime_of_region(self) -> Mapping[str, int]:
        return {region: i for i, regime in enumerate(self.regimes) for region in regime.regions}

    def regime_index(self, region: str | None) -> int:
        """
        Return the place in `regimes` of the law that holds in *region*; 0 where none is known.

        A region without an entry of its own falls under its country (`GB-SCT` under `GB`).
        """
        if not region:
            return 0
        known = self._regime_of_region
        code = region.upper()
        return known.get(code, known.get(code.partition("-")[0], 0))

    def notice(self, name: str, locale: str = "en") -> Notice | None:
        """Return the notice called *name* (`id@version`), in *locale* or else in any."""
        found = [n for n in self.notices if n.name == name]
        return next((n for n in found if n.locale == locale), found[0] if found else None)

    def current_notice(self, locale: str = "en") -> Notice:
        """Return the newest notice in *locale*; English, or else any, where there is none."""
        newest = max(self.notices, key=lambda n: n.version)
        found = self.notice(newest.name, locale.partition("-")[0].lower())
        return found or newest

    @cached_property
    def binding_versions(self) -> Mapping[str, int]:
        """Return, per notice id, the oldest version a grant may name and still count."""
        oldest: dict[str, int] = {}
        for notice in sorted(self.notices, key=lambda n: n.version):
            if notice.material or notice.id not in oldest:
                oldest[notice.id] = notice.version
        return oldest
