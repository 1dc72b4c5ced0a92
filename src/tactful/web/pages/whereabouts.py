"""Where the visitor of a page is: as its address names it, else as the request shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request

from tactful.web.places import Origin, Places

AnyRequest = Request[Any, Any, Any]


def said_region(request: AnyRequest, given: Mapping[str, str]) -> str | None:
    """Return the region that *given*, a query or a form, names, if there is such a region."""
    return _places(request).accept(given.get("region"))


def seen_region(request: AnyRequest, given: Mapping[str, str]) -> str | None:
    """Return the region that *request* shows; none where *given* names one that is not known."""
    return None if given.get("region") else _origin(request).region


def _origin(request: AnyRequest) -> Origin:
    return _places(request).origin(request.scope)


def _places(request: AnyRequest) -> Places:
    found: Places = request.app.state.places
    return found
