"""Requests made up from our own description: every answer is one that it promises."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from plug_worlds import Plug
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tactful.web.openapi import document
from tactful.web.routes import ROUTES

EXAMPLES = int(os.environ.get("TACTFUL_EXAMPLES", "5"))
ANSWER_SECONDS = 10.0
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

DESCRIBED = schemathesis.openapi.from_dict(json.loads(document(ROUTES)))
OPERATIONS = {found.ok().label: found.ok() for found in DESCRIBED.get_all_operations()}


@pytest.mark.parametrize("secret", [False, True], ids=["write key", "secret key"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_is_described(
    label: str,
    secret: bool,  # noqa: FBT001
    served: Plug,
) -> None:
    """Whatever fits the description, or nearly: no 5xx, no hang, a body of the shape it says."""
    headers = served.headers(secret=secret)
    with requests.Session() as session:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(case=_cases(OPERATIONS[label]))
        def answers(case: Any) -> None:
            """Send one request, and hold the answer against the description."""
            answer = case.call(
                base_url=served.address, session=session, headers=headers, timeout=ANSWER_SECONDS
            )
            case.validate_response(answer, checks=CHECKS)

        answers()


def _cases(operation: Any) -> st.SearchStrategy[Any]:
    """Return requests that fit *operation*, and, where it takes a body, some that do not."""
    fitting: st.SearchStrategy[Any] = operation.as_strategy()
    if not list(operation.body):
        return fitting
    unfit: st.SearchStrategy[Any] = operation.as_strategy(schemathesis.GenerationMode.NEGATIVE)
    return fitting | unfit
