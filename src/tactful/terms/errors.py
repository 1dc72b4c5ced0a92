"""
What can go wrong, as a tree.  Answers about people are never errors: a refusal is returned.

    TactfulError
    ├── Mistake            somebody gave us something we cannot use; the message says what to do
    │   ├── PolicyMistake  a policy file is wrong: it names the file and what to write instead
    │   └── NotFound       the thing named does not exist (any more)
    ├── Trouble            the surroundings fail us: disk full, locked, not a shop folder
    │   ├── NotAShop       the folder holds no shop
    │   ├── Busy           another process holds what we need, or we have too much to do
    │   ├── StoreAway      the database cannot be reached for now
    │   └── StoreFull      the store cannot write; nothing was half written
    └── PermitMisuse       our own code used a permit beyond its scope or time: a bug
"""

from __future__ import annotations


class TactfulError(Exception):
    """The root of every error that tactful raises on purpose."""


class Mistake(TactfulError):
    """An input we cannot use.  The message is one line and says what to do instead."""


class PolicyMistake(Mistake):
    """A policy file says something that cannot stand."""


class NotFound(Mistake):
    """The thing named is not known here, or no longer."""


class Trouble(TactfulError):
    """The surroundings fail us; trying again later, or after a repair, may work."""


class NotAShop(Trouble):
    """The folder is not a shop folder."""


class Busy(Trouble):
    """Another process holds what is needed, or too much is waiting already."""


class StoreAway(Trouble):
    """The database cannot be reached for now.  What was acknowledged before is safe."""


class StoreFull(Trouble):
    """The store cannot write.  What was acknowledged before is safe."""


class PermitMisuse(TactfulError):
    """A permit was used outside its scope or after it expired: a programming error."""
