"""`tactful import`: take in the shop's past, its subjects or its catalogue from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.failures import Interrupted
from tactful.cli.options import FILE, json_option, opened, shop_option
from tactful.cli.screen import bytes_read, say, say_json
from tactful.cli.shape import Command
from tactful.terms import Mistake

if TYPE_CHECKING:
    from tactful.assembly import Opened
    from tactful.cli.importing import Report

KINDS = ("orders", "events", "subjects", "catalogue")


@click.command(
    "import", cls=Command, epilog="tactful import orders.csv.gz --shop my-shop --as orders"
)
@click.argument("path", metavar="FILE", type=FILE)
@shop_option
@click.option("--as", "kind", required=True, type=click.Choice(KINDS), help="What FILE holds.")
@click.option("--map", "map_file", type=FILE, metavar="MAP.toml", help="Which column means what.")
@click.option(
    "--rejects",
    "rejects_file",
    type=FILE,
    metavar="FILE",
    help="Where unusable lines go.  [default: FILE.rejects.csv]",
)
@click.option("--complete", is_flag=True, help="FILE is the whole catalogue: remove other items.")
@click.option("--force", is_flag=True, help="With --complete: remove also more than half.")
@json_option
def import_(
    path: Path,
    folder: Path,
    *,
    kind: str,
    map_file: Path | None,
    rejects_file: Path | None,
    complete: bool,
    force: bool,
    as_json_: bool,
) -> None:
    """
    Import FILE: CSV (also gzipped), JSON lines, Parquet, or a product feed in XML.

    Every line asks the gate; what nobody allowed is counted and not kept. Importing a file again
    adds nothing twice.
    """
    rejects = rejects_file or path.with_name(f"{path.name}.rejects.csv")
    for given in (path, map_file):
        if given and given.absolute() == rejects.absolute():
            raise Mistake(f"{rejects} is read from: name another file with --rejects")
    whole = _whole(kind, complete=complete, force=force)
    with opened(folder) as found:
        report = _import(found, path, kind=kind, map_file=map_file, rejects=rejects, whole=whole)
    where = rejects if report.rejected else None
    if as_json_:
        say_json({**report.plain(), "rejects": str(where) if where else None})
    else:
        _show(report, where)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """That a file is the whole catalogue, and whether more than half of the items may go."""

    force: bool


def _whole(kind: str, *, complete: bool, force: bool) -> _Whole | None:
    if complete and kind != "catalogue":
        raise Mistake("--complete goes with --as catalogue: only goods are removed by a file")
    if force and not complete:
        raise Mistake("--force goes with --complete")
    return _Whole(force=force) if complete else None


def _import(
    found: Opened,
    path: Path,
    *,
    kind: str,
    map_file: Path | None,
    rejects: Path,
    whole: _Whole | None,
) -> Report:
    from tactful.assembly import read_table
    from tactful.cli.importing import Import
    from tactful.cli.rejects import Rejects

    with bytes_read(path.name) as told, Rejects(rejects) as refused:
        table = read_table(path, kind=kind, map_file=map_file, told=told)
        running = Import(found.shop, refused, source=path.name)
        try:
            if whole:
                return running.run_complete(table, force=whole.force)
            return running.run(table)
        except KeyboardInterrupt:
            raise Interrupted(
                f"stopped after line {table.line}; what was imported stays: run the same command "
                "again to go on, nothing is added twice"
            ) from None


def _show(report: Report, rejects: Path | None) -> None:
    say(f"{report.rows:>10,} rows read")
    for count, what in (
        (report.items, "items put into the catalogue"),
        (report.removed, "items removed, which are not in this file"),
        (report.subjects, "subjects read"),
        (report.statements, "statements recorded"),
        (report.calls, "calls made of them"),
    ):
        if count:
            say(f"{count:>10,} {what}")
    if report.calls:
        say(f"{report.new:>10,} events kept")
        say(f"{report.duplicates:>10,} kept before: not added again")
    for reason, count in report.refused.most_common():
        say(f"{count:>10,} refused: {reason}")
    for reason, count in report.skipped.most_common():
        say(f"{count:>10,} left out: {reason}")
    say(f"{report.rejected:>10,} rejected{f', with their reasons in {rejects}' if rejects else ''}")
    if report.all_refused:
        say(
            "Nobody in this file has allowed anything, so nothing was kept. Import what they said "
            "first: `tactful import subjects.csv --as subjects`."
        )
