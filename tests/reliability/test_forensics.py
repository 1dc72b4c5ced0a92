"""Of who was erased not a byte is left in the shop's folder; before, they are found in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from forensic_worlds import forms_of, found

from tactful.assembly import Opened, check_certificate, init_shop, open_shop
from tactful.shop import Who
from tactful.terms import Identifier, IdentifierKind, Mistake

NAME = "customer-47110815"
SECOND_NAME = "second-name-47110816"
OTHERS = [f"bystander-{number}" for number in range(6)]
IDENTIFIERS = {
    IdentifierKind.USER_ID: NAME,
    IdentifierKind.ANONYMOUS_ID: "browser-f00dcafe",
    IdentifierKind.EMAIL: "erin.forensic@example.com",
    IdentifierKind.PHONE: "+4930901820471",
}
ITEMS = [f"unmistakable-item-{number}" for number in range(6)]
GOODS = ["kettle", "teapot", "mug"]
PURPOSES = (
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
    "email_marketing",
)
PAYLOADS = {
    **{item: item.encode() for item in ITEMS},
    "source": f"told by {NAME[::-1]}".encode(),
}
"""What events and statements of theirs hold: it lies open in the store, under a number."""

SEALED = {
    **{kind.value: value.encode() for kind, value in IDENTIFIERS.items()},
    "second name": SECOND_NAME.encode(),
    "trait": b"Erin Unmistakable",
    "message": f"message-{NAME}".encode(),
}
"""What is sealed or digested from the first moment: it never lies open anywhere."""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Yield a shop with a person in every corner of it, and others who stay."""
    init_shop(tmp_path / "shop")
    opened = open_shop(tmp_path / "shop")
    _fill(opened)
    yield opened
    opened.close()


def test_found_before_and_gone_after(opened: Opened) -> None:
    """Before, payloads, indexes and keys lie there; after, nothing of the person in any form."""
    folder, hidden = opened.folder, _hidden(opened)
    before = found(folder, PAYLOADS | SEALED | hidden)
    assert set(before) == set(PAYLOADS) | set(hidden)
    assert any(place.endswith(".parquet") for place in before[ITEMS[0]])
    assert any("models" in place for place in before[ITEMS[0]])

    erasure = opened.shop.subject(NAME).erase()

    assert found(folder, PAYLOADS | SEALED | hidden) == {}
    assert erasure.models_changed
    assert erasure.removed["lake"] > 0
    opened.close()
    assert found(folder, PAYLOADS | SEALED | hidden) == {}
    again = open_shop(folder)
    assert len(again.shop.subject(OTHERS[0]).export()["events"]) == len(GOODS)  # type: ignore[arg-type]
    again.close()
    assert found(folder, PAYLOADS | SEALED | hidden) == {}


def test_gone_while_events_arrive_and_models_learn(opened: Opened) -> None:
    """Nothing comes back of who is erased while they still send and a training is under way."""
    stop = threading.Event()

    def send() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            _view(opened, NAME, ITEMS[number % len(ITEMS)], message=f"message-{NAME}-{number}")

    def train() -> None:
        while not stop.is_set():
            opened.shop.train()

    threads = [threading.Thread(target=work) for work in (send, train)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            opened.shop.subject(NAME).erase()
            _agree(opened, NAME)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    opened.shop.subject(NAME).erase()
    opened.close()
    assert found(opened.folder, PAYLOADS) == {}


def test_another_process_forgets(opened: Opened) -> None:
    """A process that remembered the person hands out nothing of theirs a second later."""
    other = open_shop(opened.folder)
    assert other.shop.subject(NAME).export()["events"]
    opened.shop.subject(NAME).erase()
    other.shop.refresh()
    waited = threading.Event()
    for _ in range(100):
        if other.shop.standing(Who(user_id=NAME))[1].said is None:
            break
        waited.wait(0.05)
    assert {answer.said for answer in other.shop.standing(Who(user_id=NAME))} == {None}
    other.close()
    assert found(opened.folder, PAYLOADS) == {}


def test_the_certificate(opened: Opened, tmp_path: Path) -> None:
    """It says what went from where, names nobody, is good, and is no longer when a bit changes."""
    pseudonym = opened.shop.subject(NAME).receipts()[0].form.pii_principal_id
    erasure = opened.shop.subject(NAME).erase()
    file = tmp_path / "erasure.json"
    file.write_text(json.dumps(erasure.certificate), "utf-8")

    good = check_certificate(file, shop=opened.folder)

    assert good.known
    assert good.form.case == erasure.case
    assert good.form.pii_principal_id == pseudonym
    assert good.form.models == "forgot"
    assert good.form.keys_destroyed == 2
    counted = {(row.place, row.kind): row.rows for row in good.form.removed}
    assert counted["lake", "events"] == erasure.removed["lake"]
    assert counted["store", "identifiers"] == erasure.removed["identifiers"]
    for value in (PAYLOADS | SEALED).values():
        assert not any(form in file.read_bytes() for form in forms_of(value))
    for changed in ('"rows": 1', '"case": "0'):
        text = json.dumps(erasure.certificate).replace(changed[:-1], changed, 1)
        file.write_text(text, "utf-8")
        with pytest.raises(Mistake, match="changed"):
            check_certificate(file)


def test_a_receipt_is_no_certificate(opened: Opened, tmp_path: Path) -> None:
    """What was signed as one thing is not taken for another."""
    receipt = opened.shop.subject(NAME).receipts()[0].as_json()
    file = tmp_path / "receipt.json"
    for member in ("receipt", "certificate"):
        told = {
            member: receipt["receipt"],
            "signature": receipt["signature"],
            "key": receipt["key"],
        }
        file.write_text(json.dumps(told), "utf-8")
        with pytest.raises(Mistake, match=r"object with certificate|signed as something"):
            check_certificate(file)


def _fill(opened: Opened) -> None:
    """Let the person live in store, lake and models, under two names, among others."""
    for name in (NAME, SECOND_NAME, *OTHERS):
        _agree(opened, name)
    for name in OTHERS:
        for item in GOODS:
            _view(opened, name, item)
    traits = {
        "name": "Erin Unmistakable",
        "email": IDENTIFIERS[IdentifierKind.EMAIL],
        "phone": IDENTIFIERS[IdentifierKind.PHONE],
    }
    device = {"anonymousId": IDENTIFIERS[IdentifierKind.ANONYMOUS_ID]}
    opened.shop.collect([{"type": "identify", "userId": NAME, "traits": traits, **device}])
    for item in ITEMS[:3]:
        _view(opened, NAME, item)
    opened.shop.subject(NAME).merge(SECOND_NAME)
    opened.lake.lake.feed()
    opened.lake.outflow.retire(before=date.max, at=opened.shop.now())
    for item in ITEMS[3:]:
        _view(opened, NAME, item)
    opened.lake.lake.feed()
    opened.shop.advance_features(1_000)
    opened.shop.train()


def _agree(opened: Opened, name: str) -> None:
    said = dict.fromkeys(PURPOSES, "grant")
    who = Who(user_id=name, region="DE")
    opened.shop.consent(who, said, notice="privacy@1", locale="en", source=f"told by {name[::-1]}")


def _view(opened: Opened, name: str, item: str, *, message: str = "") -> None:
    opened.shop.collect(
        [
            {
                "type": "track",
                "event": "Product Viewed",
                "userId": name,
                "messageId": message or f"message-{name}-{item}",
                "properties": {"product_id": item},
                "context": {"region": "DE"},
            }
        ]
    )


def _hidden(opened: Opened) -> dict[str, bytes]:
    """Return what the person is found by, and their keys, wrapped and open."""
    hidden: dict[str, bytes] = {}
    store = opened.shop._parts.store
    subject_keys = store.identities._keys  # type: ignore[attr-defined]
    db = store.identities._engine.read()  # type: ignore[attr-defined]
    for kind, value in IDENTIFIERS.items():
        hidden[f"index of {kind.value}"] = subject_keys.index(Identifier(kind, value))
    for number in store.identities.members(opened.shop.subject(NAME).number):
        query = "SELECT wrapped FROM keys WHERE subject = ?"
        hidden[f"wrapped key {number}"] = db.execute(query, (number,)).fetchone()[0]
    return hidden
