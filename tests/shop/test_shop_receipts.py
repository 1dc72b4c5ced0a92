"""Receipts in Python: given with the choice, and the same when they are asked for again."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path

from shop_worlds import NOTICE, Clock

from tactful.assembly import init_shop, open_shop
from tactful.shop import Shop, Who

ADA = Who(user_id="ada@example.com", anonymous_id="a-4711", region="DE")
TOKYO = timezone(timedelta(hours=9))


def test_a_receipt_made_again_is_the_same(shop: Shop, clock: Clock) -> None:
    """From the stored statements, in the order of the acts, whatever zone their times came in."""
    said = {"measurement": "grant", "advertising": "deny", "session_personalization": "grant"}
    given = [
        shop.consent(ADA, said, notice=NOTICE, locale="de", ui="banner 3", source="banner"),
        shop.consent(ADA, {"measurement": "withdraw"}, at=clock().astimezone(TOKYO)),
    ]
    clock.go(days=1)
    given.append(shop.consent(ADA, {"measurement": "object"}))

    again = shop.subject("ada@example.com").receipts()

    assert again[-1] == given[-1].signed
    assert {one.record: one for one in again} == {one.record: one.signed for one in given}


def test_a_receipt_names_nobody(shop: Shop) -> None:
    """No identifier stands in it; whom it is about is a pseudonym, the same in all of theirs."""
    given = shop.consent(ADA, {"measurement": "deny"}).signed
    more = shop.consent(ADA, {"advertising": "deny"}).signed
    other = shop.consent(Who(user_id="bob"), {"measurement": "deny"}).signed

    assert not any(name in str(given.as_json()) for name in ("ada", "a-4711"))
    whose = [one.form.pii_principal_id for one in (given, more, other)]
    assert whose[0] == whose[1] != whose[2]


def test_shops_share_neither_pseudonyms_nor_keys(shop: Shop, tmp_path: Path, clock: Clock) -> None:
    """The first subject of one shop is not to be found again in the receipts of another."""
    init_shop(tmp_path / "other", name="Other")
    with open_shop(tmp_path / "other", clock=clock).shop as other:
        there = other.consent(ADA, {"measurement": "deny"}).signed
    here = shop.consent(ADA, {"measurement": "deny"}).signed

    assert here.form.pii_principal_id != there.form.pii_principal_id
    assert here.key != there.key
    assert there.form.party_identification[0].party_name == "Other"


def test_a_receipt_is_signed_when_it_is_asked_for(shop: Shop) -> None:
    """Once: an import of many choices signs none, and who asks twice gets the same."""
    receipt = shop.consent(ADA, {"measurement": "deny"})

    assert "signed" not in vars(receipt)
    assert receipt.signed is receipt.signed
    assert receipt.record == receipt.signed.record
    assert len(receipt.record) == 32
