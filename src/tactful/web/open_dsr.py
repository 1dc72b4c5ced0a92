"""How a request stands, in the form of OpenDSR (https://github.com/opengdpr/OpenDSR, 2.0)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, time
from typing import Final

from tactful.terms import Request, RequestState
from tactful.web.exchange import Serving
from tactful.web.request_messages import OpenDsrSaid

_DSR_STATES: Final = {
    RequestState.RECEIVED: "pending",
    RequestState.DONE: "completed",
    RequestState.REFUSED: "cancelled",
    RequestState.LAPSED: "cancelled",
}


def as_open_dsr(serving: Serving, request: Request, *, sent: bytes = b"") -> OpenDsrSaid:
    """Return how *request*, which was asked for by the body *sent*, stands."""
    shop = serving.opened.shop
    due = datetime.combine(shop.requests.clock(request).due, time(23, 59, 59), tzinfo=UTC)
    done = request.kind.hands_out and request.state is RequestState.DONE
    return OpenDsrSaid(
        controller_id=serving.opened.settings.shop.name,
        subject_request_id=request.reference or request.id,
        received_time=request.received_at,
        expected_completion_time=due,
        request_status=_DSR_STATES.get(request.state, "in_progress"),
        results_url=f"/v1/requests/{request.id}/package" if done else None,
        encoded_request=base64.b64encode(sent).decode(),
    )
