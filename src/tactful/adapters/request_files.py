"""
Requests that wait for the privacy officer: a folder of files that only the shop's owner may read.

What lies here was handed over by a platform or gathered for it; the officer takes it away once it
is answered.  Nothing here is read by anything else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tactful.adapters.key_file import sync_folder, write_private
from tactful.terms import Trouble


@dataclass(frozen=True, slots=True)
class RequestFolder:
    """The folder of requests; `pseudonym` names whom a file is about so that only it is found."""

    folder: Path
    pseudonym: Callable[[str], str]

    def put(self, kind: str, number: str, *, user_id: str, content: Mapping[str, object]) -> bool:
        """
        Write *content* durably; tell whether it is new: the same request is written once.

        Raises:
            Trouble: the folder cannot be written.
        """
        path = self.folder / f"{kind}-{self._about(user_id)}{number}.json"
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if path.exists():
                return False
            draft.unlink(missing_ok=True)
            write_private(draft, json.dumps(content, indent=1, default=str).encode())
            draft.replace(path)
            sync_folder(self.folder)
        except OSError as error:
            raise Trouble(f"cannot write into {self.folder}: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)
        return True

    def forget(self, user_id: str) -> int:
        """Delete what lies here about *user_id*; return how many files it was."""
        if not user_id:
            return 0
        found = list(self.folder.glob(f"*-{self._about(user_id)}*.json"))
        for path in found:
            path.unlink(missing_ok=True)
        if found:
            sync_folder(self.folder)
        return len(found)

    def names(self) -> tuple[str, ...]:
        """Return the names of the files that wait."""
        return tuple(sorted(path.name for path in self.folder.glob("*.json")))

    def _about(self, user_id: str) -> str:
        return f"{self.pseudonym(user_id)}-" if user_id else ""
