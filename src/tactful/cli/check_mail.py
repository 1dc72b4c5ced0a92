"""What `tactful doctor` looks at of letters: whether they reach anybody, and how many wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tactful.cli.findings import Finding, State

if TYPE_CHECKING:
    from tactful.assembly import Opened

_MANY = 100


def mail(opened: Opened) -> Finding:
    """Tell whether letters go out, whether their links lead here, and what became of them."""
    settings, outcomes = opened.settings, opened.outbox.outcomes()
    waiting, refused = outcomes.get("waiting", 0), outcomes.get("refused", 0)
    counts = f"{waiting:,} letters wait, {refused:,} were refused"
    if not settings.mail.host:
        if settings.shop.demo:
            return Finding(check="mail", state=State.OK, says=f"letters lie at /outbox; {counts}")
        says = (
            "nobody can sign in to /me by a letter, and no answer is mailed: set [mail] host, "
            f"sender and base_url; {counts}"
        )
        return Finding(check="mail", state=State.NOTE, says=says)
    where = f"{settings.mail.host}:{settings.mail.port}"
    if not settings.mail.base_url:
        says = f"links in letters lead nowhere that people reach: set [mail] base_url; {counts}"
        return Finding(check="mail", state=State.NOTE, says=says)
    if settings.mail.security == "none":
        says = f'letters go to {where} in clear: set [mail] security = "starttls"; {counts}'
        return Finding(check="mail", state=State.NOTE, says=says)
    if waiting > _MANY:
        says = f"{counts}: does {where} take them, and does a server run?"
        return Finding(check="mail", state=State.NOTE, says=says)
    return Finding(check="mail", state=State.OK, says=f"sent by {where}; {counts}")
