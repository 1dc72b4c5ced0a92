"""
The sections `usnat` and `usca` of a GPP string: what a consumer in the United States was told and
chose.

    core . GPC

A field of two bits is `None` where it does not apply to the business, which is no answer.  Which of
the choices bind whom is for the policy, not known here.

Source:
    IAB Tech Lab, US National Privacy Section (id 7), versions 1 and 2, and California Privacy
    Section (id 8), version 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tactful.mechanisms.consent_strings.bits import BitReader, BitWriter
from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake

Choice = bool | None
Choices = tuple[Choice, ...]

PADDING_BITS = 8
GPC_SUBSECTION = 1

YES_FIRST: tuple[Choice, ...] = (None, True, False)
"""How notices, opt-outs and modes are numbered: 0 does not apply, 1 yes, 2 no."""
NO_FIRST: tuple[Choice, ...] = (None, False, True)
"""How consents are numbered: 0 does not apply, 1 no consent, 2 consent."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UsNational:
    """
    What `usnat` says.  Without a `repr`: these are a person's choices.

    `sensitive_data_consents` holds 12 kinds of data in version 1 and 16 in version 2, in the order
    of the specification; `known_child_consents` holds the ages 13 to 16, under 13, and, in version
    2, 16 to 17.  `gpc` is `None` where the string has no GPC sub-section.
    """

    version: int = 2
    sharing_notice: Choice = None
    sale_opt_out_notice: Choice = None
    sharing_opt_out_notice: Choice = None
    targeted_advertising_opt_out_notice: Choice = None
    sensitive_data_opt_out_notice: Choice = None
    sensitive_data_limit_use_notice: Choice = None
    sale_opt_out: Choice = None
    sharing_opt_out: Choice = None
    targeted_advertising_opt_out: Choice = None
    sensitive_data_consents: Choices = (None,) * 16
    known_child_consents: Choices = (None,) * 3
    personal_data_consent: Choice = None
    mspa_covered_transaction: Choice = None
    mspa_opt_out_option_mode: Choice = None
    mspa_service_provider_mode: Choice = None
    gpc: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UsCalifornia:
    """
    What `usca` says.  Without a `repr`: these are a person's choices.

    `sensitive_data_opt_outs` holds 9 kinds of data in the order of the specification (true: opted
    out, the opposite of `usnat`); `known_child_consents` says whether data of somebody under 16 may
    be sold, and shared.  `gpc` is `None` where the string has no GPC sub-section.
    """

    version: int = 1
    sale_opt_out_notice: Choice = None
    sharing_opt_out_notice: Choice = None
    sensitive_data_limit_use_notice: Choice = None
    sale_opt_out: Choice = None
    sharing_opt_out: Choice = None
    sensitive_data_opt_outs: Choices = (None,) * 9
    known_child_consents: Choices = (None,) * 2
    personal_data_consent: Choice = None
    mspa_covered_transaction: Choice = None
    mspa_opt_out_option_mode: Choice = None
    mspa_service_provider_mode: Choice = None
    gpc: bool | None = None


Section = TypeVar("Section", UsNational, UsCalifornia)


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands in a core: how often it is repeated, and how its values are numbered."""

    name: str
    order: tuple[Choice, ...] = YES_FIRST
    times: int = 0


def _national(kinds: int, ages: int) -> tuple[Field, ...]:
    return (
        Field("sharing_notice"),
        Field("sale_opt_out_notice"),
        Field("sharing_opt_out_notice"),
        Field("targeted_advertising_opt_out_notice"),
        Field("sensitive_data_opt_out_notice"),
        Field("sensitive_data_limit_use_notice"),
        Field("sale_opt_out"),
        Field("sharing_opt_out"),
        Field("targeted_advertising_opt_out"),
        Field("sensitive_data_consents", NO_FIRST, kinds),
        Field("known_child_consents", NO_FIRST, ages),
        *ENDING,
    )


ENDING = (
    Field("personal_data_consent", NO_FIRST),
    Field("mspa_covered_transaction"),
    Field("mspa_opt_out_option_mode"),
    Field("mspa_service_provider_mode"),
)
NATIONAL: Mapping[int, Sequence[Field]] = {1: _national(12, 2), 2: _national(16, 3)}
CALIFORNIA: Mapping[int, Sequence[Field]] = {
    1: (
        Field("sale_opt_out_notice"),
        Field("sharing_opt_out_notice"),
        Field("sensitive_data_limit_use_notice"),
        Field("sale_opt_out"),
        Field("sharing_opt_out"),
        Field("sensitive_data_opt_outs", YES_FIRST, 9),
        Field("known_child_consents", NO_FIRST, 2),
        *ENDING,
    )
}


def decode_national(text: str) -> UsNational:
    """
    Return what the section `usnat` says.

    Raises:
        ConsentStringMistake: cut off, damaged, or of another version than 1 and 2.
    """
    return UsNational(**_decoded(text, NATIONAL, name="the usnat section"))


def decode_california(text: str) -> UsCalifornia:
    """
    Return what the section `usca` says.

    Raises:
        ConsentStringMistake: cut off, damaged, or of another version than 1.
    """
    return UsCalifornia(**_decoded(text, CALIFORNIA, name="the usca section"))


def encode_section(section: UsNational | UsCalifornia) -> str:
    """
    Return the text of a section.

    Raises:
        ConsentStringMistake: another version, or more or fewer answers than the format has.
    """
    national = isinstance(section, UsNational)
    writer = BitWriter("the usnat section" if national else "the usca section")
    fields = (NATIONAL if national else CALIFORNIA).get(section.version)
    if fields is None:
        raise writer.mistake(f"version {section.version}")
    writer.number(section.version, 6)
    for place in fields:
        _write(writer, place, getattr(section, place.name))
    core = writer.text(multiple=PADDING_BITS)
    return core if section.gpc is None else f"{core}.{_written_gpc(section.gpc)}"
