"""Note where subjects live: which law holds for them hangs on it."""

from __future__ import annotations

from datetime import datetime

from tactful.gate import Permit, Visit
from tactful.shop.parts import Parts
from tactful.terms import Mistake
from tactful.terms.regime import REGION_CODE


def note_address(parts: Parts, visit: Visit, address: str | None, at: datetime) -> bool:
    """
    Note the address of a subject's account, and tell whether that is news.

    What is known already is not changed by a client's word: a page could otherwise move anybody
    to where the law asks less.
    """
    if not address:
        return False
    profiles = parts.store.profiles
    permit = parts.door.ask("record-statement", visit, at)
    if not isinstance(permit, Permit) or profiles.address(permit) is not None:
        return False
    profiles.settle(permit, address=address)
    _report(parts, permit, address)
    return True


def note_residence(parts: Parts, permit: Permit, residence: str) -> None:
    """
    Record where the permit's subject lives, by their own word or the shop's.

    Raises:
        Mistake: *residence* is no ISO 3166 code.
    """
    code = residence.upper()
    if not REGION_CODE.fullmatch(code):
        raise Mistake("a residence is an ISO 3166 code, such as DE or US-CA")
    parts.store.profiles.settle(permit, residence=code)
    _report(parts, permit, code)


def _report(parts: Parts, permit: Permit, region: str) -> None:
    """Report a home that no regime covers as a gap: the strictest set holds there."""
    if not parts.policy.regime_index(region):
        country = region[:2].upper()  # the digest, which the door asks, holds no region any more
        parts.store.tallies.add("gap", f"{permit.activity}: regime of region {country}")
