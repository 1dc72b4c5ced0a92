"""
What `tactful doctor` looks at, check by check: what is safe, what is not, and what to do.

Looks only; mends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from tactful.cli import ports
from tactful.cli.check_lake import background, lake
from tactful.cli.check_mail import mail
from tactful.cli.findings import Finding, State
from tactful.cli.surroundings import surroundings
from tactful.cli.text import minute
from tactful.terms import NotAShop, PolicyMistake, TactfulError, Trouble

if TYPE_CHECKING:
    from tactful.assembly import Opened

OTHERS = 0o077
STALE = timedelta(days=30)
OLD_KEY = timedelta(days=366)
OLD_TABLE = timedelta(days=548)
"""Networks change hands: after 18 months, too many addresses are looked up in the wrong country."""

EVERYBODY = 0
"""The length of a prefix that every address begins with."""

BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time than this."""

PLURAL = {"event": "events", "property": "properties"}

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def examine(folder: Path) -> Iterator[Finding]:
    """
    Yield what is found out about the shop in *folder*.

    Raises:
        NotAShop: there is nothing to look at.
    """
    from tactful.assembly import open_shop

    try:
        opened = open_shop(folder)
    except NotAShop:
        raise
    except TactfulError as error:
        check = "policy" if isinstance(error, PolicyMistake) else "shop"
        yield Finding(check=check, state=State.UNSAFE, says=str(error))
        return
    try:
        yield _private(opened)
        yield _master_key(opened)
        yield from _shop(opened)
    finally:
        opened.close()


def _shop(opened: Opened) -> Iterator[Finding]:
    yield _settings(opened)
    yield from _places(opened)
    yield _policy(opened)
    yield from surroundings(opened)
    yield _models(opened)
    yield _clock(opened)
    yield _server(opened)
    yield from _webhooks(opened)
    yield from _requests(opened)
    yield mail(opened)
    yield background(opened)
    yield lake(opened)
    yield _counts(opened)
    yield from _plan(opened)
    yield from _identities(opened)
    yield from _gaps(opened)


def _private(opened: Opened) -> Finding:
    """Keys and data are for their owner only."""
    folder, store = opened.folder, opened.settings.store
    for name in (store.keys, store.data):
        inside = (folder / name, *(folder / name).rglob("*"))
        if seen := next((path for path in inside if path.stat().st_mode & OTHERS), None):
            says = f"others may read {seen}: run `chmod -R go-rwx {folder}`"
            return Finding(check="permissions", state=State.UNSAFE, says=says)
    return Finding(check="permissions", state=State.OK, says="only the owner reads keys and data")


def _master_key(opened: Opened) -> Finding:
    shown = opened.master_keys.show()
    newest = shown.keys[-1]
    days = (datetime.now(UTC) - newest.made).days
    says = f"generation {newest.generation} in {shown.store}, {days:,} days old"
    if shown.unfinished:
        says += "; a rotation was cut short: run `tactful keys rotate`"
    elif len(shown.keys) > 1:
        says += "; older ones are still there: run `tactful keys retire` when nothing needs them"
    elif days > OLD_KEY.days:
        says += ": run `tactful keys rotate`"
    else:
        return Finding(check="master key", state=State.OK, says=says)
    return Finding(check="master key", state=State.NOTE, says=says)


def _settings(opened: Opened) -> Finding:
    server = opened.settings.server
    if opened.settings.shop.demo and server.host not in LOOPBACK:
        says = (
            f"a demonstration shop is open to all on {server.host}: set [server] host = 127.0.0.1"
        )
        return Finding(check="settings", state=State.UNSAFE, says=says)
    return Finding(check="settings", state=State.OK, says=f"{opened.settings.shop.name}")


def _places(opened: Opened) -> Iterator[Finding]:
    """Yield who is believed about where visitors are, and how old the table of countries is."""
    server = opened.settings.server
    edge = f"told by {server.region_header}" if server.region_header else "no edge tells regions"
    trusted = ", ".join(server.trusted_proxies) or "nobody"
    says, state = f"{edge}; trusted: {trusted}", State.OK
    if any(ip_network(network).prefixlen == EVERYBODY for network in server.trusted_proxies):
        says = (
            "trusted_proxies trusts everybody, so anybody can choose their law: name your proxies"
        )
        state = State.UNSAFE
    yield Finding(check="regions", state=state, says=says)
    if server.country_lookup:
        yield _countries(opened)


def _countries(opened: Opened) -> Finding:
    from tactful.assembly import open_countries

    try:
        made = open_countries().made
    except Trouble as error:
        return Finding(check="countries", state=State.UNSAFE, says=str(error))
    age = opened.shop.now().date() - made
    says = f"addresses are looked up as registered on {made}"
    if age > OLD_TABLE:
        says += f", {age.days // 30} months ago: install a newer tactful"
    return Finding(check="countries", state=State.NOTE if age > OLD_TABLE else State.OK, says=says)


def _policy(opened: Opened) -> Finding:
    policy = opened.shop.policy
    notice = policy.current_notice()
    says = (
        f"{len(policy.purposes)} purposes, {len(policy.activities)} activities, "
        f"{len(policy.regimes)} regimes, notice {notice.name}"
    )
    if policy.changes_on is not None:
        says += f", other rules from {policy.changes_on}: restart the shop then"
    return Finding(check="policy", state=State.OK, says=says)


def _models(opened: Opened) -> Finding:
    name = opened.shop.models.name
    if name is None:
        says = "none yet: run `tactful train`"
        return Finding(check="models", state=State.NOTE, says=says)
    made = datetime.fromtimestamp(
        (opened.folder / opened.settings.store.models / name).stat().st_mtime, tz=UTC
    )
    old = datetime.now(UTC) - made > STALE
    says = f"{name}, made {minute(made)}{': run `tactful train`' if old else ''}"
    return Finding(check="models", state=State.NOTE if old else State.OK, says=says)


def _clock(opened: Opened) -> Finding:
    now = opened.shop.now()
    if opened.settings.shop.as_of:
        says = f"set back to {minute(now)} by [shop] as_of: for demonstrations only"
        return Finding(check="clock", state=State.NOTE, says=says)
    if now < BUILT:
        says = f"{minute(now)} cannot be: consents would be dated wrongly; set the system's clock"
        return Finding(check="clock", state=State.UNSAFE, says=says)
    return Finding(check="clock", state=State.OK, says=minute(now))


def _server(opened: Opened) -> Finding:
    server = opened.settings.server
    where = f"{server.host}:{server.port}"
    if ports.answers(server.host, server.port):
        return Finding(check="port", state=State.OK, says=f"something answers on {where}")
    return Finding(check="port", state=State.OK, says=f"{where} is free: no server is running")


def _webhooks(opened: Opened) -> Iterator[Finding]:
    """Yield whose webhooks are taken, and which secret is missing or is none."""
    from tactful.assembly import SHOPIFY, is_webhook_secret

    secrets, connected = opened.webhook_secrets, bool(opened.settings.webhooks.shopify_domain)
    sources = {*secrets.sources(), *((SHOPIFY,) if connected else ())}
    for source in sorted(sources):
        try:
            found = secrets.of(source)
        except Trouble as error:
            yield Finding(check="webhooks", state=State.UNSAFE, says=str(error))
            continue
        says, state = f"{source}: {len(found)} secrets", State.OK
        if not found:
            says = f"{source} is turned away: write its secret into {secrets.path(source)}"
            state = State.NOTE
        elif source == SHOPIFY and not connected:
            says, state = "shopify is turned away: set [webhooks] shopify_domain", State.NOTE
        elif source != SHOPIFY and not all(map(is_webhook_secret, found)):
            says = f"{secrets.path(source)} holds what is no secret: write whsec_ and base64"
            state = State.NOTE
        yield Finding(check="webhooks", state=state, says=says)


def _requests(opened: Opened) -> Iterator[Finding]:
    """Yield how many requests wait for an answer, what is overdue, and who is not told."""
    due = opened.shop.requests.due()
    late = [request for request, clock in due if clock.colour == "late"]
    says = f"{len(due):,} wait for an answer"
    if late:
        says += f", {len(late):,} are overdue: `tactful requests list`"
        yield Finding(check="requests", state=State.UNSAFE, says=says)
    else:
        yield Finding(check="requests", state=State.NOTE if due else State.OK, says=says)
    if due and not opened.settings.requests.officer:
        says = "nobody is told what is due: set [requests] officer to an address"
        yield Finding(check="requests", state=State.NOTE, says=says)
    if files := len(list((opened.folder / "requests").glob("*.json"))):
        says = f"{files} files of an older tactful lie in requests/: answer them, and delete them"
        yield Finding(check="requests", state=State.NOTE, says=says)


def _counts(opened: Opened) -> Finding:
    totals = opened.shop.totals()
    kept, refused = totals.get(("events", "kept"), 0), totals.get(("events", "refused"), 0)
    return Finding(check="events", state=State.OK, says=f"{kept:,} kept, {refused:,} refused")


def _identities(opened: Opened) -> Iterator[Finding]:
    """Yield what became of identifiers: merges, and what linked nobody and why."""
    for (name, label), count in sorted(opened.shop.totals().items()):
        if name == "identity":
            yield Finding(check="identity", state=State.OK, says=f"{label}: {count:,} times")


def _gaps(opened: Opened) -> Iterator[Finding]:
    """Yield what the gate was asked and the policy has no answer to: refused until it has."""
    for (name, label), count in sorted(opened.shop.totals().items()):
        if name == "gap":
            says = f"{label} ({count:,} times refused): add it to the policy"
            yield Finding(check="gap", state=State.NOTE, says=says)


def _plan(opened: Opened) -> Iterator[Finding]:
    """Yield how much of what arrives is declared, what was masked in it, and what it lacked."""
    totals = opened.shop.totals()
    shares = (_share(totals, kind) for kind in ("event", "property"))
    says = ", ".join(share for share in shares if share) or "nothing arrived yet"
    yield Finding(check="plan coverage", state=State.OK, says=says)
    for counter, advice in (
        ("masked", "a page or a client sends personal content where it does not belong"),
        ("missing", "kept without a property that it requires"),
    ):
        found = {label: n for (name, label), n in totals.items() if name == counter}
        if found:
            told = ", ".join(f"{label} ({n:,})" for label, n in sorted(found.items()))
            yield Finding(check=counter, state=State.NOTE, says=f"{told}: {advice}")


def _share(totals: Mapping[tuple[str, str], int], kind: str) -> str:
    declared = totals.get(("received", kind), 0)
    outside = totals.get(("received", f"{kind} outside of the plan"), 0)
    if not declared + outside:
        return ""
    return (
        f"{declared / (declared + outside):.0%} of {declared + outside:,} {PLURAL[kind]} declared"
    )
