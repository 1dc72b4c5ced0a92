"""`tactful train` and `tactful evaluate`: make the models, and measure them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.options import json_option, opened, shop_option
from tactful.cli.screen import say, say_json, steps, table
from tactful.cli.shape import Command
from tactful.cli.text import minute

if TYPE_CHECKING:
    from tactful.shop import Trained
    from tactful.shop.evaluating import Evaluation


@click.command(cls=Command, epilog="tactful train --shop my-shop")
@shop_option
@json_option
def train(folder: Path, *, as_json_: bool) -> None:
    """
    Teach the models from everybody who allows it.

    Answers come from the new models at once, also those of a server on the same folder.
    """
    with opened(folder) as found, steps() as told:
        trained = found.shop.train(told)
    if as_json_:
        say_json(_plain(trained))
        return
    say(f"{trained.visits:>10,} visits of {trained.subjects:,} subjects taught the models")
    say(f"{trained.items:>10,} items are known to them")
    for rule, count in sorted(trained.refused.items()):
        say(f"{count:>10,} subjects left out: {rule}")
    if not trained.visits:
        say(
            "Nothing was learned: import or collect behaviour of subjects who allow model_training."
        )


def _plain(trained: Trained) -> dict[str, object]:
    return {
        "model": trained.artefact,
        "subjects": trained.subjects,
        "refused": dict(trained.refused),
        "visits": trained.visits,
        "items": trained.items,
    }


@click.command(cls=Command, epilog="tactful evaluate --shop my-shop --weeks 2")
@shop_option
@click.option("--weeks", type=click.IntRange(1, 520), default=2, show_default=True)
@json_option
def evaluate(folder: Path, *, weeks: int, as_json_: bool) -> None:
    """Measure what each level is worth on the shop's last weeks."""
    with opened(folder) as found, steps() as told:
        evaluation = found.shop.evaluate(weeks=weeks, progress=told)
    if as_json_:
        say_json(evaluation.plain())
    else:
        _show(evaluation)


def _show(evaluation: Evaluation) -> None:
    say(f"{evaluation.cases:,} visits since {minute(evaluation.since)}, foreseen from before")
    say()
    table(
        ("level", "HR@20", "MRR@20", "NDCG@20", "p50 µs", "p99 µs"),
        (
            (
                level.value,
                f"{f.hit_rate:.3f}",
                f"{f.reciprocal_rank:.3f}",
                f"{f.ndcg:.3f}",
                f"{f.p50_us:,.0f}",
                f"{f.p99_us:,.0f}",
            )
            for level, f in evaluation.levels.items()
        ),
        numbers=5,
    )
