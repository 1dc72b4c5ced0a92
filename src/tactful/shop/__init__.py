"""The workings of a shop: they ask the door, and call capabilities with what it permits."""

from tactful.shop.collecting import Collected
from tactful.shop.consenting import Receipt
from tactful.shop.deciding import Question
from tactful.shop.erasing import Erasure
from tactful.shop.parts import Artefacts, Parts, ReceiptParts, Seal, Store, Tallies
from tactful.shop.request_rules import Asking, RequestRules
from tactful.shop.requesting import Requesting
from tactful.shop.shop import Shop
from tactful.shop.subjects import Subject
from tactful.shop.training import Trained
from tactful.shop.visitors import Who

__all__ = [
    "Artefacts",
    "Asking",
    "Collected",
    "Erasure",
    "Parts",
    "Question",
    "Receipt",
    "ReceiptParts",
    "RequestRules",
    "Requesting",
    "Seal",
    "Shop",
    "Store",
    "Subject",
    "Tallies",
    "Trained",
    "Who",
]
