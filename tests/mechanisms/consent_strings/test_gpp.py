"""GPP strings: what the reference encodes, what comes back, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from consent_worlds import EXAMPLE, GPP_CONSENTS, damaged, read, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.mechanisms.consent_strings import (
    ConsentStringMistake,
    GppConsent,
    UsCalifornia,
    UsNational,
    gpp,
    tcf,
)

REFERENCE = vectors("gpp.json")
STRINGS = {vector["name"]: vector["string"] for vector in REFERENCE}
MANY = STRINGS["Europe, national and others that are not looked into"]
CALIFORNIA = STRINGS["California, every field says something"]


def answers(section: UsNational | UsCalifornia | None) -> dict[str, Any] | None:
    """Return the fields of *section* as JSON holds them."""
    if section is None:
        return None
    values = asdict(section).items()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


@pytest.mark.parametrize("vector", REFERENCE, ids=lambda vector: vector["name"])
def test_a_string_of_the_reference_is_read_as_the_reference_reads_it(
    vector: Mapping[str, Any],
) -> None:
    """Every answer of every section is what @iabgpp/cmpapi says it is."""
    consent = gpp.decode(vector["string"])

    assert answers(consent.usnat) == vector["fields"].get("usnat")
    assert answers(consent.usca) == vector["fields"].get("usca")
    assert (consent.tcfeuv2 is not None) is ("tcfeuv2" in vector["fields"])


@pytest.mark.parametrize("vector", REFERENCE, ids=lambda vector: vector["name"])
def test_what_is_encoded_is_the_string_of_the_reference(vector: Mapping[str, Any]) -> None:
    """Byte for byte, header and sections."""
    assert gpp.encode(gpp.decode(vector["string"])) == vector["string"]


def test_the_european_section_is_a_tc_string() -> None:
    """What stands in `tcfeuv2` is what the TC string says by itself."""
    consent = gpp.decode(MANY)

    assert consent.tcfeuv2 == tcf.decode(MANY.split("~")[1])
    assert consent.tcfeuv2 is not None
    assert consent.tcfeuv2.vendor_consents == {2, 28, 91}
    assert consent.tcfeuv2.language == "FR"


def test_sections_that_are_not_decoded_are_kept() -> None:
    """The sections of other laws are there under their ids, as they came."""
    assert gpp.decode(MANY).others == {6: "1YNN", 9: "BAQAABA", 16: "BAgAAAQA.QA"}


def test_the_global_privacy_control_is_read() -> None:
    """The example of usnat and usca: sale and sharing are opted out of, and GPC is set."""
    consent = gpp.decode(EXAMPLE)

    assert consent.usnat is not None
    assert consent.usca is not None
    assert (consent.usnat.version, consent.usnat.gpc, consent.usca.gpc) == (1, True, True)
    assert consent.usnat.sale_opt_out is True
    assert consent.usnat.targeted_advertising_opt_out is True
    assert consent.usca.sale_opt_out is True
    assert consent.usca.sharing_opt_out is None
    assert gpp.encode(consent) == EXAMPLE


def test_the_example_of_the_reference_runs() -> None:
    """The code in docs/reference/signals.md says what the comments next to it say."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "signals.md").read_text("utf-8")
    (block,) = re.findall(r"(?ms)^```python\n(.*?)^```", page)
    values: dict[str, Any] = {}
    exec(compile(block, "signals.md", "exec"), values)  # noqa: S102 - it is our own document

    consent = values["consent"]
    assert (consent.usca.sale_opt_out, consent.usnat.gpc, consent.tcfeuv2) == (True, True, None)


@pytest.mark.parametrize(("gpc", "subsection"), [(True, ".YA"), (False, ".QA"), (None, "")])
def test_no_signal_is_not_a_signal_that_says_no(*, gpc: bool | None, subsection: str) -> None:
    """GPC not set and GPC not looked for are told apart, both ways."""
    text = gpp.encode(GppConsent(usca=UsCalifornia(gpc=gpc)))
    section = gpp.decode(text).usca

    assert text.endswith(subsection)
    assert section is not None
    assert section.gpc is gpc


@given(GPP_CONSENTS)
def test_what_is_encoded_is_decoded_again(consent: GppConsent) -> None:
    """Any consent the format can hold survives."""
    assert gpp.decode(gpp.encode(consent)) == consent


@given(st.text() | st.text("ABCDQYgI.~-_019").map("DBA".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever comes, the answer is a consent or one mistake in one line."""
    read(gpp.decode, text)


@settings(max_examples=300)
@given(st.sampled_from([EXAMPLE, *sorted(STRINGS.values())]).flatmap(damaged))
def test_a_damaged_string_is_refused_or_read_whole(text: str) -> None:
    """Where damage leaves a string of the format, all of it is read: it can be written again."""
    consent = read(gpp.decode, text)

    assert consent is None or gpp.decode(gpp.encode(consent)) == consent


@pytest.mark.parametrize("length", range(len(EXAMPLE)))
def test_a_string_that_is_cut_off_is_refused(length: int) -> None:
    """Nothing is guessed: only padding, and the GPC sub-section as a whole, may be missing."""
    whole = gpp.decode(EXAMPLE)
    assert whole.usca is not None
    unsignalled = replace(whole, usca=replace(whole.usca, gpc=None))

    assert read(gpp.decode, EXAMPLE[:length]) in [None, whole, unsignalled]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must begin with a GPP header"),
        ("D.", "it is empty or damaged"),
        ("D" * 16_385, "at most 16384 characters"),
        (MANY.split("~")[1], "must begin with a GPP header"),
        ("DCAA", "must be of version 1, not 2"),
        ("DBAB", "is cut off"),
        ("DBABAAAE", "is cut off"),
        ("DBAAAAAC", "something follows its last field"),
        ("DBABAAAAAAAM~A", "an id is beyond 65535"),
        ("DBABVVVVg~A", "an id is beyond 65535"),
        (CALIFORNIA.replace("~", "~~"), "the sections that its header lists"),
        (CALIFORNIA.partition("~")[0], "the sections that its header lists"),
        (f"{CALIFORNIA}~A", "the sections that its header lists"),
        ("DBABLA~BEAVAAAAAQA.YA.YA", "must be the only one"),
        ("DBABLA~BEAVAAAAAQA.IA", "must be the only one"),
        ("DBABLA~BEAVAAAAAQA.Y", None),
        ("DBABLA~BEAVAAAAAQA.YB", "something follows its last field"),
        ("DBABLA~BEAVAAAAAQA.", "it is empty or damaged"),
        ("DBABLA~DEAVAAAAAQA", "must be of version 1 or 2, not 3"),
        ("DBABBg~CAQAAABA", "must be of version 1, not 2"),
        ("DBABLA~BEAVAAAAA", "is cut off"),
        ("DBABLA~BEAVAAAAAQB", "something follows its last field"),
        ("DBABLA~BMAVAAAAAQA", "neither yes, no nor"),
        ("DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1Y N", "is empty or damaged"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str | None) -> None:
    """Each kind of mistake has its own line; padding that is left out is none."""
    if reason is None:
        gpp.decode(text)
        return
    with pytest.raises(ConsentStringMistake, match=reason):
        gpp.decode(text)


@pytest.mark.parametrize(
    "consent",
    [
        GppConsent(others={7: "BEAVAAAAAQA"}),
        GppConsent(others={0: "A"}),
        GppConsent(others={65_536: "A"}),
        GppConsent(others={6: "1Y~N"}),
        GppConsent(others={6: ""}),
        GppConsent(others={6: "A" * 16_384}),
        GppConsent(usnat=UsNational(version=3)),
        GppConsent(usnat=UsNational(version=1)),
        GppConsent(usca=UsCalifornia(version=2)),
        GppConsent(usca=UsCalifornia(known_child_consents=(True,))),
    ],
)
def test_what_the_format_cannot_hold_is_not_written(consent: GppConsent) -> None:
    """A section that would be read as another, or not at all, is a mistake."""
    with pytest.raises(ConsentStringMistake):
        gpp.encode(consent)


def test_a_consent_does_not_show_itself() -> None:
    """Logs that print a consent print nobody's choices."""
    consent = gpp.decode(EXAMPLE)

    assert "opt_out" not in f"{consent!r} {consent.usnat!r} {consent.usca!r}"
