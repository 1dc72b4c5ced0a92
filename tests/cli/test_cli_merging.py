"""`tactful subject merges`, `merge` and `unmerge`."""

from __future__ import annotations

from cli_worlds import Run


def test_merged_shown_and_taken_apart(empty: Run) -> None:
    """Two subjects are merged, listed and taken apart, each command saying what it did."""
    for name in ("ada", "ada-2"):
        empty("consent", "record", name, "--deny", "measurement")

    merged = empty("subject", "merge", "ada", "ada-2", "--json").json
    assert (merged["evidence"], merged["by"]) == ("word", "command line")
    assert empty("subject", "merges", "ada-2", "--json").json == {"merges": [merged]}
    exported = empty("subject", "export", "ada-2").json
    assert {each["value"] for each in exported["identifiers"]} == {"ada", "ada-2"}
    assert "identity" in empty("doctor").out

    assert "Taken apart" in empty("subject", "unmerge", str(merged["merge"])).out
    assert "word" in empty("subject", "merges", "ada").out
    assert "number 2" in empty("subject", "merge", "ada", "ada-2").out
    assert empty("subject", "unmerge", "2", "--json").json["undoneAt"]


def test_what_cannot_be_done_is_said(empty: Run) -> None:
    """An unknown subject, a merge with oneself, an unknown merge: one line each."""
    empty("consent", "record", "ada", "--deny", "measurement")
    empty("subject", "merge", "ada", "nobody").failed("no subject is known")
    empty("subject", "merge", "ada", "ada").failed("one person already")
    empty("subject", "unmerge", "4711").failed("no such merge")
