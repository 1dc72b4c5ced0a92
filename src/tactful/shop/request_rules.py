"""What a shop decides about requests, and what somebody asks for in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tactful.capabilities.rights import Almanac, Letters
from tactful.terms import Identifier, Proof, RequestKind, Speaker

CODE_LASTS: Final = timedelta(minutes=30)
CODES_AN_HOUR: Final = 3
"""So many codes are sent to one address within an hour; who asks for more gets the same answer."""

MOST_UNCONFIRMED: Final = 2_000
"""So many codes are sent within an hour in all: nobody fills the store by asking."""

PACKAGE_LASTS: Final = timedelta(days=30)
"""So long a copy of the data can be taken after a request for it was done."""

NOES_AN_HOUR: Final = 8
"""So many requests of strangers about one identifier are kept within an hour, if all say no."""

MOST_WORDS: Final = 16_000
"""The longest request of all it says, in characters."""

MOST_NOTE: Final = 4_000
"""The longest note of a subject or the officer, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRules:
    """
    How a shop handles requests.

    Args:
        digest: Hashes a value under a key of the shop's own, by what it is.
        new_code: Makes a code of six digits up.
        letters: Where letters are put; None where the shop sends none.
        almanac: Which days are off.
        review: What waits for the officer.
        officer: The address that is told what is due.
        complaint: Where a subject can complain, in a few words.
        page: Where subjects find their requests.
    """

    digest: Callable[[str, str], bytes]
    new_code: Callable[[], str]
    letters: Letters | None = None
    almanac: Almanac = field(default_factory=Almanac)
    review: frozenset[RequestKind] = frozenset()
    officer: str = ""
    complaint: str = "the data protection authority of your country"
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Asking:
    """
    What somebody asks for.  Its `repr` shows nothing of it.

    `proof` says by what they were verified already; None where they were not.  `stranger` marks
    what came from anybody: an answer to it must not tell whether somebody is known.  `traits` are
    what a rectification sets, `purposes` what an objection is about; `authority` is by what an
    agent or a parent may ask.
    """

    kind: RequestKind
    identifier: Identifier | None = None
    region: str | None = None
    by: Speaker = Speaker.SUBJECT
    channel: str = "python"
    proof: Proof | None = None
    stranger: bool = False
    reference: str = ""
    note: str = ""
    authority: str = ""
    traits: Mapping[str, object] = field(default_factory=dict)
    purposes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Asking({self.kind.value})"
