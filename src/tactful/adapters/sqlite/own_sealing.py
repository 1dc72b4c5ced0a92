"""Seal small values under the key of whom they belong to, else under the shop's own."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from tactful.adapters.sqlite.shop_keys import OWN
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for, unseal_for
from tactful.terms import NotFound, SubjectId

NOBODY: Final = SubjectId(0)
"""Stands for whoever is no subject where a value is bound to its place."""


def seal_own(
    db: sqlite3.Connection,
    keys: SubjectKeys,
    value: object,
    *,
    table: str,
    subject: SubjectId | None,
) -> bytes:
    """
    Return *value* sealed for its place in *table*.

    Raises:
        NotFound: *subject* is not there any more.
    """
    plain = msgspec.msgpack.encode(value)
    if subject is None:
        return seal_for(keys.shop.all(OWN)[-1], plain, table=table, subject=NOBODY)
    key = keys.of(db, subject)
    if key is None:
        raise NotFound("there is no such subject, or no longer")
    return seal_for(key, plain, table=table, subject=subject)


def unseal_own(
    db: sqlite3.Connection,
    keys: SubjectKeys,
    sealed: bytes,
    *,
    table: str,
    subject: SubjectId | None,
) -> object | None:
    """Return what `seal_own` sealed for the same place, None where its key is gone."""
    if subject is None:
        plain = unseal_for(keys.shop.all(OWN)[-1], sealed, table=table, subject=NOBODY)
    elif key := keys.of(db, subject):
        plain = unseal_for(key, sealed, table=table, subject=subject)
    else:
        return None
    decoded: object = msgspec.msgpack.decode(plain)
    return decoded
