"""
The composition root: the only place where ports meet adapters.

`shops` makes and opens shops, `tables` the files they import, `policies` the policies they run.
"""

from tactful.adapters import datasets as public_data
from tactful.assembly.policies import PolicyFolder, count_subjects, read_policy, read_shop_policy
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
    "NewKeys",
    "Opened",
    "OrderLog",
    "PolicyFolder",
    "Table",
    "count_subjects",
    "init_shop",
    "is_demo_shop",
    "open_shop",
    "public_data",
    "read_orders",
    "read_policy",
    "read_shop_policy",
    "read_table",
    "store_version",
]
