"""What a check of `tactful doctor` says."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass


class State(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    state: State
    says: str

    def plain(self) -> dict[str, str]:
        """Return the finding as plain data, for JSON."""
        return {name: str(value) for name, value in asdict(self).items()}
