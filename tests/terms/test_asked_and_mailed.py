"""What is mailed, asked for and signed in to, as words: what they refuse, tell, and not show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tactful.terms import (
    Letter,
    Mistake,
    PlannedEvent,
    Request,
    RequestKind,
    RequestState,
    Session,
    Step,
    StepKind,
    SubjectId,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WRITTEN = {"kind": "sign-in", "to": "ann@example.org", "title": "Your link", "text": "Here it is."}


def request(*kinds: StepKind, reason: str = "") -> Request:
    """Return a request to which that happened, a day apart."""
    steps = tuple(
        Step(
            number=number,
            kind=kind,
            at=NOW + timedelta(days=number),
            by="officer",
            reason=reason if kind is StepKind.VERIFIED else "",
        )
        for number, kind in enumerate(kinds)
    )
    return Request(id="r", kind=RequestKind.ACCESS, regime="eu", channel="api", steps=steps)


def test_a_letter_shows_what_it_is_for_and_nothing_else() -> None:
    """Neither the address nor the words stand in a log."""
    assert repr(Letter(**WRITTEN)) == "Letter(sign-in, ...)"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": "Sign In"}, "small letters"),
        ({"to": "ann"}, "no address"),
        ({"to": "ann@example.org, bob@example.org"}, "no address"),
        ({"to": f"{'a' * 320}@example.org"}, "no address"),
        ({"title": ""}, "one line"),
        ({"title": "Link\r\nBcc: eve@example.org"}, "one line"),
        ({"title": "x" * 201}, "one line"),
        ({"text": "x" * 100_001}, "up to 100,000"),
        ({"text": "\x00"}, "plain text"),
    ],
)
def test_what_is_no_letter(changed: dict[str, str], says: str) -> None:
    """What would reach somebody else, or put something into the head, is refused."""
    with pytest.raises(Mistake, match=says):
        Letter(**WRITTEN | changed)


def test_what_takes_effect_at_once() -> None:
    """A no needs no proof; a copy is handed out for two kinds only."""
    assert {kind.value for kind in RequestKind if kind.at_once} == {
        "restriction",
        "objection",
        "opt_out_sale",
        "limit_sensitive",
    }
    assert {kind.value for kind in RequestKind if kind.hands_out} == {"access", "portability"}


def test_how_far_a_request_is() -> None:
    """The last step that decides says it; those that only tell of time do not."""
    asked = request(StepKind.RECEIVED, StepKind.VERIFIED, StepKind.PAUSED, reason="code")

    assert (asked.received_at, asked.state, asked.proof) == (NOW, RequestState.VERIFIED, "code")
    assert request(StepKind.RECEIVED, StepKind.ACKNOWLEDGED).state is RequestState.RECEIVED
    assert request(StepKind.RECEIVED).proof == ""
    assert {state.value for state in RequestState if not state.is_open} == {
        "done",
        "refused",
        "lapsed",
    }


def test_who_is_signed_in_is_not_shown() -> None:
    """A session names nobody in a log."""
    session = Session(user_id="ann", subject=SubjectId(1), began_at=NOW, seen_at=NOW, proved_at=NOW)
    assert repr(session) == "Session(...)"


def test_a_planned_event_is_found_by_its_name() -> None:
    """What is worked out for an event of the plan is kept under it, whatever it may hold."""
    first, again = (
        PlannedEvent(name="Viewed", purposes=("measurement",), properties={}) for _ in range(2)
    )
    assert {first: "kept"}[again] == "kept"
