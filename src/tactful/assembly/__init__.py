"""
The composition root: the only place where ports meet adapters.

`shops` makes and opens shops, `tables` the files they import, `policies` the policies they run,
`receipts` what they sign, `places` what is known about regions.
"""

from tactful.adapters import datasets as public_data
from tactful.assembly.lakes import LakeStatus, lake_status, verify_lake
from tactful.assembly.places import CountryTable, RegionCodes, open_countries, region_codes
from tactful.assembly.policies import PolicyFolder, count_subjects, read_policy, read_shop_policy
from tactful.assembly.receipts import (
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
    store_version,
)
from tactful.assembly.tables import OrderLog, Table, read_orders, read_table

__all__ = [
    "CountryTable",
    "LakeStatus",
    "NewKeys",
    "Opened",
    "OrderLog",
    "PolicyFolder",
    "RegionCodes",
    "Table",
    "check_receipt",
    "count_subjects",
    "init_shop",
    "is_demo_shop",
    "lake_status",
    "open_countries",
    "open_shop",
    "public_data",
    "read_orders",
    "read_policy",
    "read_shop_policy",
    "read_table",
    "region_codes",
    "rotate_receipt_key",
    "shop_receipt_keys",
    "store_version",
    "verify_lake",
    "write_receipts",
]
