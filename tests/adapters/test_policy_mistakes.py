"""Every mistake that a policy file can hold, and what is said about it."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_shops import LOYALTY, PURPOSES, UTAH, changed, loaded, notice, shop

from tactful.adapters.policy_files import load_policy
from tactful.adapters.policy_plan import PROPERTY_TYPES
from tactful.terms import LegalBasis, PolicyMistake

KEEP = '[keep-x]\npurpose = "{}"\ntitle = "Keep"\nkeeps = true\n'
ONE_OF = ", ".join(PURPOSES)
MANGLED = [
    "purposes.toml",
    "activities.toml",
    "tracking-plan.toml",
    "regimes/us-ca.toml",
    "notices/privacy/1.de.md",
]

# What is wrong: the file, its text, the place that the message names, and what it says.
MISTAKES = {
    "broken TOML": (
        "purposes.toml",
        "[loyalty]\ntitle 'x'\n",
        "policy/purposes.toml, line 2, column 7",
        "not TOML: Expected '=' after a key in a key/value pair",
    ),
    "an absurd number": (
        "purposes.toml",
        f"[loyalty]\ntitle = {'1' * 5000}\n",
        "policy/purposes.toml",
        "a number is too long or a list too deep",
    ),
    "unknown key": (
        "purposes.toml",
        changed("retention_days", "retention"),
        "policy/purposes.toml, [loyalty]",
        "unknown key 'retention': did you mean 'retention_days'?",
    ),
    "missing key": (
        "purposes.toml",
        changed('title = "Points for coming back"\n', ""),
        "policy/purposes.toml, [loyalty]",
        "title is missing: add it",
    ),
    "wrong kind of value": (
        "purposes.toml",
        changed("= 30", '= "30"'),
        "policy/purposes.toml, [loyalty]",
        "retention_days must be a whole number",
    ),
    "no retention at all": (
        "purposes.toml",
        changed("= 30", "= 0"),
        "policy/purposes.toml, [loyalty]",
        "retention_days must be a whole number >= 1; leave it out for none",
    ),
    "a retention beyond a life": (
        "purposes.toml",
        changed("= 30", "= 40000"),
        "policy/purposes.toml, [loyalty]",
        "retention_days must be a whole number <= 36500; leave it out for none",
    ),
    "empty title": (
        "purposes.toml",
        changed("Points for coming back", ""),
        "policy/purposes.toml, [loyalty]",
        "title must be a text in quotes, and not be empty",
    ),
    "unknown category": (
        "purposes.toml",
        changed("user.account", "user.acount"),
        "policy/purposes.toml, [loyalty]",
        "unknown Fideslang category 'user.acount': did you mean 'user.account'?",
    ),
    "unknown use": (
        "purposes.toml",
        changed("essential.service", "zzz"),
        "policy/purposes.toml, [loyalty]",
        "unknown Fideslang use 'zzz': there is nothing like it",
    ),
    "a name that is none": (
        "purposes.toml",
        changed("[loyalty]", '["Loyal people"]'),
        'policy/purposes.toml, ["Loyal people"]',
        "name a purpose in lower case, as email_marketing",
    ),
    "an unprintable name": (
        "purposes.toml",
        changed("[loyalty]", r'["a\nb"]'),
        "policy/purposes.toml",
        "the name 'a\\nb' cannot be printed: choose a plain one",
    ),
    "a key outside a table": (
        "purposes.toml",
        'title = "x"\n',
        "policy/purposes.toml",
        "title stands outside a table: put it under [name]",
    ),
    "nothing to remove": (
        "purposes.toml",
        "[advertizing]\nremove = true\n",
        "policy/purposes.toml, [advertizing]",
        "there is nothing to remove: did you mean 'advertising'?",
    ),
    "activity for an unknown purpose": (
        "activities.toml",
        KEEP.format("loyalty"),
        "policy/activities.toml, [keep-x]",
        "unknown purpose 'loyalty': it must be one of " + ONE_OF,
    ),
    "two keepers": (
        "activities.toml",
        KEEP.format("measurement"),
        "policy/activities.toml, [keep-x]",
        "keep-measurement keeps data for measurement already: take keeps = true from one of them",
    ),
    "keeping without an end": (
        "activities.toml",
        KEEP.format("session_personalization"),
        "policy/activities.toml, [keep-x]",
        "keeps data for session_personalization, which has no retention_days: give it one",
    ),
    "profiling without assessment": (
        "activities.toml",
        changed("keeps", "profiling", KEEP.format("advertising")),
        "policy/activities.toml, [keep-x]",
        "profiling needs an impact assessment: name it as dpia",
    ),
    "unknown section": (
        "tracking-plan.toml",
        "[event.x]\n",
        "policy/tracking-plan.toml",
        "unknown section 'event': did you mean 'events'?",
    ),
    "a section that holds no tables": (
        "tracking-plan.toml",
        "events = 3\n",
        "policy/tracking-plan.toml",
        "events must hold tables: [events.name]",
    ),
    "event for an unknown purpose": (
        "tracking-plan.toml",
        '[events."A B"]\npurposes = ["mesurement"]\n',
        'policy/tracking-plan.toml, [events."A B"]',
        "unknown purpose 'mesurement': did you mean 'measurement'?",
    ),
    "event with an undeclared property": (
        "tracking-plan.toml",
        '[events.x]\npurposes = ["measurement"]\nproperties = ["quantty"]\n',
        "policy/tracking-plan.toml, [events.x]",
        "unknown property 'quantty': did you mean 'quantity'?",
    ),
    "event for no purpose": (
        "tracking-plan.toml",
        "[events.x]\npurposes = []\n",
        "policy/tracking-plan.toml, [events.x]",
        "purposes must be a list in [ ], and not be empty",
    ),
    "unknown type": (
        "tracking-plan.toml",
        '[traits.x]\ntype = "text"\ncategory = "user"\npurposes = ["measurement"]\n',
        "policy/tracking-plan.toml, [traits.x]",
        "unknown type 'text': it must be one of " + ", ".join(PROPERTY_TYPES),
    ),
    "unknown category of a property": (
        "tracking-plan.toml",
        '[traits.x]\ntype = "string"\ncategory = "user.nam"\npurposes = ["measurement"]\n',
        "policy/tracking-plan.toml, [traits.x]",
        "unknown Fideslang category 'user.nam': did you mean 'user.name'?",
    ),
    "unknown mode": (
        "regimes/us-ut.toml",
        changed('"opt_out"', '"optout"', UTAH),
        "policy/regimes/us-ut.toml, [rules.advertising]",
        "unknown mode 'optout': did you mean 'opt_out'?",
    ),
    "unknown basis": (
        "regimes/us-ut.toml",
        changed('"notice"', '"whim"', UTAH),
        "policy/regimes/us-ut.toml, [rules.advertising]",
        "unknown basis 'whim': it must be one of " + ", ".join(LegalBasis),
    ),
    "unknown confidence": (
        "regimes/us-ut.toml",
        changed('"check"', '"sure"', UTAH),
        "policy/regimes/us-ut.toml, [rules.advertising]",
        "unknown confidence 'sure': it must be one of read, check",
    ),
    "rule on an unknown purpose": (
        "regimes/us-ut.toml",
        changed("rules.advertising", "rules.ads", UTAH),
        "policy/regimes/us-ut.toml, [rules.ads]",
        "unknown purpose 'ads': it must be one of " + ONE_OF,
    ),
    "a consent that never counts": (
        "regimes/us-ut.toml",
        UTAH + "consent_lifetime_days = -1\n",
        "policy/regimes/us-ut.toml, [rules.advertising]",
        "consent_lifetime_days must be a whole number >= 1; leave it out for none",
    ),
    "unknown signal": (
        "regimes/us-ut.toml",
        UTAH + "[signals.dnt]\n",
        "policy/regimes/us-ut.toml, [signals.dnt]",
        "unknown signal 'dnt': it must be one of gpc",
    ),
    "signal on an unknown purpose": (
        "regimes/us-ut.toml",
        UTAH + '[signals.gpc]\nbinding = ["advertizing"]\nhonoured = []\n'
        'citation = "5.08"\nconfidence = "check"\n',
        "policy/regimes/us-ut.toml, [signals.gpc]",
        "unknown purpose 'advertizing': did you mean 'advertising'?",
    ),
    "a region that is no code": (
        "regimes/us-ut.toml",
        changed('["US-UT"]', '["Colorado"]', UTAH),
        "policy/regimes/us-ut.toml",
        "'Colorado' is no region: write an ISO 3166 code, as DE or US-CA",
    ),
    "a region claimed twice": (
        "regimes/us-ut.toml",
        changed('["US-UT"]', '["US-CA"]', UTAH),
        "policy/regimes/us-ut.toml",
        "region US-CA is in tactful/pack/regimes/us-ca.toml too: take it out of one",
    ),
    "a regime without an id": (
        "regimes/us-ut.toml",
        changed('id = "US-UT"\n', "", UTAH),
        "policy/regimes/us-ut.toml",
        "id is missing: add it",
    ),
    "no front matter": (
        "notices/privacy/2.en.md",
        "## Hello {#necessary}\n\nText.\n",
        "policy/notices/privacy/2.en.md",
        "begin it with front matter between two lines of +++",
    ),
    "broken front matter": (
        "notices/privacy/2.en.md",
        "+++\ntitle = 'x'\nmaterial = yes\n+++\n",
        "policy/notices/privacy/2.en.md, line 3, column 12",
        "not TOML: Invalid value",
    ),
    "front matter with an unknown key": (
        "notices/privacy/2.en.md",
        changed("material", "materiel", notice()),
        "policy/notices/privacy/2.en.md, front matter",
        "unknown key 'materiel': did you mean 'material'?",
    ),
    "a date in words": (
        "notices/privacy/2.en.md",
        changed("2026-12-01", "'soon'", notice()),
        "policy/notices/privacy/2.en.md, front matter",
        "effective must be a date such as 2026-12-31",
    ),
    "section for an unknown purpose": (
        "notices/privacy/2.en.md",
        notice("necesary"),
        "policy/notices/privacy/2.en.md",
        "unknown purpose of a section 'necesary': did you mean 'necessary'?",
    ),
    "two sections for a purpose": (
        "notices/privacy/2.en.md",
        notice("necessary", "necessary"),
        "policy/notices/privacy/2.en.md",
        "two sections about necessary: make them one",
    ),
    "an empty section": (
        "notices/privacy/2.en.md",
        changed("Text.", "", notice("necessary")),
        "policy/notices/privacy/2.en.md",
        "the section about necessary is empty: write its text",
    ),
    "a notice that leaves a purpose out": (
        "notices/privacy/2.en.md",
        notice(*PURPOSES[:5]),
        "notices/privacy/2.en.md",
        "says nothing about measurement, which is used: add a section ## Title {#measurement}",
    ),
    "a notice without a version": (
        "notices/privacy/en.md",
        notice(*PURPOSES),
        "policy/notices/privacy/en.md",
        "name it <version>.<locale>.md, as 2.en.md",
    ),
    "a notice outside a folder": (
        "notices/2.en.md",
        notice(*PURPOSES),
        "policy/notices/2.en.md",
        "move it into a folder: privacy/2.en.md",
    ),
    "a folder that cannot be cited": (
        "notices/a@b/2.en.md",
        notice(*PURPOSES),
        "policy/notices/a@b",
        "name the folder in lower case without signs, as privacy",
    ),
    "a file that nobody reads": (
        "purpose.toml",
        LOYALTY,
        "policy",
        "unknown file 'purpose.toml': did you mean 'purposes.toml'?",
    ),
    "a folder that nobody reads": (
        "regime/us-ut.toml",
        UTAH,
        "policy",
        "unknown folder 'regime': did you mean 'regimes'?",
    ),
}


def complaint(folder: Path, name: str, text: str) -> str:
    """Return what is said about a file, the empty text where it is loaded."""
    try:
        loaded(folder, name, text.encode("utf-8", "replace").decode())
    except PolicyMistake as mistake:
        return str(mistake)
    return ""


class TestMistakes:
    """A mistake in a file is refused in one line that names the place and the way out."""

    @pytest.mark.parametrize("name", MISTAKES)
    def test_mistake(self, name: str, tmp_path: Path) -> None:
        """The message says exactly this."""
        file, text, place, told = MISTAKES[name]
        with pytest.raises(PolicyMistake) as raised:
            loaded(tmp_path, file, text)
        assert str(raised.value) == f"{place}: {told}"

    def test_two_regimes_of_one_shop_with_one_id(self, tmp_path: Path) -> None:
        """Which of two files of the same shop would hold is not left to their names."""
        both = {"regimes/a.toml": UTAH, "regimes/b.toml": UTAH}
        with pytest.raises(PolicyMistake, match=r"regimes/b\.toml: policy/regimes/a\.toml has"):
            load_policy(shop(tmp_path, both))

    def test_other_encodings(self, tmp_path: Path) -> None:
        """A file in Latin-1 is refused by the byte at which it stops being UTF-8."""
        folder = shop(tmp_path, {})
        (folder / "purposes.toml").write_bytes("[é]".encode("latin-1"))
        told = r"^policy/purposes\.toml: not UTF-8 at byte 1: save it as UTF-8$"
        with pytest.raises(PolicyMistake, match=told):
            load_policy(folder)

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        """Trouble with reading is told with the reason that the system gives."""
        folder = shop(tmp_path, {})
        (folder / "notices/privacy/2.en.md").mkdir(parents=True)
        told = r"^policy/notices/privacy/2\.en\.md: cannot be read: Is a directory$"
        with pytest.raises(PolicyMistake, match=told):
            load_policy(folder)

    def test_no_folder(self, tmp_path: Path) -> None:
        """A folder that is not there is not taken for one that says nothing."""
        with pytest.raises(PolicyMistake, match="policy: no such folder: make it"):
            load_policy(tmp_path / "policy")

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_whatever_is_written_is_loaded_or_refused_in_one_line(
        self, data: st.DataObject
    ) -> None:
        """However a file is mangled, no other error comes out than a one-line mistake."""
        name = data.draw(st.sampled_from(MANGLED))
        lines = (files("tactful") / "pack" / name).read_text("utf-8").splitlines()
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = data.draw(st.sampled_from(["", "x = 1", lines[-1], lines[at][:-1]]) | st.text())
        with tempfile.TemporaryDirectory() as folder:
            told = complaint(Path(folder), name, "\n".join(lines))
        assert told.isprintable()
