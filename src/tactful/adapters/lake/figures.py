"""How often the lake is fed, and what it holds: words that load without the lake itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeSettings:
    """How often the lake is fed, and for how many days events stay in the store as well."""

    every: timedelta = timedelta(minutes=5)
    keep_recent_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeStatus:
    """What the lake holds, and how far it is behind."""

    rows: int
    files: int
    bytes: int
    watermark: int
    version: int
    waiting: int
    fed_at: datetime | None
    owed: int
