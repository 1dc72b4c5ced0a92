"""What every page of the shop window shares: who looks, what they chose, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Request

from tactful.assembly import Opened
from tactful.capabilities.collect import GROUP_PURPOSE
from tactful.terms import Item, Level
from tactful.web.pages.addresses import my_address
from tactful.web.pages.choices import (
    LADDER,
    Choice,
    choices_of,
    dial_of,
    is_on,
)
from tactful.web.pages.looker import NEW_VISITORS, Looker, looker_of, read_personas

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scene:
    """One look into the shop window."""

    opened: Opened
    looker: Looker
    choices: tuple[Choice, ...]

    def __repr__(self) -> str:
        return "Scene(...)"

    @property
    def visit_counts(self) -> bool:
        """Tell whether what this visit looks at may shape what it sees."""
        return is_on(self.choices, LADDER[Level.SESSION])

    def shown(self) -> dict[str, object]:
        """Return what the frame of every page needs."""
        return {
            "shop_name": self.opened.settings.shop.name,
            "looker": self.looker,
            "personas": read_personas(self.opened.folder),
            "new_visitors": NEW_VISITORS,
            "dial_state": dial_of(self.opened.shop, self.choices),
            "my_page": self._my_page(),
        }

    def _my_page(self) -> str:
        token = self.opened.links.sign(self.looker.user_id)
        return my_address(token, region=self.looker.named)

    def collect(self, event: str, item: Item, **properties: object) -> bool:
        """Send an event as the shop's page would; tell whether anything of it was kept."""
        call = {
            "type": "track",
            "event": event,
            "userId": self.looker.user_id,
            "messageId": uuid4().hex,
            "properties": {"product_id": item.id, "category": item.category} | properties,
        }
        shop, looker = self.opened.shop, self.looker
        collected = shop.collect([call], gpc=looker.gpc, region=looker.region, source="shop window")
        return collected.kept > 0

    def fate_of(self, event: str, *, kept: bool) -> str:
        """Say in words what became of *event*, which was *kept* as an event or not."""
        purposes = self._keeping(event)
        if kept:
            own = [choice.title for choice in purposes if choice.purpose != GROUP_PURPOSE]
            return f"kept for: {', '.join(own)}"
        if any(choice.purpose == GROUP_PURPOSE for choice in purposes):
            return "not kept, but for the broad group that it speaks of"
        return "not kept: no purpose that you allow needs it"

    def _keeping(self, event: str) -> tuple[Choice, ...]:
        """Return the purposes that are on and that the plan keeps *event* for."""
        planned = self.opened.shop.policy.plan.events.get(event)
        wanted = planned.purposes if planned else ()
        return tuple(choice for choice in self.choices if choice.on and choice.purpose in wanted)


def scene_of(request: AnyRequest, opened: Opened, given: Mapping[str, str]) -> Scene | None:
    """Return the scene that *given* describes, or None where nobody is named to look."""
    looker = looker_of(request, given, read_personas(opened.folder))
    if looker is None:
        return None
    choices = choices_of(opened.shop, looker.who)
    scene = Scene(opened=opened, looker=looker, choices=choices)
    if scene.visit_counts:
        return scene
    return Scene(opened=opened, looker=looker.without_visit(), choices=choices)
