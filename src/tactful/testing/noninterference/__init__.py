"""
Show that data which may not be used for a purpose changes nothing that is done for it.

For who writes a capability, an adapter or a shop of their own.  A scene is a pair of worlds that
differ in nothing but the secrets of their actors; everything that a shop can be asked is found by
itself and asked in both.  docs/explanation/non-interference.md says what is shown, and what not.
"""

from tactful.testing.noninterference.cast import Actor, Cast, Deed, Secret, only
from tactful.testing.noninterference.coverage import unasked, unmet
from tactful.testing.noninterference.operations import Operation, operations
from tactful.testing.noninterference.planting import Ground, enter, plant
from tactful.testing.noninterference.reach import gated, reached
from tactful.testing.noninterference.regimes import EVERYTHING, in_every_way
from tactful.testing.noninterference.teaching import Part, Teaching
from tactful.testing.noninterference.trials import (
    Difference,
    Interference,
    Scene,
    Trial,
    World,
    interferences,
    trials,
)
from tactful.testing.noninterference.watch import (
    ArtefactsInMemory,
    Asked,
    Listener,
    NumberedIds,
    OpenSeal,
    WatchedUses,
)
from tactful.testing.noninterference.written import written

__all__ = [
    "EVERYTHING",
    "Actor",
    "ArtefactsInMemory",
    "Asked",
    "Cast",
    "Deed",
    "Difference",
    "Ground",
    "Interference",
    "Listener",
    "NumberedIds",
    "OpenSeal",
    "Operation",
    "Part",
    "Scene",
    "Secret",
    "Teaching",
    "Trial",
    "WatchedUses",
    "World",
    "enter",
    "gated",
    "in_every_way",
    "interferences",
    "only",
    "operations",
    "plant",
    "reached",
    "trials",
    "unasked",
    "unmet",
    "written",
]
