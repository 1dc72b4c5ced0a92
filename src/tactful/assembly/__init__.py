"""
The composition root: the only place where ports meet adapters.

`shops` makes and opens shops, `tables` the files they import, `policies` the policies they run,
`keys` what wraps their secrets, `backups` copies of
them, `receipts` what they sign, `places` what is known about regions.
"""

from datetime import timedelta
from typing import Final

from tactful.adapters import datasets as public_data
from tactful.adapters.access import LINK_LIFETIME_SECONDS
from tactful.adapters.banner_words import words_in
from tactful.adapters.condition import Condition
from tactful.adapters.pace import Pace
from tactful.assembly.backups import BackedUp, Restored, back_up, restore
from tactful.assembly.keys import KeysShown, MasterKeys, Rotated, StoreName, move_shop_keys
from tactful.assembly.lakes import LakeStatus, lake_status, verify_lake
from tactful.assembly.moving import Moved, move_store
from tactful.assembly.places import CountryTable, RegionCodes, open_countries, region_codes
from tactful.assembly.policies import PolicyFolder, count_subjects, read_policy, read_shop_policy
from tactful.assembly.receipts import (
    check_certificate,
    check_receipt,
    rotate_receipt_key,
    shop_receipt_keys,
    write_receipts,
)
from tactful.assembly.shops import (
    NewKeys,
    Opened,
    init_shop,
    is_demo_shop,
    open_shop,
    write_key_of,
)
from tactful.assembly.stores import store_in_words, store_version
from tactful.assembly.tables import OrderLog, Table, read_orders, read_table
from tactful.assembly.webhooks import SHOPIFY, is_webhook_secret

LINK_LASTS: Final = timedelta(seconds=LINK_LIFETIME_SECONDS)
"""How long a signed link lets in."""

__all__ = [
    "LINK_LASTS",
    "SHOPIFY",
    "BackedUp",
    "Condition",
    "CountryTable",
    "KeysShown",
    "LakeStatus",
    "MasterKeys",
    "Moved",
    "NewKeys",
    "Opened",
    "OrderLog",
    "Pace",
    "PolicyFolder",
    "RegionCodes",
    "Restored",
    "Rotated",
    "StoreName",
    "Table",
    "back_up",
    "check_certificate",
    "check_receipt",
    "count_subjects",
    "init_shop",
    "is_demo_shop",
    "is_webhook_secret",
    "lake_status",
    "move_shop_keys",
    "move_store",
    "open_countries",
    "open_shop",
    "public_data",
    "read_orders",
    "read_policy",
    "read_shop_policy",
    "read_table",
    "region_codes",
    "restore",
    "rotate_receipt_key",
    "shop_receipt_keys",
    "store_in_words",
    "store_version",
    "verify_lake",
    "words_in",
    "write_key_of",
    "write_receipts",
]
