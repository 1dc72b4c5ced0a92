"""`tactful subject` and `tactful consent`: rights and choices from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_worlds import NOTICE, Run, run


def test_a_grant_is_recorded_and_shown(empty: Run) -> None:
    """What a subject said stands afterwards, with its notice; the rest is not assumed."""
    ended = empty(
        "consent", "record", "ada", "--region", "DE", "--notice", NOTICE, "--json",
        "--grant", "measurement", "--deny", "advertising",
    )  # fmt: skip

    said = {answer["purpose"]: answer["said"] for answer in ended.json["standing"]}
    assert (said["measurement"], said["advertising"]) == ("grant", "deny")
    assert said["model_training"] is None
    assert "privacy@1" in empty("consent", "show", "ada").out


def test_consent_that_cannot_stand_is_refused(empty: Run) -> None:
    """No notice, an unknown purpose, two answers at once: one line each, nothing recorded."""
    empty("consent", "record", "ada", "--grant", "measurement").failed("notice", NOTICE)
    empty("consent", "record", "ada", "--deny", "flying").failed("unknown purpose", "measurement")
    empty("consent", "record", "ada", "--deny", "measurement", "--object", "measurement").failed(
        "both"
    )

    empty("subject", "show", "ada").failed("no subject is known")


def test_show_names_what_is_known(taught: Run) -> None:
    """Identifiers, region, statements and the latest events, with their source."""
    shown = taught("subject", "show", "buyer-0")

    for word in (
        "buyer-0",
        "DE",
        "model_training",
        "Order Completed",
        "kettle",
        "import:orders.csv",
    ):
        assert word in shown.out


def test_export_is_private_and_never_overwrites(taught: Run, tmp_path: Path) -> None:
    """An export goes into a new file of its owner only, or to stdout."""
    out = tmp_path / "export.json"
    assert taught("subject", "export", "buyer-0", "--out", str(out)).code == 0

    exported = json.loads(out.read_text("utf-8"))
    assert {tuple(event["items"]) for event in exported["events"]} == {("kettle", "teapot")}
    assert exported["events"] == taught("subject", "export", "buyer-0").json["events"]
    assert out.stat().st_mode & 0o777 == 0o600
    taught("subject", "export", "buyer-1", "--out", str(out)).failed("exists", "export.json")
    assert json.loads(out.read_text("utf-8"))["identifiers"][0]["value"] == "buyer-0"


def test_erase_asks_first(taught: Run) -> None:
    """Without a yes nothing is erased; with one the subject is gone, for good."""
    for answer in ("", "n\n", "what?\n"):
        unasked = taught("subject", "erase", "buyer-0", stdin=answer)
        assert unasked.code == 1
        assert unasked.err.splitlines()[-1].startswith("tactful: nothing was done")
    assert taught("subject", "show", "buyer-0").code == 0

    erased = taught("subject", "erase", "buyer-0", "--yes", "--json")

    assert erased.json["modelsChanged"] is True
    assert erased.json["removed"]["events"] == 2
    taught("subject", "show", "buyer-0").failed("no subject is known")


def test_restriction_holds_until_lifted(taught: Run) -> None:
    """A restricted subject gets answers from nobody's data, and their own again afterwards."""
    asked = ("decide", "--slot", "for-you", "--subject", "buyer-0", "--json")
    assert taught(*asked).json["level"] == "individual"

    assert taught("subject", "restrict", "buyer-0").code == 0
    assert taught(*asked).json["level"] == "none"
    assert "RESTRICTED" in taught("subject", "show", "buyer-0").out
    assert taught("subject", "lift", "buyer-0").code == 0

    assert taught(*asked).json["level"] == "individual"


@pytest.mark.parametrize("verb", ["show", "export", "erase", "restrict", "lift", "link"])
def test_nobody_known(verb: str, empty: Run) -> None:
    """Every right asked for a stranger ends with 1 and one line that does not repeat the id."""
    ended = empty("subject", verb, "ada@example.com")

    ended.failed("no subject is known")
    assert "ada@example.com" not in ended.err


def test_link_speaks_for_the_subject(taught: Run) -> None:
    """The link leads to the preference centre where the settings say the shop is served."""
    link = taught("subject", "link", "buyer-0", "--json").json["link"]

    assert link.startswith("http://127.0.0.1:8787/me?token=")


def test_a_residence_decides_the_law(taught: Run) -> None:
    """It is shown from then on; a place that does not exist is refused, and changes nothing."""
    assert taught("subject", "settle", "buyer-0", "--residence", "us-va").code == 0
    assert "US-VA" in taught("subject", "show", "buyer-0").out

    taught("subject", "settle", "buyer-0", "--residence", "ZZ").failed("no region 'ZZ'")
    taught("subject", "settle", "buyer-0", "--residence", "Narnia").failed("no region 'NARNIA'")
    assert "US-VA" in taught("subject", "show", "buyer-0").out


def test_uses_are_listed(taught: Run) -> None:
    """What somebody's data was used for, by day and activity."""
    uses = taught("subject", "uses", "buyer-0", "--json").json["uses"]

    assert {use["activity"] for use in uses} >= {"keep-history", "train-models"}
    assert "keep-history" in taught("subject", "uses", "buyer-0").out


def test_find_takes_one_whole_identifier(taught: Run) -> None:
    """The privacy officer finds by an exact identifier of any kind; nothing lists anybody."""
    found = taught("subject", "find", "--user-id", "buyer-0")
    assert "buyer-0" in found.out
    assert "Orders: 2 orders since 2025-03-01." in found.out
    assert taught("subject", "find", "--user-id", "buyer-0", "--json").json["features"]

    taught("subject", "find", "--user-id", "buyer").failed("no subject is known by this id")
    taught("subject", "find", "--email", "buyer-0").failed("no subject is known by this email")
    for given in ((), ("--user-id", "a", "--email", "b")):
        ended = taught("subject", "find", *given)
        assert (ended.code, "Give one identifier" in ended.err) == (2, True)


def test_an_erasure_is_certified(taught: Run) -> None:
    """The certificate is written once, is good, names nobody, and is refused once it is changed."""
    file = taught.folder.parent / "erasure.json"

    erased = taught("subject", "erase", "buyer-1", "--yes", "--certificate", str(file)).out
    good = run("certificate", "verify", str(file), "--shop", str(taught.folder))

    assert f"The certificate is in {file}" in erased
    assert "erasure.json is good" in good.out
    assert "events from the store" in good.out
    assert "models      forgot" in good.out
    assert "The key is one of the shop's." in good.out
    assert "buyer-1" not in good.out + file.read_text("utf-8")
    told = run("certificate", "verify", str(file), "--json").json
    assert (told["valid"], told["shops"]) == (True, False)
    again = taught("subject", "erase", "buyer-2", "--yes", "--certificate", str(file))
    assert again.code == 1
    assert "nobody was erased" in again.err
    nowhere = taught.folder.parent / "nowhere" / "erasure.json"
    lost = taught("subject", "erase", "buyer-2", "--yes", "--certificate", str(nowhere))
    assert (lost.code, "no such file or directory" in lost.err) == (1, True)
    new = taught.folder.parent / "new.json"
    assert taught("subject", "erase", "nobody", "--yes", "--certificate", str(new)).code == 1
    assert not new.exists()
    assert taught("subject", "show", "buyer-2").code == 0
    file.write_text(file.read_text("utf-8").replace('"forgot"', '"had not learned"'), "utf-8")
    bad = run("certificate", "verify", str(file), "--json")
    assert (bad.code, bad.json["valid"]) == (1, False)
    assert "it was changed" in bad.err
