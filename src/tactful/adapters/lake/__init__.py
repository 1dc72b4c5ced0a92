"""The history of events in a Delta table, fed by the store and read behind it."""

from tactful.adapters.lake.behind import LakeBehind
from tactful.adapters.lake.events import LakeEvents
from tactful.adapters.lake.figures import LakeStatus
from tactful.adapters.lake.records import LakeRecords

__all__ = ["LakeBehind", "LakeEvents", "LakeRecords", "LakeStatus"]
