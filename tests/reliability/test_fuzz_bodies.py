"""Bodies that nobody should send: every route that takes one answers, and says what is wrong."""

from __future__ import annotations

import os
import re

import httpx
import pytest
from fuzz_worlds import bodies
from hypothesis import HealthCheck, Phase, given, settings
from plug_worlds import Plug

from tactful.web.examples import BATCH
from tactful.web.routes import ROUTES

EXAMPLES = int(os.environ.get("TACTFUL_EXAMPLES", "20"))
ANSWER_SECONDS = 10.0
TAKING = {
    f"{route.method} {route.path}": route
    for route in ROUTES
    if route.method in {"POST", "PUT", "PATCH"}
}


@pytest.mark.parametrize("label", TAKING)
def test_any_body_is_answered(label: str, served: Plug) -> None:
    """Noise, cut gzip, nests, odd numbers and halves of characters: no 5xx, no hang, no growth."""
    route = TAKING[label]
    path = re.sub(r"\{\w+\}", "any-1", route.path)
    with httpx.Client(headers=served.headers(secret=True), timeout=ANSWER_SECONDS) as client:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(body=bodies(route.example or BATCH))
        def answers(body: bytes) -> None:
            """Send one body."""
            answer = client.request(route.method, f"{served.address}{path}", content=body)
            assert answer.status_code < 500, answer.text
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["detail"]

        answers()
