"""What a shop lays over the policy pack, and the hash that tells whether digests still hold."""

from __future__ import annotations

import hashlib
import re
import shutil
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from policy_shops import LOYALTY, PURPOSES, UTAH, changed, loaded, notice, shop

from tactful.adapters import policy_files
from tactful.adapters.policy_files import load_policy, policy_hash, write_policy

PACK = load_policy(None)


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
        policy = loaded(tmp_path, "regimes/us-ut.toml", UTAH)
        assert policy.regimes[policy.regime_index("US-UT")].id == "US-UT"
        assert set(policy.regimes[0].rules) == {"advertising"}

    def test_a_regime_is_changed_rule_by_rule(self, tmp_path: Path) -> None:
        """A file with the id of a regime of the pack changes what it names, whatever its name."""
        policy = loaded(tmp_path, "regimes/mine.toml", UTAH.replace("US-UT", "US-CA"))
        assert [r.id for r in policy.regimes] == [r.id for r in PACK.regimes]
        mine, packs = policy.regime("US-CA"), PACK.regime("US-CA")
        assert mine is not None
        assert packs is not None
        assert mine.rules["advertising"].citation == "13-61-201"
        assert mine.law.startswith("UCPA")
        assert dict(mine.rules) | {"advertising": packs.rules["advertising"]} == packs.rules
        assert (mine.ages, mine.deadlines, mine.gpc) == (packs.ages, packs.deadlines, packs.gpc)

    def test_a_notice_is_replaced_by_its_name(self, tmp_path: Path) -> None:
        """The shop's words stand in for the pack's, and the hash is that of its file."""
        text = notice(*PURPOSES)
        policy = loaded(tmp_path, "notices/privacy/1.en.md", text)
        found = policy.current_notice("en")
        assert found.title == "T"
        assert found.texts["measurement"] == "Text."
        assert found.text.startswith("Hello.\n\n## About necessary\n")
        assert found.hash == hashlib.sha256(text.encode()).hexdigest()
        assert [n.locale for n in policy.notices] == ["de", "en", "es", "fr", "nl"]

    def test_a_new_version_is_current(self, tmp_path: Path) -> None:
        """A second version is shown from then on; a material one outdates older grants."""
        text = notice(*PURPOSES, material=True)
        policy = loaded(tmp_path, "notices/privacy/2.en.md", text)
        assert policy.current_notice("de").name == "privacy@2"
        assert set(policy.binding_versions.values()) == {2}
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

    def test_a_heading_without_a_purpose_is_only_words(self, tmp_path: Path) -> None:
        """A section about no purpose ends the one before it, and is shown with the notice."""
        text = notice(*PURPOSES) + "\n## Who we are\n\nA shop.\n"
        found = loaded(tmp_path, "notices/privacy/1.en.md", text).current_notice("en")
        assert found.texts[PURPOSES[-1]] == "Text."
        assert found.text.endswith("## Who we are\n\nA shop.")

    def test_an_old_notice_may_know_less(self, tmp_path: Path) -> None:
        """What was shown before a purpose came up stays: the newest must cover it."""
        versions = {
            "notices/privacy/1.en.md": notice("necessary"),
            "notices/privacy/2.en.md": notice(*PURPOSES),
        }
        old = load_policy(shop(tmp_path, versions)).notice("privacy@1", "en")
        assert old is not None
        assert list(old.texts) == ["necessary"]

    def test_other_files_are_let_be(self, tmp_path: Path) -> None:
        """A README or an editor's leftovers beside the policy harm nobody."""
        others = dict.fromkeys(
            ["README.md", "notices/x.txt", "notices/privacy/x", "regimes/x"], "x"
        )
        assert load_policy(shop(tmp_path, others)) == PACK

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


class TestDocs:
    """What the documentation tells to write can be written."""

    def test_the_how_to_loads(self, tmp_path: Path) -> None:
        """The files that the how-to builds up, block by block, do what it says."""
        text = (Path(__file__).parents[2] / "docs/how-to/change-the-policy.md").read_text("utf-8")
        written: dict[str, str] = {}
        for name, block in re.findall(r"```toml policy/(\S+)\n(.*?)```", text, re.DOTALL):
            written[name] = written.get(name, "") + block
        policy = load_policy(shop(tmp_path, written))
        assert len(written) == 6
        assert policy.purposes["individual_personalization"].retention == timedelta(days=180)
        assert "partner_matching" not in policy.purposes
        assert set(policy.plan.events["Swatch Ordered"].properties) == {"product_id", "fabric"}
        assert policy.plan.events["Products Searched"].properties == {}
        assert (
            policy.activities["recommend-individual"].dpia != PACK.activities["train-models"].dpia
        )
        assert policy.regimes[policy.regime_index("US-UT")].id == "US-UT"
        assert policy.regimes[policy.regime_index("GB")].rules["measurement"].mode == "opt_in"


class TestHash:
    """The hash tells when the digests of standings must be taken again."""

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("purposes.toml", LOYALTY),
            ("purposes.toml", "[advertising]\nremove = true\n"),
            ("regimes/us-ut.toml", UTAH),
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

    def test_it_moves_when_a_notice_falls_silent(self, tmp_path: Path) -> None:
        """A yes to a version that no longer tells of the purpose, or is gone, stops counting."""
        whole = {f"notices/privacy/{n}.en.md": notice(*PURPOSES) for n in (1, 2, 3)}
        silent = whole | {"notices/privacy/2.en.md": notice(*PURPOSES[:-1])}
        gone = {name: text for name, text in whole.items() if "2.en" not in name}
        hashes = set()
        for number, files_ in enumerate((whole, silent, gone)):
            (tmp_path / str(number)).mkdir()
            hashes.add(policy_hash(load_policy(shop(tmp_path / str(number), files_))))
        assert len(hashes) == 3

    def test_the_order_of_rules_and_regions_is_nothing(self, tmp_path: Path) -> None:
        """Writing the same law in another order takes no digest again."""
        uk = (files("tactful") / "pack/regimes/uk.toml").read_text("utf-8")
        head, *rules = uk.replace('"GB", "UK"', '"UK", "GB"').split("\n[")
        turned = "\n[".join([head, *reversed(rules)])
        assert policy_hash(loaded(tmp_path, "regimes/uk.toml", turned)) == policy_hash(PACK)
