"""Read from a call that its sender dealt with the shop: bought, or enquired."""

from __future__ import annotations

from datetime import datetime

from tactful.capabilities.collect.calls import Call
from tactful.terms import Relationship, TrackingPlan

OPT_OUT_OFFERED = "opt_out_offered"
"""The property by which an order tells that the subject could say no to news there and then."""


def dealing_of(call: Call, plan: TrackingPlan, at: datetime) -> Relationship | None:
    """Return the dealing that *call* tells of, where the tracking plan says that it is one."""
    planned = plan.events.get(call.title)
    if planned is None or planned.relationship is None:
        return None
    offered = (call.properties or {}).get(OPT_OUT_OFFERED) is True
    return Relationship(kind=planned.relationship, at=at, opt_out_offered=offered)
