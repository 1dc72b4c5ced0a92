"""`tactful decide`: fill one slot, and say why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import TEXT, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command
from tactful.terms import Decision, Item, Level, Reason

if TYPE_CHECKING:
    from tactful.shop import Question


@click.command(
    cls=Command, epilog="tactful decide --shop my-shop --slot for-you --session A12,B7 --region DE"
)
@shop_option
@click.option("--slot", required=True, type=TEXT, help="The slot to fill: for-you, trending, ...")
@click.option("--subject", "user_id", type=TEXT, help="Whom it is for, by the shop's userId.")
@click.option("--session", type=TEXT, default="", help="Items of this visit: A,B,C.")
@click.option("--item", "page", type=TEXT, help="The item whose page this is.")
@click.option("--region", type=TEXT, help="Where the visitor is: DE, US-CA, ...")
@click.option("--gpc", is_flag=True, help="The browser sends Sec-GPC: 1.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    default=Level.INDIVIDUAL.value,
    help="Be at most this personal.",
)
@click.option("--limit", type=int, default=10, show_default=True, help="How many items.")
@json_option
def decide(folder: Path, *, as_json_: bool, **asked: object) -> None:
    """Fill a slot at the highest level that the gate permits."""
    with opened(folder) as found:
        decision = found.shop.decide(_question(**asked))  # type: ignore[arg-type]
        titles = {} if as_json_ else found.shop.catalogue
    if as_json_:
        say_json(plain(decision))
    else:
        _show(decision, titles)


def plain(decision: Decision) -> dict[str, object]:
    """Return *decision* as `POST /v1/decide` answers it."""
    return {
        "decision": decision.id,
        "slot": decision.slot,
        "level": decision.level.value,
        "purpose": decision.purpose,
        "basis": decision.basis,
        "items": [
            {
                "id": candidate.item,
                "score": candidate.score,
                "because": [{"item": r.item, "kind": r.kind} for r in candidate.because],
            }
            for candidate in decision.items
        ],
        "refused": [
            {"level": r.level.value, "rule": r.rule, "reason": r.reason} for r in decision.refused
        ],
    }


def _question(
    *,
    slot: str,
    user_id: str | None,
    session: str,
    page: str | None,
    region: str | None,
    gpc: bool,
    level: str,
    limit: int,
) -> Question:
    from tactful.shop import Question, Who

    return Question(
        slot=slot,
        who=Who(user_id=user_id, region=region, gpc=gpc),
        session=tuple(item.strip() for item in session.split(",") if item.strip()),
        page=page,
        limit=limit,
        ceiling=Level(level),
    )


def _show(decision: Decision, titles: Mapping[str, Item]) -> None:
    ground = f": {decision.purpose}, by {decision.basis}" if decision.purpose else ""
    say(f"level {decision.level}{ground}")
    for refused in decision.refused:
        say(f"not {refused.level}: {refused.reason} ({refused.rule})")
    if not decision.items:
        say("no items: import a catalogue or orders, and run `tactful train`")
        return
    say()
    table(
        ("item", "title", "because", "score"),
        (
            (c.item, _title(c.item, titles), _because(c.because), f"{c.score:.3f}")
            for c in decision.items
        ),
        numbers=1,
    )


def _title(item: str, titles: Mapping[str, Item]) -> str:
    return titles[item].title if item in titles else ""


def _because(reasons: tuple[Reason, ...]) -> str:
    return ", ".join(f"{r.kind} {r.item}".strip() for r in reasons[:3])
