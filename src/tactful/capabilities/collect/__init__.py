"""Collection: read what clients send and reduce it to what may be kept."""

from tactful.capabilities.collect.calls import (
    Call,
    Incoming,
    Malformed,
    calls_from,
    happened_at,
    identifiers_of,
    only_named,
    read_batch,
    read_single,
)
from tactful.capabilities.collect.claims import Claim, claims_of
from tactful.capabilities.collect.dealings import dealing_of
from tactful.capabilities.collect.keep import (
    GROUP_PURPOSE,
    Telling,
    fitting,
    items_of,
    keep,
    keep_traits,
)
from tactful.capabilities.collect.places import address_of, ip_of, region_of
from tactful.capabilities.collect.ports import Events
from tactful.capabilities.collect.posthog import read_posthog
from tactful.capabilities.collect.shopify import (
    Naming,
    Told,
    read_privacy,
    read_shopify,
    user_id_of,
)
from tactful.capabilities.collect.signals import signals_in, signals_of
from tactful.capabilities.collect.webhooks import (
    is_fresh,
    is_secret,
    is_signed,
    is_signed_by_shopify,
    read_webhook,
)

__all__ = [
    "GROUP_PURPOSE",
    "Call",
    "Claim",
    "Events",
    "Incoming",
    "Malformed",
    "Naming",
    "Telling",
    "Told",
    "address_of",
    "calls_from",
    "claims_of",
    "dealing_of",
    "fitting",
    "happened_at",
    "identifiers_of",
    "ip_of",
    "is_fresh",
    "is_secret",
    "is_signed",
    "is_signed_by_shopify",
    "items_of",
    "keep",
    "keep_traits",
    "only_named",
    "read_batch",
    "read_posthog",
    "read_privacy",
    "read_shopify",
    "read_single",
    "read_webhook",
    "region_of",
    "signals_in",
    "signals_of",
    "user_id_of",
]
