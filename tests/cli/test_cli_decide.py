"""`tactful decide`: a slate, its level, its reasons and who said no."""

from __future__ import annotations

from cli_worlds import Run


def test_json_is_the_wire_form(taught: Run) -> None:
    """--json prints what `POST /v1/decide` answers."""
    decision = taught("decide", "--slot", "for-you", "--subject", "buyer-0", "--json").json

    assert set(decision) == {"decision", "slot", "level", "purpose", "basis", "items", "refused"}
    assert decision["level"] == "individual"
    assert {"id", "score", "because"} == set(decision["items"][0])


def test_the_table_says_why(taught: Run) -> None:
    """Without --json the level, its ground and the reasons are readable."""
    shown = taught("decide", "--slot", "goes-with", "--subject", "buyer-0", "--item", "lamp")

    assert shown.out.startswith("level individual: individual_personalization")
    assert "rug" in shown.out


def test_a_refusal_is_shown_with_its_rule(empty: Run) -> None:
    """A visitor who said nothing gets level none, and every refused level its reason."""
    shown = empty("decide", "--slot", "for-you", "--region", "DE", "--session", "kettle, lamp")

    assert "level none" in shown.out
    assert "not session: no consent was given (consent_when_needed)" in shown.out


def test_a_lower_ceiling_is_kept(taught: Run) -> None:
    """--level lowers what may be used, and nothing above it is even asked."""
    decision = taught(
        "decide", "--slot", "for-you", "--subject", "buyer-0", "--level", "session",
        "--session", "kettle", "--json",
    ).json  # fmt: skip

    assert decision["level"] == "session"
    assert decision["refused"] == []


def test_what_cannot_be_asked(empty: Run) -> None:
    """Unknown slots, limits out of bounds and unreadable ids: one line each."""
    empty("decide", "--slot", "sidebar").failed("unknown slot", "for-you")
    empty("decide", "--slot", "for-you", "--limit", "0").failed("limit must be between")
    empty("decide", "--slot", "for-you", "--subject", "x" * 10_000).failed("at most 512 bytes")


def test_titles_cannot_command_the_terminal(empty: Run) -> None:
    """A control sequence in a title arrives harmless in the table."""
    goods = empty.file("goods.jsonl", '{"id": "a", "title": "\\u001b[2Jred"}\n')
    assert empty("import", goods, "--as", "catalogue").code == 0

    assert "\x1b" not in empty("decide", "--slot", "trending").out


def test_a_command_lets_go_of_the_store(empty: Run) -> None:
    """Everything counted is durable when a command ends, and no other process has to wait."""
    assert empty("decide", "--slot", "for-you").code == 0
    assert empty("decide", "--slot", "sidebar").code == 1

    assert [path.name for path in (empty.folder / "data").iterdir()] == ["store.db"]
