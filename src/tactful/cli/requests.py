"""`tactful requests`: what subjects asked for, when it is due, and the answers to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.capabilities.rights import PAUSES, REFUSALS
from tactful.cli.options import TEXT, json_option, opened, shop_option
from tactful.cli.screen import say, say_json, table
from tactful.cli.shape import Command, Commands
from tactful.cli.text import minute
from tactful.terms import Identifier, IdentifierKind, Proof

if TYPE_CHECKING:
    from tactful.capabilities.rights import Clock
    from tactful.shop import Requesting
    from tactful.terms import Request

id_argument = click.argument("number", metavar="ID", type=TEXT)
note_option = click.option("--note", type=TEXT, default="", help="Kept sealed with the step.")
_PROOFS = [Proof.DOCUMENT.value, Proof.SIGNED_IN.value, Proof.PLATFORM.value]


@click.group(cls=Commands, epilog="tactful requests list --shop my-shop")
def requests() -> None:
    """
    See what subjects asked for, and answer it in time.

    ID is the number of a request, as `tactful requests list` shows it.
    """


@requests.command("list", cls=Command, epilog="tactful requests list --shop my-shop --closed")
@shop_option
@click.option("--closed", is_flag=True, help="Those that were answered, the newest first.")
@click.option("--user-id", type=TEXT, help="Those of one subject, even if erased since.")
@click.option("--email", type=TEXT, help="Those that named this address, even if erased since.")
@json_option
def list_(
    folder: Path, *, closed: bool, user_id: str | None, email: str | None, as_json_: bool
) -> None:
    """List the requests to which an answer is owed, the next due first."""
    with opened(folder) as found:
        asked = found.shop.requests
        if user_id or email:
            kind = IdentifierKind.USER_ID if user_id else IdentifierKind.EMAIL
            shown = asked.about(Identifier(kind, user_id or (email or "").strip().lower()))
        else:
            shown = asked.closed() if closed else tuple(request for request, _ in asked.due())
        rows = [(request, asked.clock(request)) for request in shown]
    if as_json_:
        say_json({"requests": [_plain(request, clock) for request, clock in rows]})
        return
    table(
        ("id", "kind", "status", "received", "due", "clock"),
        (
            (r.id, r.kind.value, r.state.value, minute(r.received_at), c.due, _left(c))
            for r, c in rows
        ),
    )


@requests.command(cls=Command, epilog="tactful requests show 5f0c… --shop my-shop")
@id_argument
@shop_option
@json_option
def show(number: str, folder: Path, *, as_json_: bool) -> None:
    """Show the request ID: its clock, every step, and what was written."""
    with opened(folder) as found:
        asked = found.shop.requests
        request = asked.find(number)
        clock, waits = asked.clock(request), asked.waits(request)
        words = {**asked.words(request), 1: str(asked.asked(request).get("note", ""))}
    if as_json_:
        steps = [{**step, "words": words.get(n, "")} for n, step in enumerate(_steps(request), 1)]
        say_json(_plain(request, clock) | {"waits": waits, "steps": steps})
        return
    say(f"{request.kind.value}, {request.state.value}, by {request.by.value} ({request.channel})")
    say(f"due on {clock.due}, {_left(clock)}: {request.regime}, {clock.citation}")
    if clock.acknowledge_by:
        say(f"confirm its receipt by {clock.acknowledge_by}")
    rows = (
        (minute(s.at), s.kind.value, s.by, s.reason, words.get(s.number, "")) for s in request.steps
    )
    table(("when", "step", "by", "reason", "words"), rows)


@requests.command(
    cls=Command, epilog="tactful requests verify 5f0c… --shop my-shop --note passport"
)
@id_argument
@shop_option
@click.option("--proof", type=click.Choice(_PROOFS), default=_PROOFS[0], help="By what.")
@note_option
@json_option
def verify(number: str, folder: Path, *, proof: str, note: str, as_json_: bool) -> None:
    """Note by what you found the subject of the request ID to be whom they say they are."""
    _do(folder, lambda asked: asked.verify(number, proof=proof, note=note), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests acknowledge 5f0c… --shop my-shop")
@id_argument
@shop_option
@json_option
def acknowledge(number: str, folder: Path, *, as_json_: bool) -> None:
    """Note that you told the subject that the request ID has come."""
    _do(folder, lambda asked: asked.acknowledge(number), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests approve 5f0c… --shop my-shop")
@id_argument
@shop_option
@note_option
@json_option
def approve(number: str, folder: Path, *, note: str, as_json_: bool) -> None:
    """Carry out the request ID, which waited for you."""
    _do(folder, lambda asked: asked.approve(number, note=note), as_json_=as_json_)


@requests.command(
    cls=Command, epilog="tactful requests refuse 5f0c… --shop my-shop --reason legal_duty"
)
@id_argument
@shop_option
@click.option("--reason", required=True, type=click.Choice(list(REFUSALS)), help="Why.")
@note_option
@json_option
def refuse(number: str, folder: Path, *, reason: str, note: str, as_json_: bool) -> None:
    """Refuse the request ID; the subject is told why, and where to complain."""
    _do(folder, lambda asked: asked.refuse(number, reason=reason, note=note), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests run 5f0c… --shop my-shop")
@id_argument
@shop_option
@json_option
def run(number: str, folder: Path, *, as_json_: bool) -> None:
    """Carry out the verified request ID now, also one that was cut short."""
    _do(folder, lambda asked: asked.run(number), as_json_=as_json_)


@requests.command(
    cls=Command, epilog="tactful requests pause 5f0c… --shop my-shop --reason identity"
)
@id_argument
@shop_option
@click.option("--reason", required=True, type=click.Choice(list(PAUSES)), help="For what.")
@note_option
@json_option
def pause(number: str, folder: Path, *, reason: str, note: str, as_json_: bool) -> None:
    """Let the clock of the request ID stand still, where its law allows that."""
    _do(folder, lambda asked: asked.pause(number, reason=reason, note=note), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests resume 5f0c… --shop my-shop")
@id_argument
@shop_option
@json_option
def resume(number: str, folder: Path, *, as_json_: bool) -> None:
    """Let the clock of the request ID run again."""
    _do(folder, lambda asked: asked.resume(number), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests extend 5f0c… --shop my-shop")
@id_argument
@shop_option
@note_option
@json_option
def extend(number: str, folder: Path, *, note: str, as_json_: bool) -> None:
    """Take the more time that the law gives for the request ID, and tell the subject."""
    _do(folder, lambda asked: asked.extend(number, note=note), as_json_=as_json_)


@requests.command(
    cls=Command, epilog="tactful requests appeal 5f0c… --shop my-shop --note 'by phone'"
)
@id_argument
@shop_option
@note_option
@json_option
def appeal(number: str, folder: Path, *, note: str, as_json_: bool) -> None:
    """Note that the subject asks you to look at the refused request ID again."""
    _do(folder, lambda asked: asked.appeal(number, note=note), as_json_=as_json_)


@requests.command(cls=Command, epilog="tactful requests package 5f0c… --shop my-shop")
@id_argument
@shop_option
def package(number: str, folder: Path) -> None:
    """Print the copy of the data that the request ID was answered with, as JSON."""
    with opened(folder) as found:
        copy = found.shop.requests.package(number)
    say_json(copy)


def _do(folder: Path, act: Callable[[Requesting], Request], *, as_json_: bool) -> None:
    """Let *act* happen to a request, and say how it stands then."""
    with opened(folder) as found:
        request = act(found.shop.requests)
        clock = found.shop.requests.clock(request)
    if as_json_:
        say_json(_plain(request, clock))
        return
    say(f"{request.kind.value}: {request.state.value}. {_left(clock).capitalize()}.")


def _plain(request: Request, clock: Clock) -> dict[str, object]:
    return {
        "id": request.id,
        "kind": request.kind.value,
        "status": request.state.value,
        "by": request.by.value,
        "source": request.channel,
        "regime": request.regime,
        "receivedAt": request.received_at.isoformat(),
        "due": clock.due.isoformat(),
        "clock": clock.colour,
        "overdue": clock.overdue,
        "verification": request.proof,
        "steps": _steps(request),
    }


def _steps(request: Request) -> list[dict[str, object]]:
    return [
        {"step": s.kind.value, "at": s.at.isoformat(), "by": s.by, "reason": s.reason}
        for s in request.steps
    ]


def _left(clock: Clock) -> str:
    """Say how much time is left."""
    if not clock.open:
        return "answered"
    if clock.paused:
        return "stands still"
    if clock.overdue:
        return f"overdue by {-clock.days_left} days"
    return f"{clock.days_left} days left"
