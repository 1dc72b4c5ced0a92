"""Put together what mails letters, and what lets people in by them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tactful.adapters.mail import PASSWORD, Smtp
from tactful.adapters.settings import Settings
from tactful.adapters.sqlite import SqliteStore
from tactful.adapters.sqlite.letters import SqliteLetters
from tactful.shop.background import Chore
from tactful.shop.letters import REMEMBERED, Delivery, Letters
from tactful.shop.parts import Parts
from tactful.shop.signing_in import Chance, SigningIn

__all__ = ["SqliteLetters", "letters_chores", "signing_in_of"]

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
CODES: Final = 10**6

Clock = Callable[[], datetime]


def signing_in_of(
    store: SqliteStore, parts: Parts, letters: Letters, settings: Settings
) -> SigningIn:
    """Return what lets people in to their own pages."""
    return SigningIn(
        parts,
        sessions=store.sessions,
        links=store.sign_in_links,
        addresses=store.identities,
        letters=letters,
        chance=Chance(
            secret=lambda: secrets.token_urlsafe(32),
            code=lambda: f"{secrets.randbelow(CODES):06d}",
        ),
        shop_name=settings.shop.name,
    )


def letters_chores(
    store: SqliteStore, signing_in: SigningIn, settings: Settings, *, clock: Clock
) -> tuple[Chore, ...]:
    """Return what is to be done about letters and sessions; nothing is sent without `[mail]`."""

    def tidy(_: Callable[[], bool]) -> None:
        signing_in.forget()
        store.letters.expire(clock())
        store.letters.forget(clock() - REMEMBERED)

    tidying = Chore(name="sign-in", every=timedelta(hours=1), do=tidy)
    if not settings.mail.host:
        return (tidying,)
    post = Smtp(settings.mail, password=os.environ.get(PASSWORD, ""))
    delivery = Delivery(store.letters, post, clock=clock, tallies=store.tallies)
    sending = Chore(
        name="letters",
        every=SECOND,
        do=delivery.deliver,
        lease=5 * MINUTE,
        patience=MINUTE,
        when=delivery.due,
    )
    return (sending, tidying)
