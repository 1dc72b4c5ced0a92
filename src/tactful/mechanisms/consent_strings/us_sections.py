"""
The sections `usnat` and `usca` of a GPP string: what somebody in the US was told, and chose.

    core . GPC

A field is `None` where the string says "not applicable", which is no answer.  Which of the choices
bind whom is for the policy, not known here.

Source:
    IAB Tech Lab, US National Privacy Section (id 7), versions 1 and 2, and California Privacy
    Section (id 8), version 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tactful.mechanisms.consent_strings.bits import BitReader, BitWriter

Choice = bool | None
Choices = tuple[Choice, ...]

PADDING_BITS = 8
GPC_SUBSECTION = 1

YES_FIRST: Choices = (None, True, False)
"""How notices, opt-outs and modes are numbered: 0 does not apply, 1 yes, 2 no."""
NO_FIRST: Choices = (None, False, True)
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


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands in a core: how often it is repeated, and how its values are numbered."""

    name: str
    order: Choices = YES_FIRST
    times: int = 0


ENDING = (
    Field("personal_data_consent", NO_FIRST),
    Field("mspa_covered_transaction"),
    Field("mspa_opt_out_option_mode"),
    Field("mspa_service_provider_mode"),
)


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


def _decoded(text: str, versions: Mapping[int, Sequence[Field]], *, name: str) -> dict[str, Any]:
    core, *others = text.split(".")
    reader = BitReader.of(core, name=name)
    version = reader.number(6)
    if version not in versions:
        raise reader.mistake(f"must be of version {' or '.join(map(str, versions))}, not {version}")
    values = {place.name: _read(reader, place) for place in versions[version]}
    reader.finish()
    return {**values, "version": version, "gpc": _read_gpc(others, name=name)}


def _read(reader: BitReader, place: Field) -> Choice | Choices:
    numbers = [reader.number(2) for _ in range(place.times or 1)]
    if 3 in numbers:
        raise reader.mistake("is damaged: an answer is neither yes, no nor 'not applicable'")
    answers = tuple(place.order[number] for number in numbers)
    return answers if place.times else answers[0]


def _write(writer: BitWriter, place: Field, value: Choice | Choices) -> None:
    answers = value if isinstance(value, tuple) else (value,)
    if len(answers) != (place.times or 1):
        raise writer.mistake(f"{len(answers)} answers as {place.name}: it has {place.times or 1}")
    for answer in answers:
        writer.number(place.order.index(answer), 2)


def _read_gpc(subsections: Sequence[str], *, name: str) -> bool | None:
    if not subsections:
        return None
    reader = BitReader.of(subsections[0], name=f"the GPC sub-section of {name}")
    if len(subsections) > 1 or reader.number(2) != GPC_SUBSECTION:
        raise reader.mistake("must be the only one")
    gpc = reader.flag()
    reader.finish()
    return gpc


def _written_gpc(gpc: bool) -> str:  # noqa: FBT001 - the value is all there is
    writer = BitWriter("the GPC sub-section")
    writer.number(GPC_SUBSECTION, 2)
    writer.number(gpc, 1)
    return writer.text(multiple=PADDING_BITS)
