"""`tactful consent`: say something for a subject, see what stands, hand out and check receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import FILE, TEXT, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.signed import checked, tell_about_key
from tactful.cli.text import minute
from tactful.terms import Mistake

if TYPE_CHECKING:
    from tactful.capabilities.consent import Answer, SignedReceipt, Verified
    from tactful.shop import Shop, Who

WORDS = ("grant", "deny", "withdraw", "object")

id_argument = click.argument("user_id", metavar="ID", type=TEXT)


@click.group(cls=Commands, epilog="tactful consent show ada --shop my-shop")
def consent() -> None:
    """
    Record what a subject said, see what stands, hand out and check receipts.

    ID is the shop's own id of the subject: the `userId` of its events.
    """


@consent.command(
    cls=Command,
    epilog="tactful consent record ada --shop my-shop --region DE \\\n"
    "  --grant individual_personalization --notice privacy@1",
)
@id_argument
@shop_option
@click.option("--grant", type=TEXT, multiple=True, metavar="PURPOSE", help="Yes to this purpose.")
@click.option("--deny", type=TEXT, multiple=True, metavar="PURPOSE", help="No, when asked.")
@click.option("--withdraw", type=TEXT, multiple=True, metavar="PURPOSE", help="Take a yes back.")
@click.option("--object", type=TEXT, multiple=True, metavar="PURPOSE", help="Object (Art. 21).")
@click.option("--notice", type=TEXT, default="", help="The notice shown before a yes: privacy@1.")
@click.option("--region", type=TEXT, help="Where the subject is: DE, US-CA, ...")
@click.option("--locale", type=TEXT, default="", help="The language the notice was shown in.")
@json_option
def record(
    user_id: str,
    folder: Path,
    *,
    notice: str,
    region: str | None,
    locale: str,
    as_json_: bool,
    **said: tuple[str, ...],
) -> None:
    """Record what the subject ID said about purposes, and show what stands then."""
    from tactful.shop import Who

    statements = _statements(said)
    who = Who(user_id=user_id, region=region)
    with opened(folder) as found:
        found.shop.consent(who, statements, notice=notice, locale=locale, source="cli")
        _show(found.shop, who, as_json_=as_json_)


@consent.command(cls=Command, epilog="tactful consent show ada --shop my-shop --region DE")
@id_argument
@shop_option
@click.option("--region", type=TEXT, help="Where the subject is, if they are not known.")
@json_option
def show(user_id: str, folder: Path, region: str | None, *, as_json_: bool) -> None:
    """Show what stands for the subject ID on every purpose."""
    from tactful.shop import Who

    with opened(folder) as found:
        _show(found.shop, Who(user_id=user_id, region=region), as_json_=as_json_)


@consent.command(
    cls=Command, epilog="tactful consent receipts ada --shop my-shop --out ada-receipts"
)
@id_argument
@shop_option
@click.option("--out", type=FILE, metavar="DIR", help="A folder for one file per receipt.")
@json_option
def receipts(user_id: str, folder: Path, out: Path | None, *, as_json_: bool) -> None:
    """Hand out a signed receipt for everything that the subject ID ever said."""
    from tactful.assembly import write_receipts

    with opened(folder) as found:
        signed = found.shop.subject(user_id).receipts()
    written = write_receipts(out, signed) if out else ()
    if as_json_:
        say_json({"receipts": [one.as_json() for one in signed]})
    elif out:
        say(f"Receipts written to {out}: {len(written)}.")
    else:
        _list(signed)


@consent.command(cls=Command, epilog="tactful consent verify receipt-5f1c.json --key jwks.json")
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--key", type=FILE, metavar="JWKS", help="The shop's public keys, as it publishes.")
@click.option("--shop", "folder", type=FILE, metavar="DIR", help="The shop folder, in their place.")
@json_option
def verify(file: Path, key: Path | None, folder: Path | None, *, as_json_: bool) -> None:
    """
    Check the receipt in FILE, without a network: who signed it, and that no bit was changed.

    Exit status 0: good.  1: not good, or unreadable.
    """
    from tactful.assembly import check_receipt

    found = checked(check_receipt, file, key=key, folder=folder, as_json_=as_json_)
    if as_json_:
        say_json({"valid": True, "key": found.key, "shops": found.known, "receipt": found.receipt})
    else:
        _tell(file, found)


def _statements(said: dict[str, tuple[str, ...]]) -> dict[str, str]:
    statements: dict[str, str] = {}
    for word in WORDS:
        for purpose in said[word]:
            if statements.setdefault(purpose, word) != word:
                raise Mistake(f"{purpose[:64]} cannot be both {statements[purpose]} and {word}")
    if not statements:
        options = ", ".join(f"--{word}" for word in WORDS)
        raise click.UsageError(f"say what was said: {options}; `tactful consent show` only shows")
    return statements


def _show(shop: Shop, who: Who, *, as_json_: bool) -> None:
    answers = shop.standing(who)
    if as_json_:
        say_json({"standing": [asdict(answer) for answer in answers]})
        return
    table(("purpose", "said", "when", "notice", "source", "law", "now"), map(_answered, answers))


def _answered(a: Answer) -> tuple[str, ...]:
    now = "on" if a.on else "to be asked" if a.ask else "off"
    law = f"{a.mode}, {a.basis}"
    return a.purpose, a.said or "-", minute(a.at), a.notice, a.source, law, now


def _list(signed: Sequence[SignedReceipt]) -> None:
    if not signed:
        say("said nothing yet")
        return
    columns = ("record", "when", "said")
    table(columns, ((one.record, minute(one.form.at), one.form.gist) for one in signed))


def _tell(file: Path, found: Verified) -> None:
    """Say what was found good, and what that proves."""
    form = found.form
    say(f"{file.name} is good: no bit of it was changed since it was signed.")
    say()
    say(f"  controller  {form.party_identification[0].party_name}")
    say(f"  record      {form.record_id}")
    say(f"  time        {minute(form.at)}")
    for event in form.events:
        until = f", until {minute(event.expiry)}" if event.expiry else ""
        say(f"  said        {event.gist}{until}")
    if form.privacy_notice:
        notice = form.privacy_notice
        say(f"  notice      {notice.id}@{notice.version} ({notice.language}), {notice.hash}")
    say(f"  key         {found.key}")
    say()
    tell_about_key(known=found.known)
