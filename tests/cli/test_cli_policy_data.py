"""`tactful policy seen` and `unused`, and what the doctor says of the tracking plan."""

from __future__ import annotations

from cli_worlds import Run

from tactful.assembly import open_shop
from tactful.shop import Who


def _send(taught: Run, **properties: object) -> None:
    """Let six of the buyers search, and carry *properties*."""
    opened = open_shop(taught.folder)
    for number in range(6):
        who = Who(user_id=f"buyer-{number}")
        assert opened.shop.standing(who)
        call = {"type": "track", "event": "Products Searched", "userId": who.user_id}
        opened.shop.collect([call | {"messageId": f"m{number}", "properties": properties}])
    opened.close()


def test_seen_lists_names_types_and_what_to_paste(taught: Run) -> None:
    """As a table, and as JSON; the value that was sent is nowhere."""
    _send(taught, query="kettle", mood="very glad indeed")

    plain, read = taught("policy", "seen"), taught("policy", "seen", "--json").json

    assert "mood" in plain.out
    assert "[properties.mood]" in plain.out
    assert "4 times property under a name that fewer than five senders use" in plain.out
    assert "glad" not in plain.out
    (found,) = (one for one in read["seen"] if one["name"] == "mood")
    assert found["types"] == {"string": 2}
    assert found["events"] == {"Products Searched": 2}


def test_nothing_seen_is_said(empty: Run) -> None:
    """A new shop has seen nothing."""
    ended = empty("policy", "seen")

    assert ended.code == 0
    assert "Nothing was seen" in ended.out


def test_unused_says_what_nothing_reads(taught: Run) -> None:
    """With the uses that were counted; it is no failure."""
    ended, read = taught("policy", "unused"), taught("policy", "unused", "--json").json
    verdicts = {f"{c['kind']} {c['name']}": c["verdict"] for c in read["collected"]}

    assert ended.code == 0
    assert "are read by nothing" in ended.out
    assert verdicts["property query"] == "read by nothing"
    assert verdicts["purpose model_training"] == "read"
    assert read["days"] == 90


def test_the_doctor_tells_of_the_plan(taught: Run) -> None:
    """How much of what arrives is declared, what was masked, what was missing."""
    _send(taught, query="ann@example.org", mood="glad")
    _send(taught, mood="glad")

    says = {c["check"]: c["says"] for c in taught("doctor", "--json").json["checks"]}

    assert "events declared" in says["plan coverage"]
    assert "properties declared" in says["plan coverage"]
    assert says["masked"].startswith("query: e-mail (6)")
