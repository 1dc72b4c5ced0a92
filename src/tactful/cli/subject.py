"""`tactful subject`: the rights of one subject, for the privacy officer."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import click

from tactful.cli import showing
from tactful.cli.merging import merge, merges, unmerge
from tactful.cli.options import FILE, TEXT, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.text import as_json
from tactful.terms import Identifier, IdentifierKind, Mistake, Policy

id_argument = click.argument("user_id", metavar="ID", type=TEXT)


@click.group(cls=Commands, epilog="tactful subject show ada --shop my-shop")
def subject() -> None:
    """
    See, hand out, restrict or erase what is known of a subject.

    ID is the shop's own id of the subject: the `userId` of its events.
    """


@subject.command(cls=Command, epilog="tactful subject show ada --shop my-shop")
@id_argument
@shop_option
@json_option
def show(user_id: str, folder: Path, *, as_json_: bool) -> None:
    """Show what is known about the subject ID, and what they said."""
    with opened(folder) as found:
        holdings = found.shop.subject(user_id).export()
    if as_json_:
        say_json(holdings)
    else:
        showing.holdings(holdings)


def _identifier_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* an option for each kind of identifier."""
    for kind in reversed(IdentifierKind):
        spelled = re.sub(r"[A-Z]", lambda capital: f"-{capital[0].lower()}", kind.value)
        command = click.option(f"--{spelled}", kind.value.lower(), type=TEXT)(command)
    return command


@subject.command(cls=Command, epilog="tactful subject find --email ada@example.org --shop my-shop")
@_identifier_options
@shop_option
@json_option
def find(folder: Path, *, as_json_: bool, **given: str | None) -> None:
    """
    Show what is known about whom one identifier names, given whole.

    It is counted as a use, and the subject sees it.
    """
    kinds = {kind.value.lower(): kind for kind in IdentifierKind}
    named = [Identifier(kinds[name], value) for name, value in given.items() if value]
    if len(named) != 1:
        raise click.UsageError("Give one identifier, such as --email ada@example.org.")
    with opened(folder) as found:
        holdings = found.shop.look_up(named[0])
    if as_json_:
        say_json(holdings)
    else:
        showing.holdings(holdings)


@subject.command(cls=Command, epilog="tactful subject export ada --shop my-shop --out ada.json")
@id_argument
@shop_option
@click.option("--out", type=FILE, metavar="FILE", help="A new file, for its owner's eyes only.")
def export(user_id: str, folder: Path, out: Path | None) -> None:
    """Hand out everything known about the subject ID, as JSON (Art. 15 and 20 GDPR)."""
    with opened(folder) as found:
        holdings = found.shop.subject(user_id).export()
    if out is None:
        say_json(holdings)
        return
    _write_new(out, as_json(holdings) + "\n")
    say(f"Written to {out}.")


@subject.command(cls=Command, epilog="tactful subject erase ada --shop my-shop --yes")
@id_argument
@shop_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--certificate", type=FILE, metavar="FILE", help="Write the certificate here.")
@json_option
def erase(
    user_id: str, folder: Path, certificate: Path | None, *, yes: bool, as_json_: bool
) -> None:
    """
    Erase the subject ID: rows, keys and what the models learned (Art. 17 GDPR).

    The certificate says what was removed where, and not who it was: hand it out.
    """
    with _reserved(certificate) as write, opened(folder) as found:
        whom = found.shop.subject(user_id)
        if not yes:
            click.confirm("Erase everything about this subject, for good?", abort=True, err=True)
        erasure = whom.erase()
        write(as_json(erasure.certificate) + "\n")
    if as_json_:
        say_json(
            {
                "removed": dict(erasure.removed),
                "modelsChanged": erasure.models_changed,
                "case": erasure.case,
                "certificate": erasure.certificate,
            }
        )
        return
    say(f"Erased: case {erasure.case}.")
    for kind, count in sorted(erasure.removed.items()):
        say(f"{count:>10,} {kind}")
    say(f"The models {'were made to forget' if erasure.models_changed else 'had not learned'}.")
    if certificate is not None:
        say(f"The certificate is in {certificate}: hand it out.")


@subject.command(cls=Command, epilog="tactful subject restrict ada --shop my-shop")
@id_argument
@shop_option
def restrict(user_id: str, folder: Path) -> None:
    """Keep the data of the subject ID, but use it for nothing (Art. 18 GDPR)."""
    with opened(folder) as found:
        found.shop.subject(user_id).restrict()
    say("Restricted: the data is kept and used for nothing, until `tactful subject lift`.")


@subject.command(cls=Command, epilog="tactful subject settle ada --shop my-shop --residence US-CA")
@id_argument
@shop_option
@click.option("--residence", type=TEXT, help="Where the subject lives: DE, US-CA, ...")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="Kept only of minors: 2014-05-01.")
def settle(user_id: str, folder: Path, residence: str | None, born: datetime | None) -> None:
    """
    Record where the subject ID lives, and the birth date of a minor: which law holds for them.

    What that law does not allow to be kept is dropped at once.
    """
    if residence is None and born is None:
        raise click.UsageError("Nothing to record: give --residence or --born.")
    with opened(folder) as found:
        whom = found.shop.subject(user_id)
        if residence is not None:
            whom.settle(_existing(residence, found.shop.policy))
        kept = whom.born(born.date()) if born else True
    say("Recorded." if kept else "Of age by every law known here: the birth date was not kept.")


@subject.command(cls=Command, epilog="tactful subject uses ada --shop my-shop")
@id_argument
@shop_option
@json_option
def uses(user_id: str, folder: Path, *, as_json_: bool) -> None:
    """Show what the data of the subject ID was used for, by day and activity."""
    with opened(folder) as found:
        counted = sorted(
            (
                (day, activity, n)
                for (activity, day), n in found.shop.subject(user_id).uses().items()
            ),
            reverse=True,
        )
    if as_json_:
        say_json(
            {"uses": [{"day": d.isoformat(), "activity": a, "count": n} for d, a, n in counted]}
        )
        return
    table(("day", "activity", "uses"), ((d.isoformat(), a, f"{n:,}") for d, a, n in counted))


@subject.command(cls=Command, epilog="tactful subject lift ada --shop my-shop")
@id_argument
@shop_option
def lift(user_id: str, folder: Path) -> None:
    """Lift the restriction of the subject ID: what they allowed holds again."""
    with opened(folder) as found:
        found.shop.subject(user_id).restrict(lift=True)
    say("Lifted: what the subject allowed holds again.")


@subject.command(cls=Command, epilog="tactful subject link ada --shop my-shop")
@id_argument
@shop_option
@json_option
def link(user_id: str, folder: Path, *, as_json_: bool) -> None:
    """
    Print a signed link to the subject's own page; it holds for a week.

    Whoever has the link can see and erase the subject's data: hand it to nobody else.
    """
    with opened(folder) as found:
        found.shop.subject(user_id)
        where = found.settings.server
        token = quote(found.links.sign(user_id))
    address = f"http://{where.host}:{where.port}/me?token={token}"
    if as_json_:
        say_json({"link": address})
    else:
        say(address)


for _command in (merges, merge, unmerge):
    subject.add_command(_command)


def _existing(residence: str, policy: Policy) -> str:
    """Return *residence* in capitals, if there is such a region."""
    from tactful.assembly import region_codes

    code = residence.upper()
    if code not in region_codes({region for regime in policy.regimes for region in regime.regions}):
        raise Mistake(f"there is no region {code[:16]!r}: write an ISO 3166 code, DE or US-CA")
    return code


@contextmanager
def _reserved(path: Path | None) -> Iterator[Callable[[str], object]]:
    """
    Yield what writes the new file *path*, which is made before anything else is done.

    A certificate cannot be made again, so that it can be written is seen before anybody is erased.

    Raises:
        Mistake: there is such a file, or there can be none.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        _write_new(path, "")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Mistake(
            f"cannot make {path} ({reason}): name a new file; nobody was erased"
        ) from error
    try:
        yield lambda text: path.write_text(text, "utf-8")
    finally:
        if not path.stat().st_size:
            path.unlink()


def _write_new(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)  # half an answer is none
        raise
