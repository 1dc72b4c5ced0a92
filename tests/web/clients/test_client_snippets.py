"""The snippets of `docs/reference/clients.md` do what they say, as they stand there."""

from __future__ import annotations

import uuid

import pytest
from client_worlds import Person, grant, known, pointed_at, run_node, snippets
from server_worlds import Running

PYTHON, NODE = snippets("python"), snippets("js")


def of_somebody(server: Running, snippet: str) -> tuple[str, str]:
    """Return *snippet* for a subject who said yes, and who they are."""
    name = f"u-{uuid.uuid4().hex}"
    grant(server, Person(user_id=name))
    assert '"u-1"' in snippet
    return pointed_at(server, snippet).replace('"u-1"', f'"{name}"'), name


def viewed(server: Running, name: str) -> list[list[str]]:
    """Return the items that the subject looked at."""
    events = known(server, name)["events"]
    return [event["items"] for event in events if event["event"] == "Product Viewed"]


def test_every_client_has_a_snippet() -> None:
    """Three from PyPI, four from npm; the page of the eighth is tried in a browser."""
    assert (len(PYTHON), len(NODE), len(snippets("html"))) == (3, 4, 1)


@pytest.mark.parametrize("client", PYTHON)
def test_a_snippet_of_python_sends_what_it_says(server: Running, client: str) -> None:
    """Copied, with address and key changed, it is heard."""
    program, name = of_somebody(server, PYTHON[client])

    exec(compile(program, client, "exec"), {})  # noqa: S102 - our own documentation

    assert viewed(server, name) == [["mug-blue"]]


@pytest.mark.parametrize("client", NODE)
def test_a_snippet_of_node_sends_what_it_says(server: Running, client: str) -> None:
    """Copied, with address and key changed, it is heard."""
    program, name = of_somebody(server, NODE[client])

    run_node(program)

    assert viewed(server, name) == [["mug-blue"]]
