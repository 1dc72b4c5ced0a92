"""Describe the API in OpenAPI 3.1, from the table of routes and the structs of the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec

from tactful.web.problems import PROBLEM, Problem
from tactful.web.route import Needs, Route

Schema = dict[str, Any]

_PLACE: Final = re.compile(r"{(\w+)}")
_REF: Final = "#/components/schemas/{name}"

_SECURITY: Final[Mapping[Needs, list[dict[str, list[str]]]]] = {
    Needs.NOTHING: [],
    Needs.WRITE_KEY: [{"writeKey": []}, {"writeKeyHeader": []}, {"secretKey": []}],
    Needs.SIGNATURE: [{"signature": []}],
    Needs.RIGHTS: [{"secretKey": []}, {"signedLink": []}],
    Needs.SECRET: [{"secretKey": []}],
}

_SCHEMES: Final[Schema] = {
    "writeKey": {
        "type": "http",
        "scheme": "basic",
        "description": 'The write key as user name, without a password; or "writeKey" in the body.',
    },
    "writeKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Write-Key"},
    "secretKey": {"type": "http", "scheme": "bearer"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks; Shopify's stands in X-Shopify-Hmac-Sha256.",
    },
    "signedLink": {"type": "apiKey", "in": "query", "name": "token"},
}

_FAULTS: Final[Mapping[str, str]] = {
    "400": "The request cannot be used; the detail says what to do",
    "401": "No key, or an unknown one",
    "403": "The key shown is not enough",
    "404": "Unknown, or erased",
    "413": "The body is too large",
    "429": "Too much is waiting: send again after Retry-After seconds",
    "503": "The store cannot take it now: send again after Retry-After seconds",
}


def document(routes: Iterable[Route]) -> bytes:
    """Return the description of *routes* as JSON."""
    routes = tuple(routes)
    kinds = {kind for route in routes for kind in (route.takes, route.gives) if kind}
    _, components = msgspec.json.schema_components(
        [*_in_order(kinds), Problem], schema_hook=_anything, ref_template=_REF
    )
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "tactful",
            "version": version("tactful"),
            "description": "Personalization that keeps its promises.",
        },
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }
    return msgspec.json.encode(described)


def _anything(_: type) -> Schema:
    """Describe `object`, the one type of the wire that JSON Schema has no word for."""
    return {"description": "any JSON value"}


def _in_order(kinds: Iterable[type]) -> list[type]:
    return sorted(kinds, key=lambda kind: kind.__name__)


def _operation(route: Route) -> Schema:
    described: Schema = {
        "operationId": f"{route.method.lower()} {route.path}",
        "summary": route.summary,
        "tags": [route.tag],
        "security": _SECURITY[route.needs],
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.takes:
        content: Schema = {"schema": _ref(route.takes)}
        if route.example:
            content["example"] = route.example
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _parameters(route: Route) -> list[Schema]:
    text = {"type": "string"}
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in _PLACE.findall(route.path)
    ]
    in_query = [
        {"name": name, "in": "query", "required": False, "schema": text, "description": meaning}
        for name, meaning in route.query.items()
    ]
    return in_path + in_query


def _responses(route: Route) -> Schema:
    good: Schema = {"description": "Done"}
    if route.gives:
        content = {"schema": _ref(route.gives), **({"example": route.shows} if route.shows else {})}
        good["content"] = {"application/json": content}
    fault = {"content": {PROBLEM.decode(): {"schema": _ref(Problem)}}}
    faults = {status: {"description": why, **fault} for status, why in _FAULTS.items()}
    return {"200": good, **faults}


def _ref(kind: type) -> Schema:
    return {"$ref": _REF.format(name=kind.__name__)}
