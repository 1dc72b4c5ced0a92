"""What requests of subjects are asked for with over HTTP, and what is answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

OPEN_DSR: str = "2.0"
"""The version of OpenDSR that is spoken; its request and reply are told apart by their fields."""


class Identity(msgspec.Struct, kw_only=True, frozen=True):
    """One identity of a subject, as OpenDSR says it; only `raw` values are taken."""

    identity_type: str
    identity_value: str
    identity_format: str = "raw"


class RequestAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """
    A request of a subject: its `type`, and whom it is about.

    With the secret key, `proof` says by what they were verified (`signed_in`, `document`), and
    `by` is `subject`, `parent` or `agent` with their `authority`.  With a write key an `email` gets
    a code.  OpenDSR's fields may stand in place of all others.
    """

    type: str = ""
    user_id: str | int | None = None
    email: str | None = None
    anonymous_id: str | int | None = None
    region: str | None = None
    by: str = "subject"
    authority: str = ""
    proof: str = ""
    note: str = ""
    traits: dict[str, object] = {}
    purposes: tuple[str, ...] = ()
    write_key: str | None = None
    regulation: str = msgspec.field(name="regulation", default="")
    subject_request_id: str = msgspec.field(name="subject_request_id", default="")
    subject_request_type: str = msgspec.field(name="subject_request_type", default="")
    submitted_time: datetime | None = msgspec.field(name="submitted_time", default=None)
    subject_identities: tuple[Identity, ...] = msgspec.field(name="subject_identities", default=())
    api_version: str = msgspec.field(name="api_version", default="")

    @property
    def is_open_dsr(self) -> bool:
        """Tell whether OpenDSR's fields are used."""
        return bool(self.subject_request_id or self.subject_request_type)


class CodeAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """The code that was sent to the subject's address."""

    code: str
    write_key: str | None = None


class AppealAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Why a refusal is to be looked at again, in the subject's words; kept sealed."""

    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class StepSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """One thing that happened to a request."""

    step: str
    at: datetime
    by: str
    reason: str


class RequestSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True, omit_defaults=True):
    """
    How a request stands.

    A stranger is told the first four alone: what more there is would tell whether somebody is
    known.
    """

    id: str
    type: str
    status: str
    received_at: datetime
    verification: str = ""
    due: date | None = None
    acknowledge_by: date | None = None
    overdue: bool = False
    paused: bool = False
    regime: str = ""
    steps: tuple[StepSaid, ...] = ()


class OpenDsrSaid(msgspec.Struct, kw_only=True, frozen=True):
    """How a request stands, as OpenDSR says it."""

    controller_id: str
    subject_request_id: str
    received_time: datetime
    expected_completion_time: datetime
    request_status: str
    api_version: str = OPEN_DSR
    results_url: str | None = None
    encoded_request: str = ""
