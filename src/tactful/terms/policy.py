"""The running configuration of what may be done: one value that everything is decided from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tactful.terms.event import TrackingPlan
from tactful.terms.notice import Notice
from tactful.terms.purpose import Activity, Purpose
from tactful.terms.regime import Mode, Regime
from tactful.terms.signals import SignalSources

STRICTEST = "strictest"
"""The id of the regime that holds where no region is known: the strictest answer of all others."""

MAIN_NOTICE = "privacy"
"""The id of the notice that is shown before a choice; others are for single occasions."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """
    Purposes, activities, regimes, notices and the tracking plan of one shop.

    `regimes` begins with the strictest set.  `notices` are all versions in all locales.
    `changes_on` is the next day on which another rule of a regime begins, or ceases, to hold.
    """

    purposes: Mapping[str, Purpose]
    activities: Mapping[str, Activity]
    regimes: tuple[Regime, ...]
    notices: tuple[Notice, ...]
    plan: TrackingPlan
    changes_on: date | None = None
    signals: SignalSources = field(default_factory=SignalSources)

    @cached_property
    def purpose_order(self) -> tuple[str, ...]:
        """Return the purposes in the order in which digests and masks number them."""
        return tuple(self.purposes)

    def regime_index(self, region: str | None) -> int:
        """
        Return the place in `regimes` of the law that holds in *region*; 0 where none is known.

        A region without an entry of its own falls under its country (`GB-SCT` under `GB`).  A
        country alone, while some of its states have their own law, falls under the strictest of
        them: the state is not known.
        """
        if not region:
            return 0
        code = region.upper()
        if (alone := self._alone.get(code)) is not None:
            return alone
        known = self._regime_of_region
        return known.get(code, known.get(code.partition("-")[0], 0))

    @cached_property
    def _regime_of_region(self) -> Mapping[str, int]:
        return self._places(country_alone=False)

    @cached_property
    def _alone(self) -> Mapping[str, int]:
        return self._places(country_alone=True)

    def _places(self, *, country_alone: bool) -> Mapping[str, int]:
        return {
            region: place
            for place, regime in enumerate(self.regimes)
            for region in regime.regions
            if regime.country_alone is country_alone
        }

    def regime(self, id_: str) -> Regime | None:
        """Return the regime called *id_*, or None where there is none."""
        return next((regime for regime in self.regimes if regime.id == id_), None)

    def is_necessary(self, purpose: str) -> bool:
        """Tell whether *purpose* needs nobody's leave anywhere: there is nothing to say on it."""
        rules = (regime.rules.get(purpose) for regime in self.regimes)
        return all(rule is not None and rule.mode is Mode.NECESSARY for rule in rules)

    def notice(self, name: str, locale: str = "en") -> Notice | None:
        """Return the notice called *name* (`id@version`) in *locale*; English, or else any."""
        found = {n.locale: n for n in reversed(self.notices) if n.name == name}
        return found.get(locale) or found.get("en") or next(iter(found.values()), None)

    def current_notice(self, locale: str = "en") -> Notice:
        """Return the newest main notice in *locale*; English, or else any, where there is none."""
        main = [n for n in self.notices if n.id == MAIN_NOTICE] or self.notices
        newest = max(main, key=lambda n: n.version)
        found = self.notice(newest.name, locale.partition("-")[0].lower())
        return found or newest

    def binds(self, notice: str, purpose: str) -> bool:
        """
        Tell whether a grant of *purpose* that names *notice* (`id@version`) still counts.

        It must have told of the purpose (Art. 4(11): informed), and nothing that people agreed to
        may have changed since.
        """
        shown = self.notice(notice)
        if shown is None or purpose not in shown.texts:
            return False
        return shown.version >= self.binding_versions[shown.id, purpose]

    @cached_property
    def binding_versions(self) -> Mapping[tuple[str, str], int]:
        """Return, per notice id and purpose, the oldest version that a grant may name and count."""
        oldest: dict[tuple[str, str], int] = {}
        for notice in sorted(self.notices, key=lambda n: n.version):
            for purpose in notice.texts:
                key = notice.id, purpose
                if purpose in notice.material or key not in oldest:
                    oldest[key] = notice.version
        return oldest
