"""The policy pack, what a shop lays over it, and every mistake a policy file can hold."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.adapters import policy_files
from tactful.adapters.policy_files import load_policy, policy_hash, write_policy
from tactful.terms import STRICTEST, LegalBasis, Mode, Policy, PolicyMistake, Regime

PACK = load_policy(None)
PURPOSES = [
    "necessary",
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
    "email_marketing",
    "email_measurement",
    "advertising",
    "partner_matching",
]
LOYALTY = """
[loyalty]
title = "Points for coming back"
categories = ["user.account"]
uses = ["essential.service"]
retention_days = 30
"""
COLORADO = """
id = "US-CO"
law = "CPA C.R.S. 6-1-1301 ff."
regions = ["US-CO"]
[rules.advertising]
mode = "opt_out"
basis = "notice"
citation = "6-1-1306"
confidence = "check"
"""


def notice(*purposes: str, material: bool = False) -> str:
    """Return a notice with a section on each of *purposes*."""
    head = f"+++\ntitle = 'T'\nmaterial = {str(material).lower()}\neffective = 2026-12-01\n+++\n"
    return head + "\nHello.\n" + "".join(f"\n## About {p} {{#{p}}}\n\nText.\n" for p in purposes)


def shop(folder: Path, contents: Mapping[str, str]) -> Path:
    """Write *contents* (path to text) as the policy folder of a shop in *folder*."""
    policy = folder / "policy"
    policy.mkdir()
    for name, text in contents.items():
        (policy / name).parent.mkdir(parents=True, exist_ok=True)
        (policy / name).write_text(text, "utf-8")
    return policy


def loaded(folder: Path, name: str, text: str) -> Policy:
    """Return the policy of a shop whose folder holds one file."""
    return load_policy(shop(folder, {name: text}))


class TestPack:
    """What comes with tactful is whole."""

    def test_purposes(self) -> None:
        """The ten purposes stand in the order that is written into digests."""
        assert list(PACK.purposes) == PURPOSES

    def test_the_strictest_set_stands_first(self) -> None:
        """Where no region is known the strictest set holds, and every regime is reachable."""
        assert [r.id for r in PACK.regimes] == [STRICTEST, "EU-GDPR", "UK", "US-CA"]
        found = {r: PACK.regimes[PACK.regime_index(r)].id for r in ("DE", "GB-SCT", "US-CA", "US")}
        assert found == {"DE": "EU-GDPR", "GB-SCT": "UK", "US-CA": "US-CA", "US": STRICTEST}

    def test_the_eu_has_27_members(self) -> None:
        """Every member state and the three EEA states fall under the GDPR."""
        eu = PACK.regimes[1]
        assert len(set(eu.regions) - {"IS", "LI", "NO", "EU"}) == 27

    @pytest.mark.parametrize("regime", PACK.regimes, ids=lambda r: r.id)
    def test_every_regime_speaks_on_every_purpose(self, regime: Regime) -> None:
        """No purpose of the pack is a gap anywhere."""
        assert list(regime.rules) == PURPOSES

    @pytest.mark.parametrize("regime", PACK.regimes[:3], ids=lambda r: r.id)
    def test_consent_is_asked_for_in_europe(self, regime: Regime) -> None:
        """Outside California nothing optional is on by itself but the UK's statistics."""
        free = {p for p, rule in regime.rules.items() if rule.mode is not Mode.OPT_IN}
        assert free == {"necessary"} | ({"measurement"} if regime.id == "UK" else set())

    def test_consent_ends_after_two_years(self) -> None:
        """A consent runs out wherever one is asked for; the law of the contract does not."""
        rules = [rule for regime in PACK.regimes for rule in regime.rules.values()]
        ends = {rule.consent_lifetime for rule in rules if rule.basis is LegalBasis.CONSENT}
        assert ends == {timedelta(days=730)}

    def test_global_privacy_control(self) -> None:
        """The signal binds in California for sale and sharing, and is honoured in Europe."""
        eu, california = PACK.regimes[1].gpc, PACK.regimes[3].gpc
        assert california.binding == {"advertising", "partner_matching"}
        assert not eu.binding
        assert eu.honoured == california.binding | california.honoured

    def test_what_was_not_read_is_marked(self) -> None:
        """Only rules whose source was read are without a mark to check them."""
        read = {
            (regime.id, purpose)
            for regime in PACK.regimes[1:]
            for purpose, rule in regime.rules.items()
            if rule.confidence == "read"
        }
        assert read == {("US-CA", "advertising"), ("US-CA", "partner_matching")}

    @pytest.mark.parametrize("locale", ["en", "de"])
    def test_the_notice_covers_every_purpose(self, locale: str) -> None:
        """Shoppers find words on each of the ten purposes in their language."""
        found = PACK.current_notice(locale)
        assert (found.locale, found.name, list(found.texts)) == (locale, "privacy@1", PURPOSES)
        assert all(len(text) > 200 for text in found.texts.values())
        assert "{#" not in found.text

    @pytest.mark.parametrize(("locale", "months"), [("en", "months"), ("de", "Monate")])
    def test_the_notice_tells_the_retention_in_force(self, locale: str, months: str) -> None:
        """The months that a section promises are those after which data is removed."""
        texts = PACK.current_notice(locale).texts
        told = {p: re.findall(rf"(\d+)\s{months}", text) for p, text in texts.items()}
        kept = {p: purpose.retention for p, purpose in PACK.purposes.items()}
        assert told == {p: [str(round(t.days / 30.44))] if t else [] for p, t in kept.items()}

    def test_what_events_are_kept_for_has_a_keeper(self) -> None:
        """Each purpose of an event has the one activity that may store it."""
        keepers = [a.purpose for a in PACK.activities.values() if a.keeps]
        used = {purpose for event in PACK.plan.events.values() for purpose in event.purposes}
        assert len(keepers) == len(set(keepers))
        assert used == set(keepers)

    def test_a_property_serves_a_purpose_of_its_event(self) -> None:
        """No event declares a property that could never be kept with it."""
        idle = {
            (event.name, p.name)
            for event in PACK.plan.events.values()
            for p in event.properties.values()
            if not set(p.purposes) & set(event.purposes)
        }
        assert idle == set()

    def test_searches_are_for_their_own_history_only(self) -> None:
        """What somebody typed into the search box is kept for individual suggestions alone."""
        query = PACK.plan.events["Products Searched"].properties["query"]
        assert query.purposes == ("individual_personalization",)

    def test_identifiers_are_no_traits(self) -> None:
        """E-mail addresses and birthdays are not kept as traits."""
        assert set(PACK.plan.traits) == {"name", "language", "country"}

    def test_while_restricted_only_the_subject_is_served(self) -> None:
        """Under Art. 18 what remains is recording statements and answering requests."""
        left = {a.name for a in PACK.activities.values() if a.survives_restriction}
        assert left == {"record-statement", "answer-request"}

    def test_nothing_is_stored_for_a_session(self) -> None:
        """Session suggestions have no retention, because nothing is written down."""
        unstored = [p for p, purpose in PACK.purposes.items() if purpose.retention is None]
        assert unstored == ["session_personalization"]


class TestShop:
    """A shop's folder changes what it names, and nothing else."""

    def test_an_empty_folder_is_the_pack(self, tmp_path: Path) -> None:
        """Without any file the pack holds."""
        assert load_policy(shop(tmp_path, {})) == PACK

    def test_the_written_folder_is_the_pack(self, tmp_path: Path) -> None:
        """What `tactful init` lays out changes nothing until it is edited."""
        write_policy(tmp_path / "policy")
        assert load_policy(tmp_path / "policy") == PACK

    def test_the_written_folder_is_the_pack_without_comment_signs(self, tmp_path: Path) -> None:
        """Taking the comment signs away leaves the very tables of the pack."""
        write_policy(tmp_path / "policy")
        for file in (tmp_path / "policy").rglob("*.toml"):
            _, _, tables = file.read_text("utf-8").partition("\n\n")
            file.write_text(re.sub(r"^# ", "", tables, flags=re.MULTILINE), "utf-8")
            assert "# # " not in file.read_text("utf-8")
        assert load_policy(tmp_path / "policy") == PACK

    def test_writing_spares_what_is_there(self, tmp_path: Path) -> None:
        """A file that the shop wrote is left as it is."""
        folder = shop(tmp_path, {"purposes.toml": LOYALTY})
        write_policy(folder)
        assert (folder / "purposes.toml").read_text("utf-8") == LOYALTY

    def test_a_purpose_is_added_last(self, tmp_path: Path) -> None:
        """A purpose of the shop's own comes after the pack's, whose numbers stay."""
        policy = loaded(tmp_path, "purposes.toml", LOYALTY)
        assert list(policy.purposes) == [*PURPOSES, "loyalty"]
        assert policy.purposes["loyalty"].retention == timedelta(days=30)

    def test_a_purpose_is_replaced_in_its_place(self, tmp_path: Path) -> None:
        """A table of the same name replaces the whole table, in the same place."""
        policy = loaded(tmp_path, "purposes.toml", LOYALTY.replace("[loyalty]", "[model_training]"))
        assert list(policy.purposes) == PURPOSES
        assert policy.purposes["model_training"].title == "Points for coming back"

    def test_a_removed_purpose_is_gone_everywhere(self, tmp_path: Path) -> None:
        """Rules, signals, activities, events and notices do without a removed purpose."""
        policy = loaded(tmp_path, "purposes.toml", "[model_training]\nremove = true\n")
        assert "model_training" not in policy.purposes
        assert not policy.activities.keys() & {"keep-training", "train-models"}
        assert all("model_training" not in r.rules for r in policy.regimes)
        assert all("model_training" not in r.gpc.honoured for r in policy.regimes)
        assert all("model_training" not in n.texts for n in policy.notices)
        assert all("model_training" not in e.purposes for e in policy.plan.events.values())

    def test_an_activity_is_removed(self, tmp_path: Path) -> None:
        """What is taken out of the register is a gap from then on."""
        policy = loaded(tmp_path, "activities.toml", "[train-models]\nremove = true\n")
        assert set(policy.activities) == set(PACK.activities) - {"train-models"}

    def test_a_removed_property_leaves_its_events(self, tmp_path: Path) -> None:
        """A property removed once is dropped from every event that named it."""
        policy = loaded(tmp_path, "tracking-plan.toml", "[properties.coupon]\nremove = true\n")
        assert all("coupon" not in e.properties for e in policy.plan.events.values())
        assert "total" in policy.plan.events["Order Completed"].properties

    def test_an_event_is_added(self, tmp_path: Path) -> None:
        """An event of the shop's own may carry properties of the pack and of its own."""
        text = (
            '[events."Swatch Ordered"]\npurposes = ["measurement"]\nproperties = ["sku", "tone"]\n'
            '[properties.tone]\ntype = "string"\ncategory = "user.behavior"\n'
            'purposes = ["measurement"]\n'
        )
        policy = loaded(tmp_path, "tracking-plan.toml", text)
        assert set(policy.plan.events["Swatch Ordered"].properties) == {"sku", "tone"}
        assert len(policy.plan.events) == len(PACK.plan.events) + 1

    def test_a_jurisdiction_is_a_file(self, tmp_path: Path) -> None:
        """A new regime needs nothing but its file; it joins the strictest set."""
        policy = loaded(tmp_path, "regimes/us-co.toml", COLORADO)
        assert policy.regimes[policy.regime_index("US-CO")].id == "US-CO"
        assert set(policy.regimes[0].rules) == {"advertising"}

    def test_a_regime_is_replaced_whole(self, tmp_path: Path) -> None:
        """A file with the id of a regime of the pack takes its place, whatever its name."""
        policy = loaded(tmp_path, "regimes/mine.toml", COLORADO.replace("US-CO", "US-CA"))
        assert [r.id for r in policy.regimes] == [r.id for r in PACK.regimes]
        assert set(policy.regimes[3].rules) == {"advertising"}

    def test_a_notice_is_replaced_by_its_name(self, tmp_path: Path) -> None:
        """The shop's words stand in for the pack's, and the hash is that of its file."""
        text = notice(*PURPOSES)
        policy = loaded(tmp_path, "notices/privacy/1.en.md", text)
        found = policy.current_notice("en")
        assert found.title == "T"
        assert found.texts["measurement"] == "Text."
        assert found.text.startswith("Hello.\n\n## About necessary\n")
        assert found.hash == hashlib.sha256(text.encode()).hexdigest()
        assert len(policy.notices) == 2

    def test_a_new_version_is_current(self, tmp_path: Path) -> None:
        """A second version is shown from then on; a material one outdates older grants."""
        text = notice(*PURPOSES, material=True)
        policy = loaded(tmp_path, "notices/privacy/2.en.md", text)
        assert policy.current_notice("de").name == "privacy@2"
        assert policy.binding_versions == {"privacy": 2}
        assert policy.notice("privacy@1", "de") is not None

    def test_the_packs_news_do_not_overtake_the_shops_words(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A newer notice in an updated pack is not shown by a shop that has its own."""
        write_policy(tmp_path / "policy")
        updated = shutil.copytree(str(files("tactful") / "pack"), tmp_path / "pack")
        news = updated / "notices/privacy/2.en.md"
        news.write_text(notice(*PURPOSES, material=True), "utf-8")
        monkeypatch.setattr(policy_files, "_PACK", policy_files._Layer(root=updated, called="p"))
        assert load_policy(None).current_notice().name == "privacy@2"
        assert load_policy(tmp_path / "policy").notices == PACK.notices

    def test_windows_line_ends_and_byte_order_marks_are_read(self, tmp_path: Path) -> None:
        """A file saved by any editor reads the same; its hash is still that of its bytes."""
        folder = shop(tmp_path, {"purposes.toml": "\ufeff" + LOYALTY.replace("\n", "\r\n")})
        raw = ("\ufeff" + notice(*PURPOSES)).replace("\n", "\r\n").encode()
        (folder / "notices/privacy").mkdir(parents=True)
        (folder / "notices/privacy/1.en.md").write_bytes(raw)
        policy = load_policy(folder)
        assert "loyalty" in policy.purposes
        assert policy.current_notice("en").texts["necessary"] == "Text."
        assert policy.current_notice("en").hash == hashlib.sha256(raw).hexdigest()


def changed(old: str, new: str, text: str = LOYALTY) -> str:
    """Return *text* with *old* in it replaced by *new*."""
    assert old in text
    return text.replace(old, new)


IN_PURPOSE = "policy/purposes.toml, [loyalty]: "
KEEP = '[keep-x]\npurpose = "{}"\ntitle = "Keep"\nkeeps = true\n'
MISTAKES = {
    "broken TOML": (
        "purposes.toml",
        "[loyalty]\ntitle 'x'\n",
        "policy/purposes.toml, line 2, column 7: not TOML: "
        "Expected '=' after a key in a key/value pair",
    ),
    "an absurd number": (
        "purposes.toml",
        f"[loyalty]\ntitle = {'1' * 5000}\n",
        "policy/purposes.toml: not TOML: Exceeds the limit (4300 digits) for integer string "
        "conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit",
    ),
    "unknown key": (
        "purposes.toml",
        changed("retention_days", "retention"),
        IN_PURPOSE + "unknown key 'retention': did you mean 'retention_days'?",
    ),
    "missing key": (
        "purposes.toml",
        changed('title = "Points for coming back"\n', ""),
        IN_PURPOSE + "title is missing: add it",
    ),
    "wrong kind of value": (
        "purposes.toml",
        changed("= 30", '= "30"'),
        IN_PURPOSE + "retention_days must be a whole number",
    ),
    "no retention at all": (
        "purposes.toml",
        changed("= 30", "= 0"),
        IN_PURPOSE + "retention_days must be a whole number >= 1; leave it out for none",
    ),
    "a retention beyond a life": (
        "purposes.toml",
        changed("= 30", "= 40000"),
        IN_PURPOSE + "retention_days must be a whole number <= 36500; leave it out for none",
    ),
    "empty title": (
        "purposes.toml",
        changed("Points for coming back", ""),
        IN_PURPOSE + "title must be a text in quotes, and not be empty",
    ),
    "unknown category": (
        "purposes.toml",
        changed("user.account", "user.acount"),
        IN_PURPOSE + "unknown Fideslang category 'user.acount': did you mean 'user.account'?",
    ),
    "unknown use": (
        "purposes.toml",
        changed("essential.service", "zzz"),
        IN_PURPOSE + "unknown Fideslang use 'zzz': there is nothing like it",
    ),
    "a name that is none": (
        "purposes.toml",
        changed("[loyalty]", '["Loyal people"]'),
        'policy/purposes.toml, ["Loyal people"]: name a purpose in lower case, as email_marketing',
    ),
    "an unprintable name": (
        "purposes.toml",
        changed("[loyalty]", r'["a\nb"]'),
        r"policy/purposes.toml: the name 'a\nb' cannot be printed: choose a plain one",
    ),
    "a key outside a table": (
        "purposes.toml",
        'title = "x"\n',
        "policy/purposes.toml: title stands outside a table: put it under [name]",
    ),
    "nothing to remove": (
        "purposes.toml",
        "[advertizing]\nremove = true\n",
        "policy/purposes.toml, [advertizing]: there is nothing to remove: "
        "did you mean 'advertising'?",
    ),
    "activity for an unknown purpose": (
        "activities.toml",
        KEEP.format("loyalty"),
        "policy/activities.toml, [keep-x]: unknown purpose 'loyalty': it must be one of "
        + ", ".join(PURPOSES),
    ),
    "two keepers": (
        "activities.toml",
        KEEP.format("measurement"),
        "policy/activities.toml, [keep-x]: keep-measurement keeps data for measurement already: "
        "take keeps = true from one of them",
    ),
    "keeping without an end": (
        "activities.toml",
        KEEP.format("session_personalization"),
        "policy/activities.toml, [keep-x]: keeps data for session_personalization, which has no "
        "retention_days: give that purpose one",
    ),
    "profiling without assessment": (
        "activities.toml",
        changed("keeps", "profiling", KEEP.format("advertising")),
        "policy/activities.toml, [keep-x]: profiling needs an impact assessment: name it as dpia",
    ),
    "unknown section": (
        "tracking-plan.toml",
        "[event.x]\n",
        "policy/tracking-plan.toml: unknown section 'event': did you mean 'events'?",
    ),
    "a section that holds no tables": (
        "tracking-plan.toml",
        "events = 3\n",
        "policy/tracking-plan.toml: events must hold tables: [events.name]",
    ),
    "event for an unknown purpose": (
        "tracking-plan.toml",
        '[events."A B"]\npurposes = ["mesurement"]\n',
        "policy/tracking-plan.toml, [events.\"A B\"]: unknown purpose 'mesurement': "
        "did you mean 'measurement'?",
    ),
    "event with an undeclared property": (
        "tracking-plan.toml",
        '[events.x]\npurposes = ["measurement"]\nproperties = ["quantty"]\n',
        "policy/tracking-plan.toml, [events.x]: unknown property 'quantty': "
        "did you mean 'quantity'?",
    ),
    "event for no purpose": (
        "tracking-plan.toml",
        "[events.x]\npurposes = []\n",
        "policy/tracking-plan.toml, [events.x]: purposes must be a list in [ ], and not be empty",
    ),
    "unknown type": (
        "tracking-plan.toml",
        '[traits.x]\ntype = "text"\ncategory = "user"\npurposes = ["measurement"]\n',
        "policy/tracking-plan.toml, [traits.x]: unknown type 'text': it must be one of "
        "string, integer, number, boolean, datetime, products",
    ),
    "unknown category of a property": (
        "tracking-plan.toml",
        '[traits.x]\ntype = "string"\ncategory = "user.nam"\npurposes = ["measurement"]\n',
        "policy/tracking-plan.toml, [traits.x]: unknown Fideslang category 'user.nam': "
        "did you mean 'user.name'?",
    ),
    "unknown mode": (
        "regimes/us-co.toml",
        changed('"opt_out"', '"optout"', COLORADO),
        "policy/regimes/us-co.toml, [rules.advertising]: unknown mode 'optout': "
        "did you mean 'opt_out'?",
    ),
    "unknown basis": (
        "regimes/us-co.toml",
        changed('"notice"', '"whim"', COLORADO),
        "policy/regimes/us-co.toml, [rules.advertising]: unknown basis 'whim': it must be one of "
        "consent, contract, legal_obligation, legitimate_interest, notice",
    ),
    "unknown confidence": (
        "regimes/us-co.toml",
        changed('"check"', '"sure"', COLORADO),
        "policy/regimes/us-co.toml, [rules.advertising]: unknown confidence 'sure': "
        "it must be one of read, check",
    ),
    "rule on an unknown purpose": (
        "regimes/us-co.toml",
        changed("rules.advertising", "rules.ads", COLORADO),
        "policy/regimes/us-co.toml, [rules.ads]: unknown purpose 'ads': it must be one of "
        + ", ".join(PURPOSES),
    ),
    "a consent that never counts": (
        "regimes/us-co.toml",
        COLORADO + "consent_lifetime_days = -1\n",
        "policy/regimes/us-co.toml, [rules.advertising]: consent_lifetime_days must be "
        "a whole number >= 1; leave it out for none",
    ),
    "unknown signal": (
        "regimes/us-co.toml",
        COLORADO + "[signals.dnt]\n",
        "policy/regimes/us-co.toml, [signals.dnt]: unknown signal 'dnt': it must be one of gpc",
    ),
    "signal on an unknown purpose": (
        "regimes/us-co.toml",
        COLORADO + '[signals.gpc]\nbinding = ["advertizing"]\nhonoured = []\ncitation = "5.08"\n',
        "policy/regimes/us-co.toml, [signals.gpc]: unknown purpose 'advertizing': "
        "did you mean 'advertising'?",
    ),
    "a region that is no code": (
        "regimes/us-co.toml",
        changed('["US-CO"]', '["Colorado"]', COLORADO),
        "policy/regimes/us-co.toml: 'Colorado' is no region: "
        "write an ISO 3166 code, as DE or US-CA",
    ),
    "a region claimed twice": (
        "regimes/us-co.toml",
        changed('["US-CO"]', '["US-CA"]', COLORADO),
        "policy/regimes/us-co.toml: region US-CA is claimed by tactful/pack/regimes/us-ca.toml "
        "too: take it out of one of them",
    ),
    "a regime without an id": (
        "regimes/us-co.toml",
        changed('id = "US-CO"\n', "", COLORADO),
        "policy/regimes/us-co.toml: id is missing: add it",
    ),
    "no front matter": (
        "notices/privacy/2.en.md",
        "## Hello {#necessary}\n\nText.\n",
        "policy/notices/privacy/2.en.md: begin it with front matter between two lines of +++",
    ),
    "broken front matter": (
        "notices/privacy/2.en.md",
        "+++\ntitle = 'x'\nmaterial = yes\n+++\n",
        "policy/notices/privacy/2.en.md, line 3, column 12: not TOML: Invalid value",
    ),
    "front matter with an unknown key": (
        "notices/privacy/2.en.md",
        changed("material", "materiel", notice()),
        "policy/notices/privacy/2.en.md, front matter: unknown key 'materiel': "
        "did you mean 'material'?",
    ),
    "a date in words": (
        "notices/privacy/2.en.md",
        changed("2026-12-01", "'soon'", notice()),
        "policy/notices/privacy/2.en.md, front matter: effective must be a date such as 2026-12-31",
    ),
    "section for an unknown purpose": (
        "notices/privacy/2.en.md",
        notice("necesary"),
        "policy/notices/privacy/2.en.md: unknown purpose of a section 'necesary': "
        "did you mean 'necessary'?",
    ),
    "two sections for a purpose": (
        "notices/privacy/2.en.md",
        notice("necessary", "necessary"),
        "policy/notices/privacy/2.en.md: two sections about necessary: make them one",
    ),
    "an empty section": (
        "notices/privacy/2.en.md",
        changed("Text.", "", notice("necessary")),
        "policy/notices/privacy/2.en.md: the section about necessary is empty: write its text",
    ),
    "a notice that leaves a purpose out": (
        "notices/privacy/2.en.md",
        notice(*PURPOSES[:5]),
        "notices/privacy/2.en.md: says nothing about measurement, which activities use: "
        "add a section ## Title {#measurement}",
    ),
    "a notice without a version": (
        "notices/privacy/en.md",
        notice(*PURPOSES),
        "policy/notices/privacy/en.md: name it <version>.<locale>.md, as 2.en.md",
    ),
    "a notice outside a folder": (
        "notices/2.en.md",
        notice(*PURPOSES),
        "policy/notices/2.en.md: move it into a folder: privacy/2.en.md",
    ),
    "a folder that cannot be cited": (
        "notices/a@b/2.en.md",
        notice(*PURPOSES),
        "policy/notices/a@b: name the folder in lower case without signs, as privacy",
    ),
    "a file that nobody reads": (
        "purpose.toml",
        LOYALTY,
        "policy: unknown file 'purpose.toml': did you mean 'purposes.toml'?",
    ),
    "a folder that nobody reads": (
        "regime/us-co.toml",
        COLORADO,
        "policy: unknown folder 'regime': did you mean 'regimes'?",
    ),
}


class TestMistakes:
    """A mistake in a file is refused in one line that names the place and the way out."""

    @pytest.mark.parametrize("name", MISTAKES)
    def test_mistake(self, name: str, tmp_path: Path) -> None:
        """The message says exactly this."""
        file, text, message = MISTAKES[name]
        with pytest.raises(PolicyMistake) as told:
            loaded(tmp_path, file, text)
        assert str(told.value) == message

    def test_two_regimes_of_one_shop_with_one_id(self, tmp_path: Path) -> None:
        """Which of two files of the same shop would hold is not left to their names."""
        both = {"regimes/a.toml": COLORADO, "regimes/b.toml": COLORADO}
        with pytest.raises(PolicyMistake, match=r"regimes/b\.toml: policy/regimes/a\.toml has"):
            load_policy(shop(tmp_path, both))

    def test_other_encodings(self, tmp_path: Path) -> None:
        """A file in Latin-1 is refused by the byte at which it stops being UTF-8."""
        folder = shop(tmp_path, {})
        (folder / "purposes.toml").write_bytes("[é]".encode("latin-1"))
        told = r"^policy/purposes\.toml: not UTF-8 at byte 1: save it as UTF-8$"
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
            try:
                loaded(Path(folder), name, "\n".join(lines).encode("utf-8", "replace").decode())
            except PolicyMistake as mistake:
                assert str(mistake).isprintable()


MANGLED = [
    "purposes.toml",
    "activities.toml",
    "tracking-plan.toml",
    "regimes/us-ca.toml",
    "notices/privacy/1.de.md",
]


class TestHash:
    """The hash tells when the digests of standings must be taken again."""

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("purposes.toml", LOYALTY),
            ("purposes.toml", "[advertising]\nremove = true\n"),
            ("regimes/us-co.toml", COLORADO),
            ("notices/privacy/2.en.md", notice(*PURPOSES, material=True)),
        ],
        ids=["purpose added", "purpose removed", "regime added", "material notice"],
    )
    def test_it_moves_with_what_digests_see(self, file: str, text: str, tmp_path: Path) -> None:
        """Purposes, regimes and binding notices change it."""
        assert policy_hash(loaded(tmp_path, file, text)) != policy_hash(PACK)

    @pytest.mark.parametrize(
        ("old", "new"),
        [("730", "365"), ('"opt_in"', '"opt_out"'), ('"GB", "UK"', '"GB"')],
        ids=["lifetime", "mode", "region"],
    )
    def test_it_moves_with_the_law(self, old: str, new: str, tmp_path: Path) -> None:
        """The life of consents, the modes and the regions of a regime change it."""
        uk = (files("tactful") / "pack/regimes/uk.toml").read_text("utf-8")
        policy = loaded(tmp_path, "regimes/uk.toml", changed(old, new, uk))
        assert policy_hash(policy) != policy_hash(PACK)

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("activities.toml", "[train-models]\nremove = true\n"),
            ("tracking-plan.toml", "[traits.name]\nremove = true\n"),
            ("notices/privacy/2.en.md", notice(*PURPOSES)),
        ],
        ids=["activity", "plan", "notice that is not material"],
    )
    def test_it_rests_otherwise(self, file: str, text: str, tmp_path: Path) -> None:
        """A million standings are not digested again for what digests cannot see."""
        assert policy_hash(loaded(tmp_path, file, text)) == policy_hash(PACK)

    def test_it_is_the_same_in_every_process(self) -> None:
        """It depends on no order of sets, so that a store can compare it after a restart."""
        assert policy_hash(load_policy(None)) == policy_hash(PACK)
