"""Requests from the first word to the answer: what happens, what is written down, who is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking_worlds import CODE, Office, mail_of, office, signed_in, stranger, user

from tactful.shop import Asking, Who
from tactful.terms import (
    Mistake,
    NotFound,
    Proof,
    Request,
    RequestKind,
    RequestState,
    Speaker,
    StepKind,
)

EVERY_NO = [kind for kind in RequestKind if kind.at_once]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Return a shop in which Ann is known, and nothing waits for the officer."""
    with office(tmp_path / "shop") as found:
        found.meet("ann")
        yield found


def steps(request: Request) -> list[str]:
    """Return what happened, in words."""
    return [step.kind.value for step in request.steps]


def test_a_copy_is_ready_at_once_for_who_is_signed_in(here: Office) -> None:
    """Nothing needs to be proved, nobody needs to look, and the copy can be taken for 30 days."""
    request = here.shop.requests.open(signed_in(RequestKind.ACCESS))
    assert steps(request) == ["received", "verified", "acknowledged", "done"]
    assert here.letters.kinds == ["request-received", "request-done"]
    assert here.shop.requests.package(request.id)["traits"]["language"]["value"] == "eo"  # type: ignore[index]
    here.clock.go(days=31)
    with pytest.raises(Mistake, match="30 days"):
        here.shop.requests.package(request.id)


def test_an_erasure_is_carried_out_and_confirmed(here: Office) -> None:
    """The letter still finds its way; the record is found by who knows the id, and names nobody."""
    request = here.shop.requests.open(signed_in(RequestKind.ERASURE, note="goodbye"))
    assert request.state is RequestState.DONE
    assert here.letters.letters[-1][:2] == ("request-done", "ann@example.org")
    with pytest.raises(NotFound):
        here.shop.subject("ann")
    (kept,) = here.shop.requests.about(user("ann"))
    assert (kept.id, kept.subject) == (request.id, None)
    assert here.shop.requests.words(kept) == {}


@pytest.mark.parametrize("kind", EVERY_NO)
def test_a_no_takes_effect_at_once_and_needs_no_proof(here: Office, kind: RequestKind) -> None:
    """Also from somebody who only names an address."""
    before = here.shop.standing(Who(user_id="ann", region="DE"))
    request = here.shop.requests.open(stranger(kind))
    assert request.state is RequestState.DONE
    assert request.proof == Proof.NOT_NEEDED
    if kind is RequestKind.RESTRICTION:
        assert here.shop.subject("ann").export()["restricted"] is True
    else:
        assert here.shop.standing(Who(user_id="ann", region="DE")) != before


def test_a_thousand_noes_leave_eight_behind(here: Office) -> None:
    """Each holds, and is answered alike; of somebody unknown by an address nothing is kept."""
    for _ in range(20):
        assert here.shop.requests.open(stranger(RequestKind.OPT_OUT_SALE)).kind.at_once
        here.shop.requests.open(stranger(RequestKind.OPT_OUT_SALE, "zoe"))
    assert len(here.shop.requests.about(mail_of("ann"))) == 8
    here.shop.requests.open(stranger(RequestKind.RESTRICTION))
    assert here.shop.subject("ann").export()["restricted"] is True
    assert here.shop.requests.about(mail_of("zoe")) == ()
    here.shop.requests.open(signed_in(RequestKind.OBJECTION, "new"))
    said = here.shop.subject("new").statements()
    assert {statement.kind for statement in said} == {"object"}
    traits = {"language": "x" * 20_000}
    with pytest.raises(Mistake, match="characters in all"):
        here.shop.requests.open(signed_in(RequestKind.RECTIFICATION, traits=traits))


def test_an_objection_is_about_what_it_names(here: Office) -> None:
    """The purposes named, else every one that is not necessary."""
    here.shop.requests.open(signed_in(RequestKind.OBJECTION, purposes=("measurement",)))
    said = here.shop.subject("ann").statements()
    assert [s.purpose for s in said if s.kind == "object"] == ["measurement"]
    here.shop.requests.open(signed_in(RequestKind.OBJECTION))
    said = here.shop.subject("ann").statements()
    assert {s.purpose for s in said if s.kind == "object"} == set(here.shop.policy.purposes) - {
        "necessary"
    }
    with pytest.raises(Mistake, match="unknown purpose"):
        here.shop.requests.open(signed_in(RequestKind.OBJECTION, purposes=("necessary",)))


def test_a_correction_of_a_trait_is_made_one_in_words_waits(here: Office) -> None:
    """What tactful can set it sets; what only a person understands a person looks at."""
    traits = {"language": "tlh"}
    done = here.shop.requests.open(signed_in(RequestKind.RECTIFICATION, traits=traits))
    assert done.state is RequestState.DONE
    assert here.shop.subject("ann").export()["traits"]["language"]["value"] == "tlh"  # type: ignore[index]
    waits = here.shop.requests.open(signed_in(RequestKind.RECTIFICATION, note="my name is Anna"))
    assert waits.state is RequestState.VERIFIED
    assert here.shop.requests.asked(waits) == {"note": "my name is Anna"}
    assert here.shop.requests.approve(waits.id, note="set by hand").state is RequestState.DONE


def test_a_correction_that_cannot_be_made_waits_for_the_officer(here: Office) -> None:
    """Nothing is lost, and nothing is said to be done that is not."""
    asked = signed_in(RequestKind.RECTIFICATION, traits={"shoe size": 7})
    request = here.shop.requests.open(asked)
    assert request.state is RequestState.VERIFIED
    here.shop.requests.tidy()
    assert here.shop.requests.find(request.id).state is RequestState.VERIFIED
    refused = here.shop.requests.refuse(request.id, reason="not_covered")
    assert refused.state is RequestState.REFUSED


def test_a_stranger_proves_an_address_by_a_code(here: Office) -> None:
    """The code goes to the address; a wrong one does nothing, the right one counts once."""
    request = here.shop.requests.open(stranger(RequestKind.ERASURE))
    assert request.state is RequestState.RECEIVED
    assert here.letters.letters == [("request-code", "ann@example.org", here.letters.letters[0][2])]
    assert CODE in here.letters.letters[0][2]
    with pytest.raises(NotFound):
        here.shop.requests.confirm(request.id, "000000")
    assert here.shop.subject("ann")
    assert here.shop.requests.confirm(request.id, CODE).state is RequestState.DONE
    with pytest.raises(NotFound):
        here.shop.requests.confirm(request.id, CODE)
    with pytest.raises(NotFound):
        here.shop.subject("ann")


def test_a_stranger_learns_nothing_of_who_is_known(here: Office) -> None:
    """Letters, steps and state are the same for somebody unknown, until the address is proved."""
    known = here.shop.requests.open(stranger(RequestKind.ACCESS, "ann"))
    unknown = here.shop.requests.open(stranger(RequestKind.ACCESS, "zoe"))
    assert steps(known) == steps(unknown) == ["received"]
    assert here.letters.kinds == ["request-code", "request-code"]
    assert here.shop.requests.confirm(unknown.id, CODE).steps[-1].reason == "nothing_known"


def test_codes_are_sent_three_times_an_hour(here: Office) -> None:
    """A thousand asked for are answered alike, and three letters are written."""
    answers = [here.shop.requests.open(stranger(RequestKind.ACCESS)) for _ in range(50)]
    assert len({request.id for request in answers}) == 50
    assert len(here.letters.letters) == 3
    assert len(here.shop.requests.due()) == 3
    here.clock.go(hours=2)
    here.shop.requests.open(stranger(RequestKind.ACCESS))
    assert len(here.letters.letters) == 4


def test_what_nobody_confirms_lapses_and_goes(here: Office) -> None:
    """After half an hour it is owed no answer; after a month nothing of it is kept."""
    request = here.shop.requests.open(stranger(RequestKind.ACCESS))
    here.clock.go(minutes=31)
    assert here.shop.requests.tidy() == 1
    assert here.shop.requests.find(request.id).state is RequestState.LAPSED
    here.clock.go(days=32)
    assert here.shop.requests.tidy() == 1
    with pytest.raises(NotFound):
        here.shop.requests.find(request.id)


def test_the_record_of_an_answer_is_kept_for_three_years(here: Office) -> None:
    """In Germany, where no law says it; then nothing is left to tell that somebody asked."""
    request = here.shop.requests.open(signed_in(RequestKind.ERASURE))
    here.clock.go(days=3 * 365 - 1)
    assert here.shop.requests.tidy() == 0
    assert here.shop.requests.find(request.id) == request
    here.clock.go(days=3)
    assert here.shop.requests.tidy() == 1
    assert here.shop.requests.about(user("ann")) == ()


def test_an_agent_and_a_parent_say_by_what_they_may_ask(here: Office) -> None:
    """A written permission is noted, and the officer looks at it; a no needs none."""
    with pytest.raises(Mistake, match="authority"):
        here.shop.requests.open(signed_in(RequestKind.ACCESS, by=Speaker.AGENT))
    for by in (Speaker.AGENT, Speaker.PARENT):
        asked = signed_in(RequestKind.ACCESS, by=by, authority="signed on 1 March")
        request = here.shop.requests.open(asked)
        assert request.state is RequestState.VERIFIED
        assert here.shop.requests.asked(request) == {"authority": "signed on 1 March"}
    told = here.shop.requests.open(stranger(RequestKind.OPT_OUT_SALE, by=Speaker.AGENT))
    assert told.state is RequestState.DONE


def test_a_refusal_says_why_and_where_to_complain(here: Office) -> None:
    """Art. 12(4); in the European Union there is no appeal to the shop itself."""
    asked = Asking(kind=RequestKind.ACCESS, identifier=user("ann"))
    request = here.shop.requests.open(asked)
    with pytest.raises(Mistake, match="a reason"):
        here.shop.requests.refuse(request.id, reason="no time")
    refused = here.shop.requests.refuse(request.id, reason="excessive", note="the tenth today")
    kind, to, text = here.letters.letters[-1]
    assert (kind, to) == ("request-refused", "ann@example.org")
    assert "Art. 12(5)" in text
    assert "data protection authority" in text
    assert "tenth" not in text
    assert here.shop.requests.words(refused)[refused.steps[-1].number] == "the tenth today"
    with pytest.raises(Mistake, match="no appeal"):
        here.shop.requests.appeal(request.id)


def test_in_colorado_a_refusal_is_looked_at_again(here: Office) -> None:
    """Once, with a clock of its own."""
    here.meet("bea", region="US-CO")
    asked = Asking(kind=RequestKind.ACCESS, identifier=user("bea"), region="US-CO")
    request = here.shop.requests.open(asked)
    here.shop.requests.refuse(request.id, reason="not_identified")
    appealed = here.shop.requests.appeal(request.id, note="it was me")
    assert appealed.state is RequestState.APPEALED
    assert here.shop.requests.clock(appealed).citation.startswith("C.R.S.")
    assert here.shop.requests.approve(request.id).state is RequestState.DONE


def test_the_clock_stands_still_where_the_law_lets_it(here: Office) -> None:
    """In Germany while identity is checked; the subject is asked for what is missing."""
    request = here.shop.requests.open(Asking(kind=RequestKind.ACCESS, identifier=user("ann")))
    due = here.shop.requests.clock(request).due
    here.shop.requests.pause(request.id, reason="identity")
    here.clock.go(days=10)
    resumed = here.shop.requests.resume(request.id)
    assert (here.shop.requests.clock(resumed).due - due).days >= 10
    assert here.letters.kinds[-1] == "request-paused"
    with pytest.raises(Mistake, match="runs"):
        here.shop.requests.resume(request.id)


def test_more_time_is_told_to_the_subject(here: Office) -> None:
    """With the day by which there will be an answer."""
    request = here.shop.requests.open(Asking(kind=RequestKind.ACCESS, identifier=user("ann")))
    extended = here.shop.requests.extend(request.id)
    due = here.shop.requests.clock(extended).due
    assert here.letters.kinds[-1] == "request-extended"
    assert f"{due.day} {due:%B %Y}" in here.letters.letters[-1][2]


def test_the_officer_hears_of_what_is_due(here: Office) -> None:
    """Nothing while there is time; then number, kind and day of each, and nobody's name."""
    request = here.shop.requests.open(Asking(kind=RequestKind.ACCESS, identifier=user("ann")))
    assert here.shop.requests.remind() == 0
    here.clock.go(days=40)
    assert here.shop.requests.remind() == 1
    kind, to, text = here.letters.letters[-1]
    assert (kind, to) == ("requests-due", "dpo@example.org")
    assert request.id in text
    assert "OVERDUE" in text
    assert "ann" not in text


def test_an_erasure_that_was_cut_short_is_finished(here: Office, tmp_path: Path) -> None:
    """Erased, and killed before that was written down: the next round writes it down."""
    with office(tmp_path / "other", review=frozenset({RequestKind.ERASURE})) as other:
        other.meet("ann")
        request = other.shop.requests.open(signed_in(RequestKind.ERASURE))
        work = other.shop.requests._work
        work.step(work.find(request.id), StepKind.REVIEWED, by="officer")
        other.shop.subject("ann").erase()
        assert other.shop.requests.tidy() == 1
        done = other.shop.requests.find(request.id)
        assert (done.state, done.steps[-1].reason) == (RequestState.DONE, "nothing_known")


def test_what_the_shop_wants_to_look_at_waits(tmp_path: Path) -> None:
    """And what it does not want to look at does not."""
    with office(tmp_path / "shop", review=frozenset({RequestKind.ERASURE})) as here:
        here.meet("ann")
        asked = here.shop.requests.open(signed_in(RequestKind.ERASURE))
        assert asked.state is RequestState.VERIFIED
        with pytest.raises(Mistake, match="waits for the officer"):
            here.shop.requests.run(asked.id)
        access = here.shop.requests.open(signed_in(RequestKind.ACCESS))
        assert access.state is RequestState.DONE
        assert [request.id for request, _ in here.shop.requests.due()] == [asked.id]
        assert here.shop.requests.approve(asked.id).state is RequestState.DONE


def test_without_a_mail_server_nobody_is_said_to_have_been_told(tmp_path: Path) -> None:
    """The receipt is then for the officer to confirm, and the count says what was not sent."""
    with office(tmp_path / "shop", mail=False) as here:
        here.meet("ann")
        request = here.shop.requests.open(signed_in(RequestKind.ACCESS))
        assert steps(request) == ["received", "verified", "done"]
        assert here.shop.totals()["letter", "request not sent"] == 1


def test_a_request_is_part_of_what_is_known(here: Office) -> None:
    """The subject finds it in the export, with their words."""
    here.shop.requests.open(signed_in(RequestKind.RECTIFICATION, note="Anna, not Ann"))
    export: dict[str, Any] = here.shop.subject("ann").export()
    (found,) = export["requests"]
    assert found["kind"] == "rectification"
    assert "Anna, not Ann" in found["steps"][0]["words"]
    assert len(here.shop.requests.of(here.shop.subject("ann"))) == 1
    assert here.shop.requests.about(mail_of("ann")) == ()
