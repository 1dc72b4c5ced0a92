"""`tactful consent receipts` and `verify`: proofs that need neither the shop nor a network."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_worlds import NOTICE, Run, run

from tactful.assembly import rotate_receipt_key
from tactful.mechanisms.canonical import canonical
from tactful.mechanisms.signing import SigningKey

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "verify-a-receipt.md"


@pytest.fixture
def said(empty: Run) -> Run:
    """Return a shop where Ada said yes to one purpose, and later no to another."""
    empty(
        "consent", "record", "ada", "--region", "DE", "--notice", NOTICE, "--grant", "measurement"
    )
    empty("consent", "record", "ada", "--deny", "advertising")
    return empty


def handed_out(shop: Run) -> list[Path]:
    """Return the files of Ada's receipts, the oldest first."""
    folder = shop.folder.parent / "receipts"
    signed = shop("consent", "receipts", "ada", "--out", str(folder), "--json").json["receipts"]
    return [folder / f"receipt-{one['receipt']['record_id']}.json" for one in signed]


def published(shop: Run) -> str:
    """Return the file of public keys, as an auditor would have it."""
    path = shop.folder.parent / "jwks.json"
    shutil.copy(shop.folder / "keys" / "receipt-keys.json", path)
    return str(path)


def test_a_receipt_is_good_without_the_shop(said: Run) -> None:
    """Handed out, and checked with the published keys after the shop is gone."""
    files, keys = handed_out(said), published(said)
    shutil.rmtree(said.folder)

    first, second = (run("consent", "verify", str(file), "--key", keys) for file in files)

    for word in ("is good", "consent_given measurement", NOTICE, "one of the shop's"):
        assert word in first.out
    assert (first.code, second.code) == (0, 0)
    assert "consent_refused advertising" in second.out


def test_the_shop_folder_does_as_well_as_its_keys(said: Run) -> None:
    """Whoever has the shop folder need not fetch the keys."""
    checked = said("consent", "verify", str(handed_out(said)[0]), "--json").json

    assert (checked["valid"], checked["shops"]) == (True, True)
    assert checked["receipt"]["events"][0]["purpose"] == "measurement"


def test_without_keys_it_says_what_is_not_proved(said: Run) -> None:
    """The key in the file proves little, and the answer says so and how to get the shop's."""
    file = handed_out(said)[0]
    checked = run("consent", "verify", str(file))

    key = json.loads(file.read_bytes())["key"]["kid"]
    for word in ("is good", key, "not who that is", "/.well-known/jwks.json", "--key"):
        assert word in checked.out
    assert run("consent", "verify", str(file), "--json").json["shops"] is False


def test_a_changed_receipt_is_refused(said: Run) -> None:
    """A no made a yes: one line says why it is not good, and the status says so too."""
    file = handed_out(said)[1]
    file.write_text(file.read_text("utf-8").replace("consent_refused", "consent_given"), "utf-8")

    said("consent", "verify", str(file)).failed(file.name, "was changed")
    ended = said("consent", "verify", str(file), "--json")
    assert (ended.code, ended.json["valid"]) == (1, False)
    assert "was changed" in ended.json["reason"]


def test_the_receipt_of_another_shop_is_not_ours(said: Run, tmp_path: Path) -> None:
    """A key that anybody can make does not speak for the shop."""
    other = tmp_path / "other"
    assert run("init", str(other)).code == 0

    run("consent", "verify", str(handed_out(said)[0]), "--shop", str(other)).failed("not known")


def test_receipts_outlive_the_key(said: Run) -> None:
    """After a change of the key old receipts are good, and the new key signs what is new."""
    old = handed_out(said)[0]
    content = old.read_bytes()
    new = rotate_receipt_key(said.folder)

    assert said("consent", "verify", str(old), "--json").json["valid"]
    remade = said("consent", "receipts", "ada", "--json").json["receipts"][0]
    assert (remade["key"]["kid"], remade["receipt"]) == (new, json.loads(content)["receipt"])


def test_receipts_are_private_and_never_overwritten(said: Run) -> None:
    """The same again changes nothing; a file that says something else is left alone."""
    (first, _) = handed_out(said)
    content = first.read_bytes()
    assert first.stat().st_mode & 0o777 == 0o600
    assert handed_out(said)[0].read_bytes() == content

    first.write_bytes(b"mine")
    folder = str(first.parent)
    said("consent", "receipts", "ada", "--out", folder).failed("something else", first.name)
    assert first.read_bytes() == b"mine"


def test_receipts_are_listed(said: Run) -> None:
    """Without a folder there is a line for each; somebody who is not known has none."""
    listed = said("consent", "receipts", "ada").out
    assert "consent_given measurement" in listed
    assert "consent_refused advertising" in listed

    written = said("consent", "receipts", "ada", "--out", str(said.folder.parent / "out")).out
    assert written.endswith("out: 2.\n")
    said("consent", "receipts", "bob").failed("no subject is known")


def test_the_contact_of_the_shop_stands_in_receipts(
    said: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds a receipt knows where to write to."""
    monkeypatch.setenv("TACTFUL_SHOP_CONTACT", "privacy@shop.example")

    (party,) = said("consent", "receipts", "ada", "--json").json["receipts"][0]["receipt"][
        "party_identification"
    ]
    assert party["party_contact"] == "privacy@shop.example"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not JSON"),
        (b"{}", "receipt, signature and key"),
        (b"\xff", "not UTF-8"),
        (b"[" * 99_999, "brackets"),
        (b" " * 1_000_001, "larger"),
    ],
)
def test_what_is_no_receipt(content: bytes, told: str, empty: Run) -> None:
    """Any other file ends with 1 and one line."""
    empty("consent", "verify", empty.file("note.json", content)).failed("note.json", told)


def test_what_anybody_signed_is_no_receipt(empty: Run) -> None:
    """A good signature over something else is refused like anything else, without a trace."""
    key = SigningKey(b"\1" * 32, "tactful-receipt+json")
    schema = {"schema_version": "tactful-receipt-1 (ISO/IEC TS 27560:2023)"}
    odd: tuple[object, ...] = ([], {}, schema)
    for receipt in odd:
        file = {"receipt": receipt, "signature": key.sign(canonical(receipt))}
        name = empty.file("odd.json", json.dumps(file | {"key": key.public.jwk()}))
        run("consent", "verify", name).failed("odd.json", "form")


def test_files_that_cannot_be_used(said: Run) -> None:
    """No such file, keys that are none, two sources of keys: one line each."""
    file = str(handed_out(said)[0])
    run("consent", "verify", "nowhere.json").failed("nowhere.json")
    run("consent", "verify", file, "--key", said.file("k.json", "{}")).failed("k.json", "key")
    assert said("consent", "verify", file, "--key", published(said)).code == 2


def test_saying_nothing_is_a_mistake(empty: Run) -> None:
    """`record` without a statement is not understood, and names what shows."""
    ended = empty("consent", "record", "ada")

    assert ended.code == 2
    assert "tactful consent show" in ended.err


def test_any_other_library_can_check_it(
    said: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines of the how-to, as they stand there, find the receipt good."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(handed_out(said)[0], "receipt.json")
    assert published(said) == str(tmp_path / "jwks.json")
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```", HOW_TO.read_text("utf-8"))

    found: dict[str, Any] = {}
    exec(compile(code, HOW_TO.name, "exec"), found)  # noqa: S102 - it is our own document

    assert found["signed"].headers()["alg"] == "Ed25519"


def test_the_line_that_changes_the_key_is_right(
    said: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command of the how-to, as it stands there, puts a new key into use."""
    (line,) = re.findall(r"\$ python -c '(.*)'", HOW_TO.read_text("utf-8"))

    exec(line.replace('"my-shop"', repr(str(said.folder))), {})  # noqa: S102 - our own document

    new = capsys.readouterr().out.strip()
    assert said("consent", "receipts", "ada", "--json").json["receipts"][0]["key"]["kid"] == new
