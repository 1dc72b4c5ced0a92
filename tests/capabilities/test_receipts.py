"""Receipts say what was said, are the same every time, and no bit of them can be changed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from receipt_worlds import NOON, RECORD, SHOP, Signing, given, permit, said

from tactful.capabilities.consent import (
    KIND,
    Controller,
    SignedReceipt,
    Verified,
    read_keys,
    receipts,
    verified,
)
from tactful.gate import Permit
from tactful.mechanisms.canonical import canonical
from tactful.terms import Mistake, PermitMisuse, Speaker, Standing
from tactful.testing.policies import CONSENT_LIFETIME, small_policy

SHOP_KEYS = (Signing().key.public,)


def written(receipt: SignedReceipt) -> bytes:
    """Return the file of *receipt*."""
    return json.dumps(receipt.as_json(), ensure_ascii=False, indent=2).encode()


def checked(content: bytes, *, at: datetime = NOON) -> Verified:
    """Return what *content* says, checked with the shop's key."""
    return verified(content, keys=SHOP_KEYS, at=at)


def forged(receipt: dict[str, Any]) -> bytes:
    """Return a file that the shop really signed, whatever is in *receipt*."""
    signer = Signing()
    signature = signer.sign(canonical(receipt))
    return written(SignedReceipt(receipt=receipt, signature=signature, key=signer.jwk()))


def test_a_receipt_tells_all_that_the_record_holds() -> None:
    """Every field, by its name in ISO/IEC TS 27560, of a yes and a no in one act."""
    (one,) = given(said("recommendations"), said("advertising", "deny"))

    assert one.receipt == {
        "schema_version": "tactful-receipt-1 (ISO/IEC TS 27560:2023)",
        "receipt_id": RECORD,
        "record_id": RECORD,
        "pii_principal_id": "pseudonym-7",
        "privacy_notice": {
            "id": "shop",
            "version": 3,
            "hash": f"sha-256:{3:064x}",
            "language": "en",
        },
        "pii_processing": {
            "purposes": [_purpose("advertising"), _purpose("recommendations")],
            "pii_controllers": ["controller"],
            "jurisdiction": "asking",
            "collection_method": "banner",
            "withdrawal_method": (
                "in the preference centre of the shop or by asking the controller; "
                "as easy as saying yes was"
            ),
        },
        "party_identification": [
            {
                "party_id": "controller",
                "party_name": SHOP.name,
                "party_role": "PII controller",
                "party_contact": SHOP.contact,
            }
        ],
        "events": [
            {
                "event_time": "2026-03-01T12:00:00.000000Z",
                "event_type": "expressed_consent",
                "event_state": "consent_refused",
                "dpv": "dpv:ConsentRefused",
                "entity_id": "pseudonym-7",
                "purpose": "advertising",
                "validity_duration": "until withdrawn",
            },
            {
                "event_time": "2026-03-01T12:00:00.000000Z",
                "event_type": "expressed_consent",
                "event_state": "consent_given",
                "dpv": "dpv:ConsentGiven",
                "entity_id": "pseudonym-7",
                "purpose": "recommendations",
                "validity_duration": f"P{CONSENT_LIFETIME.days}D",
                "expiry": "2027-03-01T12:00:00.000000Z",
            },
        ],
    }


def _purpose(name: str) -> dict[str, object]:
    return {
        "purpose": name,
        "description": name.capitalize(),
        "purpose_type": ["functional"],
        "pii_information": [{"pii_type": "user.behavior"}],
        "lawful_basis": "consent",
        "storage": {"retention_period": "P90D"},
        "recipient_third_parties": [],
    }


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("grant", "consent_given"),
        ("deny", "consent_refused"),
        ("withdraw", "consent_withdrawn"),
        ("object", "objected"),
        ("restrict", "processing_restricted"),
        ("lift", "restriction_lifted"),
    ],
)
def test_every_kind_of_statement_has_its_state(kind: str, state: str) -> None:
    """Whatever a subject can say, there is a receipt for it."""
    purpose = "" if kind in {"restrict", "lift"} else "advertising"
    (one,) = given(said(purpose, kind))

    (event,) = _events(one)
    assert event["event_state"] == state
    assert ("purpose" in event) is bool(purpose)
    assert len(_processing(one)["purposes"]) == bool(purpose)


def test_a_shop_that_cannot_be_written_to_says_so_by_silence() -> None:
    """Where no contact is set, none is made up."""
    (one,) = given(said("advertising"), controller=Controller(name="Shop"))

    assert one.receipt["party_identification"] == [
        {"party_id": "controller", "party_name": "Shop", "party_role": "PII controller"}
    ]


def test_what_is_not_known_is_called_so() -> None:
    """A restriction is made under no law in particular, and may come from anywhere."""
    (one,) = given(said("", "restrict", regime="", source=""))

    assert _processing(one)["jurisdiction"] == _processing(one)["collection_method"] == "unknown"


def test_who_spoke_is_told() -> None:
    """A parent or an agent is named as such, and stands among the parties; so does a signal."""
    (one,) = given(
        said("recommendations", by=Speaker.PARENT, ui="banner-7"),
        said("advertising", "object", source="signal:gpc"),
    )

    signal, parent = _events(one)
    assert (parent["entity_id"], parent["interface"]) == ("parent", "banner-7")
    assert (signal["event_type"], signal["entity_id"]) == ("signal", "pseudonym-7")
    assert {"party_id": "parent", "party_role": "parent of the PII principal"} in one.receipt[
        "party_identification"
    ]  # type: ignore[operator]


def test_words_of_the_vocabulary_stand_beside_our_own() -> None:
    """A use, or what it is a kind of, bears its name in the Data Privacy Vocabulary too."""
    policy = small_policy()
    uses = ("personalize.content.profiled", "personalize.content.limited", "sales")
    purpose = replace(policy.purposes["advertising"], uses=uses, retention=None)
    activity = replace(policy.activities["share-audience"], recipients=("Beta", "Alpha"))
    policy = replace(
        policy,
        purposes={**policy.purposes, "advertising": purpose},
        activities={**policy.activities, "share-audience": activity},
    )
    (one,) = given(said("advertising"), policy=policy)

    (told,) = _processing(one)["purposes"]
    assert told["purpose_type"] == [*uses, "dpv:ProvidePersonalisedRecommendations"]
    assert told["storage"] == {"retention_period": "not stored"}
    assert told["recipient_third_parties"] == ["Alpha", "Beta"]


def test_the_language_is_that_of_the_words() -> None:
    """Not the one that was asked for; that counts only where the words are no longer known."""
    (known,) = given(said("advertising", locale="de"))
    (forgotten,) = given(said("advertising", locale="de", notice_hash="f" * 64))
    (neither,) = given(said("advertising", locale="", notice_hash="f" * 64))

    notices = [one.form.privacy_notice for one in (known, forgotten, neither)]
    assert [notice.language for notice in notices if notice] == ["en", "de", "en"]


def test_what_the_policy_forgot_is_still_told() -> None:
    """A purpose or a law that was taken out of the policy since leaves what was said standing."""
    (one,) = given(said("flying", regime="nowhere"), said("advertising", regime="nowhere"))

    advertising, flying = _processing(one)["purposes"]
    assert flying == {"purpose": "flying"}
    assert "lawful_basis" not in advertising
    assert [event["validity_duration"] for event in _events(one)] == ["until withdrawn"] * 2


def test_one_receipt_for_each_act() -> None:
    """Statements of one record share a receipt; the oldest act comes first."""
    later = {"at": NOON + timedelta(hours=1), "record": "0" * 32}
    both = given(said("advertising", "withdraw", **later), said("advertising"))

    assert [one.record for one in both] == [RECORD, "0" * 32]


def test_a_statement_without_a_record_has_no_receipt() -> None:
    """What was stored before records had ids cannot be told apart, and is not made up."""
    assert given(said("advertising", record="")) == ()


def test_the_same_statements_give_the_same_receipt() -> None:
    """In whatever order they come from the store, and in whatever zone their times are."""
    statements = [said("recommendations"), said("advertising", "deny"), said("measurement")]
    (first,) = given(*statements)

    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    for order in permutations(statements):
        (again,) = given(*(replace(s, at=elsewhere) for s in order))
        assert (again, written(again)) == (first, written(first))


def test_a_receipt_needs_a_permit_for_one_subject() -> None:
    """Whose receipts they are is the permit's to say: a visitor without a record has none."""
    nobody = Permit(
        **{name: getattr(permit(), name) for name in Permit.__slots__} | {"scope": None}
    )
    with pytest.raises(PermitMisuse):
        receipts(
            nobody,
            Standing(),
            policy=small_policy(),
            principal=str,
            controller=SHOP,
            signer=Signing(),
        )


def test_nothing_of_a_receipt_is_in_its_repr() -> None:
    """Logs that show one by accident show nothing."""
    (one,) = given(said("advertising"))

    assert repr(one) == "SignedReceipt(...)"
    assert repr(checked(written(one))) == f"Verified({SHOP_KEYS[0].thumbprint!r})"


def test_a_receipt_is_found_good() -> None:
    """With the shop's keys it is the shop's; without, only unchanged since the key signed it."""
    (one,) = given(said("recommendations"))

    assert checked(written(one)).receipt == one.receipt
    assert checked(written(one)).known
    alone = verified(written(one), keys=None, at=NOON)
    assert (alone.known, alone.key) == (False, SHOP_KEYS[0].thumbprint)


def test_old_keys_still_count() -> None:
    """A receipt signed before the key was changed is good while the old public key is kept."""
    (old,) = given(said("recommendations"), signer=Signing(2))
    keys = read_keys(json.dumps({"keys": [Signing(1).jwk(), Signing(2).jwk()]}).encode())

    assert verified(written(old), keys=keys, at=NOON).known
    with pytest.raises(Mistake, match="not known to have"):
        checked(written(old))


(WHOLE,) = given(said("recommendations", ui='"\x1f'), said("advertising", "deny"))
FILE = written(WHOLE)


@settings(max_examples=2000)
@for_all(st.integers(0, 8 * len(FILE) - 1), st.booleans())
def test_no_bit_of_it_can_be_changed(bit: int, keys: bool) -> None:  # noqa: FBT001
    """A file with one bit changed is refused, or means exactly the same to every reader."""
    changed = bytearray(FILE)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        verified(bytes(changed), keys=SHOP_KEYS if keys else None, at=NOON)
    except Mistake:
        return
    assert json.loads(changed.decode("utf-8")) == json.loads(FILE)


@for_all(st.data())
def test_how_it_is_written_does_not_matter(data: st.DataObject) -> None:
    """White space, the order of members and escapes may change on the way; the meaning may not."""
    indent = data.draw(st.sampled_from([None, 0, 1, "\t"]))
    names = data.draw(st.permutations(["receipt", "signature", "key"]))
    document = {name: WHOLE.as_json()[name] for name in names}
    ascii_only = data.draw(st.booleans())

    rewritten = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert checked(f" {rewritten}\n".encode()).receipt == WHOLE.receipt


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"note": "mine"}, "nothing else"),
        ({"receipt": {}}, "changed"),
        ({"receipt": None}, "changed"),
        ({"receipt": {"record_id": 2**60}}, "canonical"),
        ({"signature": ""}, "compact JWS"),
        ({"signature": None}, "compact JWS"),
        ({"signature": Signing(2).sign(b"{}")}, "not the one that signed it"),
        ({"key": dict(Signing(2).jwk())}, "not the one that signed it"),
        ({"key": dict(Signing().jwk()) | {"note": "mine"}}, "not the one that signed it"),
        ({"key": {}}, "key"),
    ],
)
def test_a_changed_part_is_refused(change: dict[str, object], told: str) -> None:
    """Each part of the file is held against the others."""
    content = json.dumps(WHOLE.as_json() | change).encode()
    with pytest.raises(Mistake, match=told):
        verified(content, keys=None, at=NOON)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_what_is_no_receipt_is_refused(content: bytes) -> None:
    """A file of anything else ends with a line that says why."""
    with pytest.raises(Mistake):
        checked(content)


def test_another_signature_of_the_shop_is_no_receipt() -> None:
    """Whatever else the key should ever sign cannot be handed in as a receipt."""
    key = replace(Signing().key, kind="other+json")
    token = key.sign(canonical(dict(WHOLE.receipt)))
    content = json.dumps(WHOLE.as_json() | {"signature": token}).encode()

    with pytest.raises(Mistake, match="something else"):
        checked(content)
    assert base64.urlsafe_b64decode(WHOLE.signature.split(".")[0] + "==").endswith(
        f'"{KIND}"}}'.encode()
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"event_time": "2026-03-01T12:06:00Z"}, "time to come"),
        ({"event_time": "2026-03-01T11:00:00"}, "timezone"),
        ({"event_time": "yesterday"}, "RFC3339"),
        ({"event_time": True}, "event_time"),
        ({"expiry": "2026-03-01T12:00:00Z"}, "ran out before"),
        ({"expiry": "soon"}, "RFC3339"),
    ],
)
def test_times_that_cannot_be_are_refused(change: dict[str, object], told: str) -> None:
    """A signature does not make a wrong time right."""
    (one,) = given(said("recommendations"))
    (event,) = _events(one)

    with pytest.raises(Mistake, match=told):
        checked(forged({**one.receipt, "events": [event | change]}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema_version": "tactful-receipt-2"}, "form is not known"),
        ({"events": []}, "length >= 1"),
        ({"events": None}, "events"),
        ({"events": [1]}, "events"),
        ({"party_identification": []}, "length >= 1"),
        ({"privacy_notice": {"id": 1}}, "privacy_notice"),
    ],
)
def test_forms_that_are_not_known_are_refused(change: dict[str, object], told: str) -> None:
    """What this version cannot read it does not call good."""
    with pytest.raises(Mistake, match=told):
        checked(forged({**WHOLE.receipt, **change}))


def test_clocks_may_differ_a_little() -> None:
    """Five minutes are forgiven to whoever checks."""
    (one,) = given(said("recommendations"))

    assert checked(written(one), at=NOON - timedelta(minutes=5)).known


@pytest.mark.parametrize("content", [b"[]", b'{"keys": 1}', b'{"keys": [1]}', b"{}"])
def test_keys_that_cannot_be_read(content: bytes) -> None:
    """What is neither a JWK Set nor a JWK is refused."""
    with pytest.raises(Mistake):
        read_keys(content)


def test_a_single_key_will_do() -> None:
    """An auditor who was handed one JWK need not wrap it."""
    assert read_keys(json.dumps(Signing().jwk()).encode()) == SHOP_KEYS


def _events(one: SignedReceipt) -> list[dict[str, Any]]:
    events = one.receipt["events"]
    assert isinstance(events, list)
    return events


def _processing(one: SignedReceipt) -> dict[str, Any]:
    processing = one.receipt["pii_processing"]
    assert isinstance(processing, dict)
    return processing
