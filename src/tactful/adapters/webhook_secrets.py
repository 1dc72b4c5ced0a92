"""
The secrets that webhooks are signed with: `<source>.secret` in the key folder, or the environment.

Read anew each time, so that a secret can be added or taken away while the server runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tactful.terms import Trouble

SUFFIX: Final = ".secret"
SOURCE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""What a source may be called; it becomes part of a path, so nothing else is looked up."""

_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True, repr=False)
class WebhookSecrets:
    """The secrets in a folder.  Its `repr` shows the path only."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def __repr__(self) -> str:
        return f"WebhookSecrets({str(self.folder)!r})"

    def of(self, source: str) -> tuple[str, ...]:
        """
        Return the secrets of *source*, one per word; none where none is set up.

        Raises:
            Trouble: the file cannot be read, or others may read it.
        """
        if not SOURCE.fullmatch(source):
            return ()
        said = self.environment.get(self.variable(source))
        return tuple((self._read(self.path(source)) if said is None else said).split())

    def path(self, source: str) -> Path:
        """Return where the secrets of *source* belong."""
        return self.folder / f"{source}{SUFFIX}"

    def variable(self, source: str) -> str:
        """Return the variable of the environment that outranks the file."""
        return f"TACTFUL_{source.upper().replace('-', '_')}_SECRET"

    def sources(self) -> tuple[str, ...]:
        """Return the sources whose secrets lie in the folder."""
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}")))

    def _read(self, path: Path) -> str:
        try:
            mode, content = path.stat().st_mode, path.read_text("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise Trouble(f"{path} cannot be read: write the secret into it again") from error
        if mode & _OTHERS:
            raise Trouble(f"others may read {path}: run `chmod 600 {path}`, and change the secret")
        return content
