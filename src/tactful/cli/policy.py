"""`tactful policy`: check it, compare it, print the register and the notices from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tactful.cli import policy_data, policy_notice, policy_register, policy_words
from tactful.cli.failures import Failure
from tactful.cli.options import FILE, TEXT, json_option
from tactful.cli.plain import plain
from tactful.cli.screen import say, say_json
from tactful.cli.shape import Command, Commands
from tactful.cli.text import as_json
from tactful.terms import PolicyMistake

if TYPE_CHECKING:
    from tactful.assembly import PolicyFolder
    from tactful.capabilities.policy import Finding, Register

F = TypeVar("F", bound=Callable[..., object])

shop_option = click.option(
    "--shop", type=FILE, metavar="DIR", help="The shop folder whose policy it is."
)
folder_option = click.option(
    "--policy", "folder", type=FILE, metavar="DIR", help="A policy folder, in place of a shop."
)


def format_option(*formats: str) -> Callable[[F], F]:
    """Return an option that takes one of *formats*, the first by default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="As what.",
    )


@click.group(cls=Commands, epilog="tactful policy check --shop my-shop")
def policy() -> None:
    """
    Check and compare policies; print the register and the notices.

    A policy is the folder `policy/` of a shop, laid over the pack that comes with tactful.
    """


policy.add_command(policy_data.seen)
policy.add_command(policy_data.unused)


@policy.command(cls=Command, epilog="tactful policy check --shop my-shop --strict")
@shop_option
@folder_option
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option("--verbose", is_flag=True, help="Name each single figure.")
@json_option
def check(
    shop: Path | None, folder: Path | None, *, strict: bool, verbose: bool, as_json_: bool
) -> None:
    """Say what has to be mended; exit with 1 where there are errors."""
    from tactful.capabilities.policy import Severity

    findings = _findings(shop, folder)
    fails = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failing = [found for found in findings if found.severity in fails]
    if as_json_:
        say_json({"ok": not failing, "findings": plain(findings)})
    else:
        policy_words.findings(findings, verbose=verbose)
    if failing:
        raise Failure(f"{len(failing)} to mend, first: {failing[0].where}: {failing[0].what}")


@policy.command(
    cls=Command,
    epilog="tactful policy ropa --shop my-shop --format html --out register.html",
)
@shop_option
@folder_option
@click.option("--contact", type=TEXT, help="How to reach the controller, if not as set.")
@format_option("text", "html", "csv")
@click.option("--out", type=FILE, metavar="FILE", help="Write it to FILE, replacing what is there.")
@json_option
def ropa(
    shop: Path | None,
    folder: Path | None,
    *,
    contact: str | None,
    form: str,
    out: Path | None,
    as_json_: bool,
) -> None:
    """Print the record of processing activities (Art. 30 GDPR)."""
    from tactful.capabilities.policy import register

    read = _read(shop, folder)
    drawn = register(
        read.policy,
        controller=read.shop,
        contact=read.contact if contact is None else contact,
        measures=read.measures,
    )
    _put(as_json(plain(drawn)) + "\n" if as_json_ else _register_as(form, drawn), out)


@policy.command(cls=Command, epilog="tactful policy notice --shop my-shop --region DE --locale de")
@shop_option
@folder_option
@click.option("--region", type=TEXT, help="Where it is shown: DE, US-CA, ...; unknown by default.")
@click.option("--locale", type=TEXT, default="en", show_default=True, help="In which language.")
@format_option("text", "html")
@json_option
def notice(
    shop: Path | None,
    folder: Path | None,
    *,
    region: str | None,
    locale: str,
    form: str,
    as_json_: bool,
) -> None:
    """Print the notice as it is shown somewhere: how each purpose stands, and from which age."""
    from tactful.capabilities.consent import notice_shown

    read = _read(shop, folder)
    shown = notice_shown(read.policy, region=region, locale=locale)
    if as_json_:
        from tactful.assembly import words_in

        say_json(policy_notice.notice_plain(shown, words_in(read.words, shown.notice.locale)))
    elif form == "html":
        _put(policy_notice.notice_html(shown, region))
    else:
        _put(policy_notice.notice_text(shown, region))


@policy.command(cls=Command, epilog="tactful policy diff my-shop/policy new-policy --shop my-shop")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--shop", type=FILE, metavar="DIR", help="Count the subjects of this shop.")
@json_option
def diff(old: Path, new: Path, *, shop: Path | None, as_json_: bool) -> None:
    """
    Compare the policy folders OLD and NEW: what changes, for whom, who is asked again.

    With --shop subjects are counted; OLD is then the policy that the shop runs.
    """
    from tactful.assembly import count_subjects, read_policy
    from tactful.capabilities.policy import diff as compare

    before, after = read_policy(old).policy, read_policy(new).policy
    census = count_subjects(shop, under=before) if shop else None
    difference = compare(before, after, census=census)
    if as_json_:
        say_json(plain(difference))
    else:
        policy_words.difference(difference)


def _read(shop: Path | None, folder: Path | None) -> PolicyFolder:
    from tactful.assembly import read_policy, read_shop_policy

    if shop and not folder:
        return read_shop_policy(shop)
    if folder and not shop:
        return read_policy(folder)
    raise click.UsageError("name either a shop with --shop, or a policy folder with --policy")


def _findings(shop: Path | None, folder: Path | None) -> tuple[Finding, ...]:
    """Check the policy; one that cannot be loaded is a finding as well."""
    from tactful.capabilities.policy import Finding, Severity
    from tactful.capabilities.policy import check as examine

    try:
        read = _read(shop, folder)
    except PolicyMistake as mistake:
        where, _, rest = str(mistake).partition(": ")
        what, _, instead = rest.rpartition(": ")
        return (
            Finding(
                severity=Severity.ERROR,
                where=where,
                what=what or instead,
                instead=instead if what else "",
            ),
        )
    return examine(read.policy, today=_today(), assessments=read.assessments)


def _today() -> date:
    return datetime.now(UTC).date()


def _register_as(form: str, drawn: Register) -> str:
    if form == "html":
        return policy_register.register_html(drawn, drawn=_today())
    if form == "csv":
        return policy_register.register_csv(drawn)
    return policy_register.register_text(drawn)


def _put(text: str, out: Path | None = None) -> None:
    """Write *text* to the file *out*, or print it line by line."""
    if out is None:
        for line in text.rstrip("\n").split("\n"):
            say(line)
        return
    out.write_text(text, encoding="utf-8", newline="\n")
    say(f"Written to {out}.")
