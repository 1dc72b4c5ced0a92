"""
Find out who calls.

A page shows the public write key, the shop's own server its secret key, a subject a signed link.
The key is taken from `Authorization` (Basic user name, or Bearer), `X-Write-Key`, the query, or
the body, in this order; the first one given decides.
"""

from __future__ import annotations

import base64
import binascii
import enum
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from tactful.shop.signing_in import FRESH
from tactful.terms import Mistake
from tactful.web.exchange import Asked, Declined, Serving

_CHALLENGE: Final = (b"www-authenticate", b'Bearer realm="tactful"')


class Caller(enum.Enum):
    """What the caller has shown: `PUBLIC` may send and ask, only `SECRET` may read a person."""

    PUBLIC = "write key"
    SECRET = "secret key"  # noqa: S105 - the name of a kind of key


def given_key(asked: Asked) -> str | None:
    """Return the key that stands outside the body, if there is one."""
    said = asked.headers.get(b"authorization")
    if said:
        return _from_authorization(said.decode("latin-1"))
    said = asked.headers.get(b"x-write-key")
    if said:
        return said.decode("latin-1").strip()
    return asked.query.get("writeKey") if asked.query_string else None


def caller_with(serving: Serving, key: str | None) -> Caller:
    """
    Return whom *key* shows.

    Raises:
        Declined: there is no key, or an unknown one (401).
    """
    if not key:
        raise Declined(
            HTTPStatus.UNAUTHORIZED,
            'a key is needed: the write key as Basic user name or "writeKey" in the body',
            _CHALLENGE,
        )
    access = serving.opened.access
    # Jitsu sends "id:secret" where other clients send the key alone.
    if access.is_public(key) or access.is_public(key.partition(":")[0]):
        return Caller.PUBLIC
    if access.is_secret(key):
        return Caller.SECRET
    raise Declined(HTTPStatus.UNAUTHORIZED, "unknown key: check it for a typing error", _CHALLENGE)


def require_rights_over(
    serving: Serving, asked: Asked, user_id: str, *, fresh: bool = False
) -> None:
    """
    Let pass the shop with its secret key, and *user_id* with their own signed link.

    Args:
        serving: Knows the keys.
        asked: Shows one.
        user_id: Whose rights it is about.
        fresh: Whether a link must be of a moment ago: to take everything away, or to erase it.

    Raises:
        Declined: nobody has shown who they are (401), or they have and it is not enough (403).
    """
    token = asked.query.get("token")
    if token is not None:
        _require_link_of(serving.opened.links.read(token), user_id)
        if fresh:
            _require_fresh(serving.opened.links.age(token))
    elif caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            "a write key cannot read or change a person: use the secret key, or a signed link",
        )


def require_may_name(serving: Serving, caller: Caller, user_id: str | None) -> None:
    """
    Let a public caller name a subject by the shop's id only where the settings allow it.

    Raises:
        Declined: the settings ask for the secret key (403).
    """
    guarded = serving.opened.settings.server.user_id_needs_secret_key
    if guarded and user_id and caller is Caller.PUBLIC:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            "this shop takes a userId with the secret key only: call from your server, "
            "or send an anonymousId",
        )


def _require_link_of(holder: str | None, user_id: str) -> None:
    if holder is None:
        raise Declined(
            HTTPStatus.UNAUTHORIZED,
            "the link is not valid, or too old: ask for a new one",
            _CHALLENGE,
        )
    if holder != user_id:
        raise Declined(HTTPStatus.FORBIDDEN, "the link speaks for somebody else")


def _require_fresh(age: timedelta | None) -> None:
    if age is None or age > FRESH:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            "this link is older than ten minutes: to take everything away or to erase it, ask for "
            "a new one",
        )


def _from_authorization(said: str) -> str:
    scheme, _, value = said.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        raise Declined(HTTPStatus.UNAUTHORIZED, "Authorization must be Basic or Bearer", _CHALLENGE)
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        raise Mistake("Authorization: Basic is not base64 of user:password") from None
