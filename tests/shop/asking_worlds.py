"""A shop that takes requests, the letters it writes, and codes that the test knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shop_worlds import Clock, agree

from tactful.assembly import init_shop, open_shop
from tactful.shop import Asking, Shop
from tactful.terms import Identifier, IdentifierKind, Proof, RequestKind, SubjectId

CODE = "042042"


@dataclass
class LetterBox:
    """Keeps the letters in its hands."""

    letters: list[tuple[str, str, str]] = field(default_factory=list)

    def queue(
        self, subject: SubjectId | None, kind: str, to: str, *, subject_line: str, text: str
    ) -> None:
        """Keep a letter."""
        assert subject is None or subject > 0
        assert subject_line
        self.letters.append((kind, to, text))

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of the letters, in their order."""
        return [kind for kind, _, _ in self.letters]


@dataclass
class Office:
    """A shop with an officer; `letters` is what it wrote."""

    shop: Shop
    clock: Clock
    letters: LetterBox

    def meet(self, name: str, *, region: str = "DE") -> None:
        """Let somebody be known, with an address, who agreed to everything."""
        agree(self.shop, name, region=region)
        self.shop.collect(
            [
                {
                    "type": "identify",
                    "userId": name,
                    "traits": {"email": f"{name}@example.org", "language": "eo"},
                }
            ],
            region=region,
        )
        self.shop.subject(name).settle(region)


@contextmanager
def office(folder: Path, *, mail: bool = True, **rules: Any) -> Iterator[Office]:
    """Open a new shop in *folder* whose requests are handled by *rules*."""
    init_shop(folder)
    clock, letters = Clock(), LetterBox()
    opened = open_shop(folder, clock=clock)
    parts = opened.shop._parts
    said = {"letters": letters if mail else None, "officer": "dpo@example.org", **rules}
    handled = replace(parts.requests, new_code=lambda: CODE, **said)
    try:
        yield Office(Shop(replace(parts, requests=handled)), clock, letters)
    finally:
        opened.close()


def user(name: str) -> Identifier:
    """Return *name* as a `userId`."""
    return Identifier(IdentifierKind.USER_ID, name)


def mail_of(name: str) -> Identifier:
    """Return the address of *name*."""
    return Identifier(IdentifierKind.EMAIL, f"{name}@example.org")


def signed_in(kind: RequestKind, name: str = "ann", **more: Any) -> Asking:
    """Return what somebody asks who is signed in."""
    return Asking(kind=kind, identifier=user(name), proof=Proof.SIGNED_IN, **more)


def stranger(kind: RequestKind, name: str = "ann", **more: Any) -> Asking:
    """Return what somebody asks of whom only an address is known."""
    return Asking(kind=kind, identifier=mail_of(name), stranger=True, **more)
