"""
The form of a receipt, as far as a reader of it relies on it.

Anybody can sign anything: what was signed is read through these types before it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec

from tactful.terms import Mistake

SCHEMA: Final = "tactful-receipt-1 (ISO/IEC TS 27560:2023)"

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class NoticeForm(msgspec.Struct, kw_only=True, frozen=True):
    """Which words were shown before: `hash` is that of the file they stand in."""

    id: str
    version: int
    hash: str
    language: str


class PartyForm(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody who takes part; the first one is the controller."""

    party_id: str
    party_role: str
    party_name: str = ""
    party_contact: str = ""


class EventForm(msgspec.Struct, kw_only=True, frozen=True):
    """One statement: what state it led to, for which purpose, and until when."""

    event_time: Moment
    event_type: str
    event_state: str
    entity_id: str
    validity_duration: str
    purpose: str = ""
    expiry: Moment | None = None

    @property
    def gist(self) -> str:
        """Return what was said, in a few words."""
        return f"{self.event_state} {self.purpose}".rstrip()


class ReceiptForm(msgspec.Struct, kw_only=True, frozen=True):
    """A receipt.  Members that are not named here may stand in it."""

    schema_version: str
    record_id: str
    pii_principal_id: str
    party_identification: Annotated[list[PartyForm], msgspec.Meta(min_length=1)]
    events: Annotated[list[EventForm], msgspec.Meta(min_length=1)]
    privacy_notice: NoticeForm | None = None

    @property
    def at(self) -> datetime:
        """Return when the first of its statements was made."""
        return self.events[0].event_time

    @property
    def gist(self) -> str:
        """Return what was said, in one line."""
        return ", ".join(event.gist for event in self.events)


def read_form(receipt: object) -> ReceiptForm:
    """
    Return *receipt*, read as what it must be.

    Raises:
        Mistake: of another form, or of a later one.
    """
    if not isinstance(receipt, Mapping) or receipt.get("schema_version") != SCHEMA:
        raise Mistake(f"its form is not known here: schema_version must be {SCHEMA!r}")
    try:
        return msgspec.convert(receipt, ReceiptForm)
    except msgspec.ValidationError as error:
        raise Mistake(f"it is not of the form of a receipt: {error}") from error
