"""`tactful train` and `tactful evaluate`: make the models, and measure them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from tactful.cli.options import FILE, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, steps, table
from tactful.cli.shape import Command
from tactful.cli.text import minute

if TYPE_CHECKING:
    from tactful.shop import Trained

PROTOCOLS = ("A", "A'", "B", "C", "C1", "D")


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


@click.command(
    cls=Command,
    epilog="tactful evaluate --shop my-shop --weeks 2\ntactful evaluate --protocol D --data data",
)
@click.option("--shop", "folder", type=FILE, metavar="DIR", help="Measure on this shop's own past.")
@click.option("--weeks", type=click.IntRange(1, 520), default=2, show_default=True)
@click.option("--protocol", type=click.Choice(PROTOCOLS), help="Measure on a public data set.")
@click.option("--data", type=FILE, metavar="DIR", help="The folder that holds the data sets.")
@json_option
def evaluate(
    folder: Path | None, *, weeks: int, protocol: str | None, data: Path | None, as_json_: bool
) -> None:
    """
    Measure what each level is worth on the shop's last weeks.

    Or, with --protocol and --data, what each model is worth on a public data set.
    """
    if folder is not None and protocol is None and data is None:
        _on_the_shop(folder, weeks, as_json_=as_json_)
    elif folder is None and protocol is not None and data is not None:
        _on_public_data(protocol, data, as_json_=as_json_)
    else:
        raise click.UsageError("Give either --shop, or --protocol and --data.")


def _on_the_shop(folder: Path, weeks: int, *, as_json_: bool) -> None:
    with opened(folder) as found, steps() as told:
        evaluation = found.shop.evaluate(weeks=weeks, progress=told)
    if as_json_:
        say_json(evaluation.plain())
        return
    say(f"{evaluation.cases:,} visits since {minute(evaluation.since)}, foreseen from before")
    _figures("level", {level.value: found for level, found in evaluation.levels.items()})


def _on_public_data(protocol: str, data: Path, *, as_json_: bool) -> None:
    from tactful.cli.trials import run

    with steps() as told:
        found = run(protocol, data, told)
    if as_json_:
        models = {name: metrics.plain() for name, metrics in found.items()}
        say_json({"protocol": protocol, "models": models})
        return
    say(f"protocol {protocol}: {next(iter(found.values())).cases:,} cases")
    _figures("model", found)


class _Figures(Protocol):
    """What is measured of every level and of every model."""

    @property
    def hit_rate(self) -> float: ...
    @property
    def reciprocal_rank(self) -> float: ...
    @property
    def ndcg(self) -> float: ...
    @property
    def p50_us(self) -> float: ...
    @property
    def p99_us(self) -> float: ...


def _figures(of_what: str, rows: Mapping[str, _Figures]) -> None:
    say()
    table(
        (of_what, "HR@20", "MRR@20", "NDCG@20", "p50 µs", "p99 µs"),
        (
            (
                name,
                f"{found.hit_rate:.4f}",
                f"{found.reciprocal_rank:.4f}",
                f"{found.ndcg:.4f}",
                f"{found.p50_us:,.0f}",
                f"{found.p99_us:,.0f}",
            )
            for name, found in rows.items()
        ),
        numbers=5,
    )
