"""What whoever looks a shop over needs to know about webhooks."""

from __future__ import annotations

from typing import Final

from tactful.capabilities.collect import is_secret as is_webhook_secret

SHOPIFY: Final = "shopify"
"""The source whose webhooks have a route, and a signature, of their own."""

__all__ = ["SHOPIFY", "is_webhook_secret"]
