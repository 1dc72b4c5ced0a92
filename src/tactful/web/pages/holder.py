"""
Who is signed in to their own page, and whether a form is theirs.

A session's secret stands in a cookie that no script can read.  Every form carries a token that is
made of it: a page of another site does not know it, so it cannot send a form in the subject's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from litestar import Request, Response
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.shop.signing_in import form_token, is_form_token
from tactful.terms import Session
from tactful.web.pages.addresses import my_own
from tactful.web.pages.choices import Choice, choices_of
from tactful.web.pages.entering import Cookies, held_by
from tactful.web.pages.guards import SAFE_METHODS, sends_signal
from tactful.web.pages.rendering import see_other
from tactful.web.pages.whereabouts import said_region, seen_region

AnyRequest = Request[Any, Any, Any]
R = TypeVar("R", bound=Response[Any])

SOURCE: Final = "preference centre"
LOCALE: Final = "en"


class NeedsSignIn(PermissionDeniedException):
    """Nobody is signed in; `why` says what became of their session, if they had one."""

    def __init__(self, why: str) -> None:
        super().__init__(why or "Sign in first.")
        self.why = why


class NeedsProof(PermissionDeniedException):
    """Somebody is signed in, and has to show once more who they are; `path` is where they were."""

    def __init__(self, path: str) -> None:
        super().__init__("Show once more who you are.")
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Holder:
    """
    Who is signed in; `region` is where they seem to be, outranked by a known residence.

    `named` is the region that the address names; only that travels on.
    """

    opened: Opened
    held: str
    session: Session
    user_id: str
    named: str | None
    region: str | None
    gpc: bool
    cookies: Cookies
    path: str

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
            "cookie": True,
            "carrying": {"csrf": form_token(self.held), "region": self.named or ""},
        }

    def say(self, said: Mapping[str, str], *, notice: str) -> Redirect:
        """Record *said*, citing the *notice* that the form stood beside."""
        self.opened.shop.consent(self.who, said, notice=notice, locale=LOCALE, source=SOURCE)
        return self.back("choices")

    def back(self, done: str) -> Redirect:
        """Return the way back to the page, which confirms what was *done*."""
        return see_other(my_own(region=self.named, done=done))

    def require_step_up(self) -> None:
        """
        Let pass who showed a short while ago who they are: a session may have been left open.

        Raises:
            NeedsProof: it is longer ago.
        """
        if not self.opened.signing_in.is_fresh(self.session):
            raise NeedsProof(self.path)

    def leave(self, response: R) -> R:
        """Sign them out, and let *response* take the cookie back."""
        self.opened.signing_in.end(self.held)
        response.set_cookie(self.cookies.taken_back())
        return response


def holder_of(request: AnyRequest, opened: Opened, given: Mapping[str, str]) -> Holder:
    """
    Return who is signed in.

    Args:
        request: Brings the cookie.
        opened: The shop.
        given: The fields of a query, or of a form: that must carry its token.

    Raises:
        NeedsSignIn: nobody is, or not any more.
        PermissionDeniedException: the form is not one of their own page.
    """
    cookies = Cookies.of(request, opened)
    held = held_by(request, cookies)
    session = opened.signing_in.session(held)
    if session is None:
        raise NeedsSignIn("You were signed out: please sign in again." if held else "")
    if request.method not in SAFE_METHODS and not is_form_token(held, given.get("csrf", "")):
        raise PermissionDeniedException(
            "This form is not of your own page, or is of before you signed in. Nothing was changed:"
            " open your page anew and send it from there."
        )
    named = said_region(request, given)
    return Holder(
        opened=opened,
        held=held,
        session=session,
        user_id=session.user_id,
        named=named,
        region=named or seen_region(request, given),
        gpc=sends_signal(request),
        cookies=cookies,
        path=request.url.path,
    )
