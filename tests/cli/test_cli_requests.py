"""`tactful requests`: from a mail to the answer, without SQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_worlds import Ended, run

from tactful.assembly import init_shop, open_shop
from tactful.shop import Asking, Who
from tactful.terms import Identifier, IdentifierKind, Proof, RequestKind


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a shop that looks at erasures itself, with one that waits."""
    made = tmp_path / "shop"
    init_shop(made)
    with (made / "tactful.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[requests]\nreview = ["erasure"]\nplace = "DE"\ntime_zone = "Europe/Berlin"\n'
        )
    return made


def asked(
    folder: Path,
    kind: RequestKind,
    proof: Proof | None = Proof.SIGNED_IN,
    region: str = "DE",
) -> str:
    """Let Ann, of *region*, ask for something; return the number of the request."""
    opened = open_shop(folder)
    ann = Identifier(IdentifierKind.USER_ID, "ann")
    opened.shop.consent(Who(user_id="ann", region=region), {"measurement": "deny"})
    opened.shop.subject("ann").settle(region)
    request = opened.shop.requests.open(
        Asking(kind=kind, identifier=ann, proof=proof, note="please", region=region)
    )
    opened.close()
    return request.id


def requests(folder: Path, *said: str) -> Ended:
    """Run `tactful requests`."""
    return run("requests", *said, "--shop", str(folder))


def test_a_request_from_mail_to_answer(folder: Path) -> None:
    """List, show, approve; afterwards it is found by the id of who was erased."""
    number = asked(folder, RequestKind.ERASURE)
    (row,) = json.loads(requests(folder, "list", "--json").out)["requests"]
    assert (row["id"], row["status"], row["clock"]) == (number, "verified", "calm")
    assert number in requests(folder, "list").out
    shown = requests(folder, "show", number).out
    assert "please" in shown
    assert "GDPR Art. 12(3)" in shown
    assert requests(folder, "run", number).code == 1
    assert "done" in requests(folder, "approve", number, "--note", "seen").out
    again = json.loads(requests(folder, "show", number, "--json").out)
    assert [step["step"] for step in again["steps"]] == ["received", "verified", "reviewed", "done"]
    assert all(step["words"] == "" for step in again["steps"])
    found = json.loads(requests(folder, "list", "--user-id", "ann", "--json").out)["requests"]
    assert [one["id"] for one in found] == [number]
    assert number in requests(folder, "list", "--closed").out
    assert requests(folder, "list").out.count(number) == 0


def test_verify_pause_resume_extend_and_refuse(folder: Path) -> None:
    """Each says how the request stands then; what may not be is one clear line."""
    number = asked(folder, RequestKind.ERASURE, proof=None)
    assert "received" in requests(folder, "acknowledge", number).out
    assert "stands still" in requests(folder, "pause", number, "--reason", "identity").out.lower()
    assert requests(folder, "pause", number, "--reason", "identity").code == 1
    assert "days left" in requests(folder, "resume", number).out
    extended = json.loads(requests(folder, "extend", number, "--json").out)
    assert extended["steps"][-1]["step"] == "extended"
    assert "verified" in requests(folder, "verify", number, "--note", "passport").out
    assert requests(folder, "refuse", number, "--reason", "mood").code == 2
    assert "refused" in requests(folder, "refuse", number, "--reason", "unfounded").out
    twice = requests(folder, "refuse", number, "--reason", "unfounded")
    assert (twice.code, "refused" in twice.err) == (1, True)
    requests(folder, "appeal", number).failed("no appeal")
    assert requests(folder, "show", "nothing").code == 1


def test_an_appeal_where_the_law_gives_one(folder: Path) -> None:
    """In Colorado, once; the words are kept for the officer."""
    number = asked(folder, RequestKind.ERASURE, region="US-CO")
    requests(folder, "refuse", number, "--reason", "unfounded")
    assert "appealed" in requests(folder, "appeal", number, "--note", "by phone").out
    assert "by phone" in requests(folder, "show", number).out
    requests(folder, "appeal", number).failed("no appeal")


def test_a_copy_is_printed(folder: Path) -> None:
    """Once the request for it is done."""
    number = asked(folder, RequestKind.ACCESS)
    copy = json.loads(requests(folder, "package", number).out)
    assert copy["identifiers"] == [{"kind": "userId", "value": "ann"}]
    assert requests(folder, "package", asked(folder, RequestKind.ERASURE)).code == 1


def test_doctor_says_what_waits(folder: Path) -> None:
    """How many, and that nobody is told; a wrong setting names what is right."""
    asked(folder, RequestKind.ERASURE)
    findings = json.loads(run("doctor", "--shop", str(folder), "--json").out)["checks"]
    said = [finding["says"] for finding in findings if finding["check"] == "requests"]
    assert said[0] == "1 wait for an answer"
    assert "officer" in said[1]
    text = (folder / "tactful.toml").read_text(encoding="utf-8")
    for wrong in ('review = ["objection"]', 'place = "XX"', 'time_zone = "Europe/Atlantis"'):
        key = wrong.partition(" ")[0]
        lines = [wrong if line.startswith(key) else line for line in text.splitlines()]
        (folder / "tactful.toml").write_text("\n".join(lines), encoding="utf-8")
        assert key.replace("_", " ") in requests(folder, "list").err.replace("_", " ")
