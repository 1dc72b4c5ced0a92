"""
Who looks at the demonstration shop: one of its people, or a new visitor.

What a visit looked at is stored nowhere: it travels in the links of the page, and only while the
visitor allows that it shapes what they see.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request

from tactful.shop import Who
from tactful.web.pages.guards import sends_signal
from tactful.web.pages.whereabouts import said_region, seen_region

AnyRequest = Request[Any, Any, Any]

PERSONAS_FILE: Final = "demo.json"
LONGEST_VISIT: Final = 12
"""How many items a link carries along: the latest ones say the most."""

NEW_VISITORS: Final[Mapping[str, str]] = {
    "new": "A new visitor, from we do not know where",
    "new-DE": "A new visitor from Germany",
    "new-US-CA": "A new visitor from California",
}

_VISITOR: Final = re.compile(r"visitor-[0-9a-f]{8}")


class Persona(msgspec.Struct, frozen=True):
    """One of the people in a demonstration, by whose eyes the shop can be seen."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Looker:
    """
    Who looks, from where, and what they looked at so far in this visit, oldest first.

    `named` is the region that the address of the page names; only that travels in its links.
    """

    user_id: str
    label: str
    named: str | None
    region: str | None
    gpc: bool
    visit: tuple[str, ...]

    def __repr__(self) -> str:
        return "Looker(...)"

    @property
    def who(self) -> Who:
        """Return whom the shop is asked about."""
        return Who(user_id=self.user_id, region=self.region, gpc=self.gpc)

    @property
    def carried(self) -> dict[str, str]:
        """Return what every link and every form of the page carries along."""
        given = {"as": self.user_id, "region": self.named, "visit": ",".join(self.visit)}
        return {name: value for name, value in given.items() if value}

    def link(self, path: str, **more: str) -> str:
        """Return the address of *path* for the same person in the same visit."""
        return f"{path}?{urlencode(self.carried | more)}"

    def after(self, item: str) -> Looker:
        """Return the same visit after a look at *item*."""
        seen = [*(i for i in self.visit if i != item), item]
        return replace(self, visit=tuple(seen[-LONGEST_VISIT:]))

    def without_visit(self) -> Looker:
        """Return the same person, without what this visit looked at."""
        return replace(self, visit=())


def read_personas(folder: Path) -> tuple[Persona, ...]:
    """Return the people that the demonstration offers; none where it noted none."""
    try:
        lines = msgspec.json.decode((folder / PERSONAS_FILE).read_bytes(), type=list[Persona])
    except (OSError, msgspec.DecodeError):
        return ()
    return tuple(lines)


def looker_of(
    request: AnyRequest, given: Mapping[str, str], personas: Sequence[Persona]
) -> Looker | None:
    """
    Return who looks, or None where *given* names nobody who can be posed as.

    Args:
        request: For the signal of the browser, and where it is.
        given: The fields of the query, or of a form.
        personas: The people on offer; visitors that a page made up are let pass besides.
    """
    user_id = given.get("as", "")
    labels = {persona.id: persona.label for persona in personas}
    if user_id not in labels and not _VISITOR.fullmatch(user_id):
        return None
    named = said_region(request, given)
    visit = [item for item in given.get("visit", "").split(",") if item]
    return Looker(
        user_id=user_id,
        label=labels.get(user_id, "A new visitor"),
        named=named,
        region=named or seen_region(request, given),
        gpc=sends_signal(request),
        visit=tuple(visit[-LONGEST_VISIT:]),
    )


def new_visitor(kind: str) -> str:
    """Return the address of the shop for somebody new; *kind* is a key of `NEW_VISITORS`."""
    region = kind.partition("-")[2] if kind in NEW_VISITORS else ""
    query = {"as": f"visitor-{secrets.token_hex(4)}"}
    return f"/shop?{urlencode(query | ({'region': region} if region else {}))}"
