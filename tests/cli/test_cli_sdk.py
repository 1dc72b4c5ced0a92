"""`tactful sdk`: the tags that a page includes."""

from __future__ import annotations

from cli_worlds import Run


def test_snippet(empty: Run) -> None:
    """The tags name the module by its digest, the shop by its public key, and nothing else."""
    shown = empty("sdk", "snippet", "--host", "https://tactful.example/", "--region", "DE").out
    first = shown.splitlines()[0]
    key = empty("sdk", "snippet", "--json").json["writeKey"]

    assert first.startswith('<script type="module" src="https://tactful.example/sdk/tactful-')
    assert f'.js?writeKey={key}&amp;region=DE" integrity="sha384-' in first
    assert first.endswith(" crossorigin></script>")
    assert (
        empty("sdk", "snippet", "--json")
        .json["tags"][0]
        .startswith('<script type="module" src="/sdk/tactful-')
    )
