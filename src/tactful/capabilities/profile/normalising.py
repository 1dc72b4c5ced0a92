"""
Bring identifiers into one form, so that the same address is the same to the byte.

What cannot be read is dropped with a reason, never guessed at: a wrong number would make one
person of two.  Asks no network: whether a domain takes mail is not looked up.  Remembers nothing,
for what is remembered cannot be erased.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tactful.terms import Identifier, IdentifierKind

LONGEST_ADDRESS: Final = 320
LONGEST_NUMBER: Final = 40
LONGEST_ID: Final = 256
_OWNER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")

NO_EMAIL: Final = "an e-mail address that cannot be read"
NO_PHONE: Final = "a phone number that cannot be read"
NO_COUNTRY: Final = "a phone number without its country"
NO_EXTERNAL: Final = "an external id without type or value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A value that names nobody, by the reason; the value itself is not kept."""

    reason: str


def normalised(
    kind: IdentifierKind, value: str, *, region: str | None = None, owner: str = ""
) -> Identifier | Unusable:
    """
    Return *value* in the one form that identifiers of *kind* have.

    Args:
        kind: Where it comes from.
        value: As it was sent.
        region: Where the sender lives, or seems to be: a phone number may lack its country.
        owner: Whose id an external one is: `crm`.
    """
    if kind in {IdentifierKind.EMAIL, IdentifierKind.ORDER_EMAIL}:
        return _email(kind, value)
    if kind is IdentifierKind.PHONE:
        return _phone(value, region)
    if kind is IdentifierKind.EXTERNAL:
        return _external(value, owner)
    return Identifier(kind, value)


def _email(kind: IdentifierKind, value: str) -> Identifier | Unusable:
    """Read an address (RFC 5321, 6531); capitals do not tell mailboxes apart anywhere in use."""
    from email_validator import EmailNotValidError, validate_email

    if len(value) > LONGEST_ADDRESS:
        return Unusable(reason=NO_EMAIL)
    try:
        found = validate_email(value.strip(), check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return Unusable(reason=NO_EMAIL)
    return Identifier(kind, found.normalized.lower())


def _phone(value: str, region: str | None) -> Identifier | Unusable:
    """Read a number into E.164; without a country only where it is written with one."""
    import phonenumbers as phones

    country = region[:2].upper() if region else None
    international = value.strip().startswith("+")
    if not country and not international:
        return Unusable(reason=NO_COUNTRY)
    try:
        found = phones.parse(value[: LONGEST_NUMBER + 1], country)
    except phones.NumberParseException:
        return Unusable(reason=NO_PHONE)
    if len(value) > LONGEST_NUMBER or not phones.is_valid_number(found):
        return Unusable(reason=NO_PHONE)
    return Identifier(
        IdentifierKind.PHONE, phones.format_number(found, phones.PhoneNumberFormat.E164)
    )


def _external(value: str, owner: str) -> Identifier | Unusable:
    whose, plain = owner.strip().lower(), value.strip()
    if not _OWNER.fullmatch(whose) or not 0 < len(plain) <= LONGEST_ID or "\0" in plain:
        return Unusable(reason=NO_EXTERNAL)
    return Identifier(IdentifierKind.EXTERNAL, f"{whose}:{plain}")
