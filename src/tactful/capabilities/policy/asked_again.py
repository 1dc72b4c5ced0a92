"""Find whose consent no longer counts, since the notice it was given to changed (Art. 7(1))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from tactful.capabilities.policy.groups import Census, Group
from tactful.terms import Minor, Mode, Policy, Regime, Said

_WANTS_A_YES = {Mode.IMPLIED, Mode.SOFT_OPT_IN, Mode.OPT_IN}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """
    A purpose for which consents lapse.

    `notices` are the versions that a yes may no longer name, `regimes` those in which one is
    wanted.  `subjects` is what a shop counted, None if it was not asked: a bound from above unless
    `exact`, since what is counted does not know the version.
    """

    purpose: str
    notices: tuple[str, ...]
    regimes: tuple[str, ...]
    subjects: int | None = None
    exact: bool = True


def asked_again(old: Policy, new: Policy) -> list[AskedAgain]:
    """Return each purpose for which somebody who said yes has to be asked again."""
    return [asked for purpose in old.purposes if (asked := _asked(old, new, purpose))]


def counted_again(asked: AskedAgain, census: Census) -> AskedAgain:
    """Count those whose yes was good for *asked*, wherever a yes is wanted."""
    groups = (
        Group(asked.purpose, regime, Said.GRANTED, restricted, minor)
        for regime, restricted, minor in product(asked.regimes, (False, True), Minor)
    )
    return replace(asked, subjects=sum(census.get(group, 0) for group in groups))


def _asked(old: Policy, new: Policy, purpose: str) -> AskedAgain | None:
    counts = [name for name in _names(old) if old.binds(name, purpose)]
    lapsed = tuple(name for name in counts if not new.binds(name, purpose))
    asking = tuple(_asking(old, new, purpose))
    if not lapsed or not asking:
        return None
    return AskedAgain(
        purpose=purpose, notices=lapsed, regimes=asking, exact=len(lapsed) == len(counts)
    )


def _names(policy: Policy) -> list[str]:
    return list(dict.fromkeys(notice.name for notice in policy.notices))


def _asking(old: Policy, new: Policy, purpose: str) -> Iterator[str]:
    """Yield the regimes under which *purpose* wants a yes from now on, of some age at least."""
    for regime in old.regimes:
        if _wants(new.regime(regime.id) or regime, purpose):
            yield regime.id


def _wants(regime: Regime, purpose: str) -> bool:
    rule = regime.rules.get(purpose)
    if rule is None:
        return False
    return rule.mode in _WANTS_A_YES or (
        rule.mode is Mode.OPT_OUT and any(age.purpose == purpose for age in regime.ages)
    )
