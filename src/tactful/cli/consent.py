"""`tactful consent`: say something for a subject, and see what stands."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import TEXT, json_option, opened, shop_option
from tactful.cli.screen import say_json, table
from tactful.cli.shape import Command
from tactful.cli.text import minute
from tactful.terms import Mistake

if TYPE_CHECKING:
    from tactful.shop import Shop, Who

WORDS = ("grant", "deny", "withdraw", "object")


@click.command(
    cls=Command,
    epilog="tactful consent ada --shop my-shop --region DE \\\n"
    "  --grant individual_personalization --notice privacy@1",
)
@click.argument("user_id", metavar="ID", type=TEXT)
@shop_option
@click.option("--grant", type=TEXT, multiple=True, metavar="PURPOSE", help="Yes to this purpose.")
@click.option("--deny", type=TEXT, multiple=True, metavar="PURPOSE", help="No, when asked.")
@click.option("--withdraw", type=TEXT, multiple=True, metavar="PURPOSE", help="Take a yes back.")
@click.option("--object", type=TEXT, multiple=True, metavar="PURPOSE", help="Object (Art. 21).")
@click.option("--notice", type=TEXT, default="", help="The notice shown before a yes: privacy@1.")
@click.option("--region", type=TEXT, help="Where the subject is: DE, US-CA, ...")
@click.option("--locale", type=TEXT, default="", help="The language the notice was shown in.")
@json_option
def consent(
    user_id: str,
    folder: Path,
    *,
    notice: str,
    region: str | None,
    locale: str,
    as_json_: bool,
    **said: tuple[str, ...],
) -> None:
    """
    Record what a subject said about purposes, and show it.

    Without a statement it only shows what stands.
    """
    from tactful.shop import Who

    statements = _statements(said)
    who = Who(user_id=user_id, region=region)
    with opened(folder) as found:
        if statements:
            found.shop.consent(who, statements, notice=notice, locale=locale, source="cli")
        _show(found.shop, who, as_json_=as_json_)


def _statements(said: dict[str, tuple[str, ...]]) -> dict[str, str]:
    statements: dict[str, str] = {}
    for word in WORDS:
        for purpose in said[word]:
            if statements.setdefault(purpose, word) != word:
                raise Mistake(f"{purpose[:64]} cannot be both {statements[purpose]} and {word}")
    return statements


def _show(shop: Shop, who: Who, *, as_json_: bool) -> None:
    answers = shop.standing(who)
    if as_json_:
        say_json({"standing": [asdict(answer) for answer in answers]})
        return
    table(
        ("purpose", "said", "when", "notice", "source", "law"),
        (
            (a.purpose, a.said or "-", minute(a.at), a.notice, a.source, f"{a.mode}, {a.basis}")
            for a in answers
        ),
    )
