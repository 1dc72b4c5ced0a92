"""The description of the API is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from web_worlds import World

from tactful.web.route import Route
from tactful.web.routes import ROUTES

WITH_EXAMPLE = [route for route in ROUTES if route.example]


@pytest.fixture
def described(quiet: World) -> dict[str, Any]:
    """Return the description as a client gets it."""
    document: dict[str, Any] = quiet.send("GET", "/openapi.json", key=None).json()
    return document


def test_every_route_is_described(described: dict[str, Any]) -> None:
    """Each method of each path stands in the description, with its parts, and nothing else does."""
    found = {(m.upper(), path) for path, methods in described["paths"].items() for m in methods}

    assert found == {(route.method, route.path) for route in ROUTES}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    """Each `$ref` names a schema that is there."""
    schemas = described["components"]["schemas"]

    assert {ref.rpartition("/")[2] for ref in _references(described)} <= set(schemas)
    assert "Problem" in schemas


@pytest.mark.parametrize("route", WITH_EXAMPLE, ids=[f"{r.method} {r.path}" for r in WITH_EXAMPLE])
def test_every_example_works(world: World, route: Route) -> None:
    """Each example, sent as it stands, is accepted."""
    if route.path == "/v1/subjects/{id}":
        world.grant("individual_personalization", userId="u-1")
    if "merge" in route.path:
        world.grant("individual_personalization", userId="u-1")
        world.grant("individual_personalization", userId="u-2")
    example = route.example
    if route.path.endswith("/unmerge"):
        made = world.send("POST", "/v1/subjects/u-1/merge", body={"other": "u-2"}, key="secret")
        example = {"merge": made.json()["merge"]}

    path = route.path.replace("{id}", "u-1")
    answer = world.send(route.method, path, body=example, key="secret")

    assert answer.status_code == 200, answer.text


def test_answers_are_as_described(world: World, described: dict[str, Any]) -> None:
    """A decision and a receipt hold the fields that their schemas name."""
    for path in ("/v1/decide", "/v1/consent"):
        route = next(r for r in ROUTES if (r.method, r.path) == ("POST", path))
        assert route.gives is not None
        schema = described["components"]["schemas"][route.gives.__name__]
        assert set(world.post(path, route.example).json()) == set(schema["properties"])


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
