"""
Who looks at the demonstration's shop, and what every page of it needs.

A visitor is nobody to the server: the page's own slots are filled without a word about them, and
the browser's module fills them anew once it was agreed to.  Only a presenter of the demonstration
can be signed in, as one of its people or as somebody who just opened an account: the `demo` cookie
says so.  For these the server asks, and tells, as the shop's own server would.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from tactful.assembly import Opened
from tactful.capabilities.collect import GROUP_PURPOSE
from tactful.shop import Question, Who
from tactful.terms import Level
from tactful.web.pages.cart import Cart, cart_of
from tactful.web.pages.choices import LADDER, Choice, DialState, choices_of, dial_of, is_on
from tactful.web.pages.guards import sends_signal
from tactful.web.pages.shelves import departments
from tactful.web.pages.shop_cookies import cookie, read_cookie
from tactful.web.pages.slots import SHAPED, Filled, fill
from tactful.web.pages.whereabouts import said_region, seen_region
from tactful.web.pages.words import LEVELS

AnyRequest = Request[Any, Any, Any]

PERSONAS_FILE: Final = "demo.json"
COOKIE: Final = "demo"
LONGEST_VISIT: Final = 12
NEW_VISITORS: Final[Mapping[str, str]] = {
    "new": "Somebody new, from we do not know where",
    "new-DE": "Somebody new, from Germany",
    "new-US-CA": "Somebody new, from California",
}
SOURCE: Final = "demonstration shop"

_ACCOUNT: Final = re.compile(r"visitor-[0-9a-f]{8}")


class Persona(msgspec.Struct, frozen=True):
    """One of the people in a demonstration, by whose eyes the shop can be seen."""

    id: str
    label: str


class Posing(msgspec.Struct, frozen=True, omit_defaults=True):
    """As whom a presenter looks, from where, and what they looked at, where that may be used."""

    user: str = ""
    region: str = ""
    visit: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scene:
    """One look into the shop; `user_id` is None for a visitor whom the server does not know."""

    request: AnyRequest
    opened: Opened
    posing: Posing
    user_id: str | None
    label: str
    named: str | None
    region: str | None
    gpc: bool
    choices: tuple[Choice, ...]
    cart: Cart

    def __repr__(self) -> str:
        return "Scene(...)"

    @property
    def who(self) -> Who:
        """Return whom the shop is asked about."""
        return Who(user_id=self.user_id, region=self.region, gpc=self.gpc)

    @property
    def visit(self) -> Sequence[str]:
        """Return what this visit looked at, where that may shape what it sees."""
        return self.posing.visit if is_on(self.choices, LADDER[Level.SESSION]) else ()

    def after(self, item: str) -> Scene:
        """Return the same visit after a look at *item*."""
        seen = [*(one for one in self.visit if one != item), item][-LONGEST_VISIT:]
        return replace(self, posing=msgspec.structs.replace(self.posing, visit=seen))

    def cookie(self) -> Cookie | None:
        """Return the cookie of a presenter, brought up to date; None where nobody poses."""
        if self.user_id is None:
            return None
        held = msgspec.structs.replace(self.posing, visit=list(self.visit))
        return cookie(self.request, COOKIE, msgspec.to_builtins(held))

    def slot(self, name: str, title: str, *, limit: int, page: str | None = None) -> Filled:
        """Fill a slot; for whom the server does not know, with nothing about them."""
        ceiling = Level.NONE if self.user_id is None else Level.INDIVIDUAL
        question = Question(
            slot=name, who=self.who, session=self.visit, page=page, limit=limit, ceiling=ceiling
        )
        return fill(self.opened.shop, question, title=title)

    def collect(
        self, event: str, properties: Mapping[str, object], *, anonymous_id: str = ""
    ) -> str:
        """Tell the shop of *event* as its server would; return in words what became of it."""
        if self.user_id is None and not anonymous_id:
            return "told to nobody: the server knows nobody here"
        whose = {"userId": self.user_id} if self.user_id else {"anonymousId": anonymous_id}
        choices = self.choices
        if self.user_id is None:
            browser = Who(anonymous_id=anonymous_id, region=self.region, gpc=self.gpc)
            choices = choices_of(self.opened.shop, browser)
        call = {"type": "track", "event": event, "messageId": uuid4().hex}
        collected = self.opened.shop.collect(
            [{**call, **whose, "properties": dict(properties)}],
            gpc=self.gpc,
            region=self.region,
            source=SOURCE,
        )
        return self._fate(event, choices, kept=collected.kept > 0)

    def shown(self) -> dict[str, object]:
        """Return what the frame of every page needs."""
        shop, settings = self.opened.shop, self.opened.settings.shop
        return {
            "shop_name": settings.name,
            "write_key": settings.write_key,
            "scene": self,
            "departments": departments(shop.catalogue),
            "personas": read_personas(self.opened.folder),
            "new_visitors": NEW_VISITORS,
            "dial_state": self._dial(),
            "ladder": LADDER,
            "words": self._words(),
        }

    def _dial(self) -> DialState:
        """Return the dial as it stands; before anybody was asked it stands at nothing."""
        state = dial_of(self.opened.shop, self.choices)
        return state if self.user_id else replace(state, chosen=Level.NONE, teaching=False)

    def _words(self) -> dict[str, Mapping[str, str]]:
        """Return the words by which a script reports what a slot used."""
        purposes = self.opened.shop.policy.purposes.values()
        return {
            "levels": {level.value: words.name for level, words in LEVELS.items()},
            "shaped": {level.value: words for level, words in SHAPED.items()},
            "purposes": {purpose.name: purpose.title for purpose in purposes},
        }

    def _fate(self, event: str, choices: Sequence[Choice], *, kept: bool) -> str:
        planned = self.opened.shop.policy.plan.events.get(event)
        wanted = planned.purposes if planned else ()
        on = [c for c in choices if c.on and c.purpose in wanted]
        if kept:
            own = [choice.title for choice in on if choice.purpose != GROUP_PURPOSE]
            return f"kept for: {', '.join(own)}" if own else "kept"
        if any(choice.purpose == GROUP_PURPOSE for choice in on):
            return "not kept, but for the broad group that it speaks of"
        return "not kept: no purpose that was allowed needs it"


def read_personas(folder: Path) -> tuple[Persona, ...]:
    """Return the people that the demonstration offers; none where it noted none."""
    try:
        lines = msgspec.json.decode((folder / PERSONAS_FILE).read_bytes(), type=list[Persona])
    except (OSError, msgspec.DecodeError):
        return ()
    return tuple(lines)


def scene_of(request: AnyRequest, opened: Opened) -> Scene:
    """Return who looks, from where, and what they chose."""
    posing = read_cookie(request, COOKIE, Posing) or Posing()
    labels = {persona.id: persona.label for persona in read_personas(opened.folder)}
    known = posing.user in labels or _ACCOUNT.fullmatch(posing.user) is not None
    said = {"region": posing.region}
    named, gpc = said_region(request, said), sends_signal(request)
    region = named or seen_region(request, said)
    who = Who(user_id=posing.user if known else None, region=region, gpc=gpc)
    return Scene(
        request=request,
        opened=opened,
        posing=posing,
        user_id=who.user_id,
        label=labels.get(posing.user, "An account opened just now") if known else "Somebody new",
        named=named,
        region=region,
        gpc=gpc,
        choices=choices_of(opened.shop, who),
        cart=cart_of(request),
    )


def new_account() -> str:
    """Return the number of an account that is opened now."""
    return f"visitor-{secrets.token_hex(4)}"
