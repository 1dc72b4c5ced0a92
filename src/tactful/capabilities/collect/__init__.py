"""Collection: read what clients send and reduce it to what may be kept."""

from tactful.capabilities.collect.calls import (
    Call,
    Incoming,
    Malformed,
    calls_from,
    happened_at,
    identifiers_of,
    read_batch,
    read_single,
)
from tactful.capabilities.collect.claims import Claim, claims_of
from tactful.capabilities.collect.dealings import dealing_of
from tactful.capabilities.collect.keep import GROUP_PURPOSE, items_of, keep, keep_traits
from tactful.capabilities.collect.places import address_of, ip_of, region_of
from tactful.capabilities.collect.ports import Events
from tactful.capabilities.collect.signals import signals_in, signals_of

__all__ = [
    "GROUP_PURPOSE",
    "Call",
    "Claim",
    "Events",
    "Incoming",
    "Malformed",
    "address_of",
    "calls_from",
    "claims_of",
    "dealing_of",
    "happened_at",
    "identifiers_of",
    "ip_of",
    "items_of",
    "keep",
    "keep_traits",
    "read_batch",
    "read_single",
    "region_of",
    "signals_in",
    "signals_of",
]
