"""
Who holds a signed link to their own page.

The link's token is the only key.  It stands in the address and in every form, never in a cookie:
a page of another site does not know it, so it cannot send a form in the subject's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.web.pages.addresses import my_address
from tactful.web.pages.choices import Choice, choices_of
from tactful.web.pages.guards import sends_signal
from tactful.web.pages.rendering import see_other
from tactful.web.pages.whereabouts import said_region, seen_region

AnyRequest = Request[Any, Any, Any]

SOURCE: Final = "preference centre"
LOCALE: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Holder:
    """
    The holder of a link; `region` is where they seem to be, outranked by a known residence.

    `named` is the region that the link names; only that travels on.
    """

    opened: Opened
    token: str
    user_id: str
    named: str | None
    region: str | None
    gpc: bool

    def __repr__(self) -> str:
        return "Holder(...)"

    @property
    def who(self) -> Who:
        """Return whom the shop is asked about."""
        return Who(user_id=self.user_id, region=self.region, gpc=self.gpc)

    def choices(self) -> tuple[Choice, ...]:
        """Return how every purpose stands for them."""
        return choices_of(self.opened.shop, self.who)

    def shown(self) -> dict[str, object]:
        """Return what the frame of every page needs, and what its forms carry along."""
        settings = self.opened.settings.shop
        return {
            "shop_name": settings.name,
            "demo": settings.demo,
            "token": self.token,
            "carrying": {"token": self.token, "region": self.named or ""},
        }

    def say(self, said: Mapping[str, str], *, notice: str) -> Redirect:
        """Record *said*, citing the *notice* that the form stood beside."""
        self.opened.shop.consent(self.who, said, notice=notice, locale=LOCALE, source=SOURCE)
        return self.back("choices")

    def back(self, done: str) -> Redirect:
        """Return the way back to the page, which confirms what was *done*."""
        return see_other(my_address(self.token, region=self.named, done=done))


def holder_of(request: AnyRequest, opened: Opened, given: Mapping[str, str]) -> Holder:
    """
    Return whom the token in *given*, the fields of a query or a form, speaks for.

    Raises:
        PermissionDeniedException: it is not ours, or too old.
    """
    token = given.get("token", "")
    user_id = opened.links.read(token)
    if user_id is None:
        raise PermissionDeniedException(
            "This link is not valid, or older than a week. Ask the shop for a new one."
        )
    named = said_region(request, given)
    return Holder(
        opened=opened,
        token=token,
        user_id=user_id,
        named=named,
        region=named or seen_region(request, given),
        gpc=sends_signal(request),
    )
