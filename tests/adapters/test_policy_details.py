"""Reviews, transfers, what a notice asks again, and purposes that laws treat alike: as loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from policy_shops import LOYALTY, PURPOSES, loaded, notice, shop

from tactful.adapters.policy_files import load_policy
from tactful.adapters.settings import read_settings
from tactful.terms import PolicyMistake, Regime

NOTICE = "notices/privacy/2.en.md"
ALIKE = f"{LOYALTY}like = 'advertising'\n"
POST = """
[post]
purpose = "necessary"
title = "Send parcels"
recipients = ["Parcels Ltd"]
transfers = ["CH: adequacy decision"]
review = 2027-06-01
"""


def _told(head: str, *purposes: str) -> str:
    return notice(*(purposes or PURPOSES)).replace("material = false", head)


class TestReviewsAndTransfers:
    """What is only for people is kept as it is written."""

    def test_of_a_purpose(self, tmp_path: Path) -> None:
        """`review` is a date; without it there is none."""
        text = f"{LOYALTY}review = 2027-06-01\n"
        policy = loaded(tmp_path, "purposes.toml", text)

        assert policy.purposes["loyalty"].review == date(2027, 6, 1)
        assert policy.purposes["measurement"].review is None

    def test_of_an_activity(self, tmp_path: Path) -> None:
        """Recipients, and where they keep the data."""
        post = loaded(tmp_path, "activities.toml", POST).activities["post"]

        assert post.transfers == ("CH: adequacy decision",)
        assert post.review == date(2027, 6, 1)

    def test_of_a_notice(self, tmp_path: Path) -> None:
        """Its front matter holds the date."""
        text = _told("material = false\nreview = 2027-06-01")

        assert loaded(tmp_path, NOTICE, text).current_notice().review == date(2027, 6, 1)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("purposes.toml", f"{LOYALTY}review = 'soon'\n"),
            ("activities.toml", POST.replace("2027-06-01", "2027")),
            (NOTICE, _told("material = false\nreview = true")),
        ],
    )
    def test_a_review_that_is_no_date(self, tmp_path: Path, name: str, text: str) -> None:
        """The message says what a date looks like."""
        with pytest.raises(PolicyMistake, match="review must be a date such as 2026-12-31"):
            loaded(tmp_path, name, text)


class TestMaterial:
    """A notice says for which purposes it asks again."""

    def test_everything_or_nothing(self, tmp_path: Path) -> None:
        """True is every purpose it speaks of, false is none."""
        asks = loaded(tmp_path, NOTICE, _told("material = true")).current_notice()

        assert asks.material == set(PURPOSES)

    def test_single_purposes(self, tmp_path: Path) -> None:
        """A yes to another purpose, given to the version before, still counts."""
        policy = loaded(tmp_path, NOTICE, _told('material = ["advertising"]'))

        assert policy.current_notice().material == {"advertising"}
        assert not policy.binds("privacy@1", "advertising")
        assert policy.binds("privacy@1", "measurement")

    def test_a_purpose_that_it_does_not_speak_of(self, tmp_path: Path) -> None:
        """Nobody can be asked again about what is not told."""
        used = [p for p in PURPOSES if p != "advertising"]
        with pytest.raises(PolicyMistake, match="material: unknown purpose of a section"):
            loaded(tmp_path, NOTICE, _told('material = ["advertising"]', *used))

    def test_a_purpose_that_was_removed(self, tmp_path: Path) -> None:
        """What the shop does without is not asked for again, and naming it is no mistake."""
        folder = shop(
            tmp_path,
            {
                NOTICE: _told('material = ["advertising", "measurement"]'),
                "purposes.toml": "[advertising]\nremove = true\n",
            },
        )

        assert load_policy(folder).current_notice().material == {"measurement"}

    @pytest.mark.parametrize("said", ['"advertising"', "1"])
    def test_neither_a_list_nor_a_truth(self, tmp_path: Path, said: str) -> None:
        """The message names both that it may be."""
        with pytest.raises(PolicyMistake, match=r"material must be true or false or a list in \["):
            loaded(tmp_path, NOTICE, _told(f"material = {said}"))


class TestCoverage:
    """Only the main notice has to speak of everything."""

    def test_a_notice_for_one_occasion(self, tmp_path: Path) -> None:
        """Another notice may be newer, and speak of one purpose."""
        policy = loaded(tmp_path, "notices/checkout/9.en.md", notice("email_marketing"))

        assert policy.current_notice().id == "privacy"
        assert policy.binds("checkout@9", "email_marketing")
        assert not policy.binds("checkout@9", "measurement")

    def test_the_main_notice(self, tmp_path: Path) -> None:
        """Silence on what is used is refused there."""
        with pytest.raises(PolicyMistake, match="says nothing about measurement, which is used"):
            loaded(tmp_path, NOTICE, notice(*(p for p in PURPOSES if p != "measurement")))

    def test_a_section_without_a_heading(self, tmp_path: Path) -> None:
        """What has no title cannot be offered to anybody."""
        text = notice(*PURPOSES).replace("## About measurement ", "## ")
        with pytest.raises(PolicyMistake, match="section about measurement has no heading"):
            loaded(tmp_path, NOTICE, text)


class TestLikeness:
    """A purpose of the shop's own may be treated by every law as another is."""

    def test_every_law_treats_it_alike(self, tmp_path: Path) -> None:
        """Mode, ages and signals are those of the model, under each law and what follows."""
        policy = loaded(tmp_path, "purposes.toml", ALIKE)

        assert all(_same(regime) for regime in policy.regimes)

    def test_it_is_marked_to_be_checked(self, tmp_path: Path) -> None:
        """Nobody has read whether the law sees them alike."""
        policy = loaded(tmp_path, "purposes.toml", ALIKE)
        rules = [regime.rules["loyalty"] for regime in policy.regimes]

        assert {rule.confidence for rule in rules} == {"check"}
        assert all("as for advertising" in rule.citation for rule in rules)

    def test_a_rule_of_its_own_outranks_it(self, tmp_path: Path) -> None:
        """A law that speaks of it is heard; ages and signals are then its own too."""
        own = 'mode = "forbidden"\nbasis = "consent"\ncitation = "c"\nconfidence = "read"\n'
        folder = shop(
            tmp_path,
            {
                "purposes.toml": ALIKE,
                "regimes/eu.toml": f'id = "EU-GDPR"\n[rules.loyalty]\n{own}',
            },
        )
        europe = load_policy(folder).regime("EU-GDPR")

        assert europe is not None
        assert europe.rules["loyalty"].mode == "forbidden"
        assert "loyalty" not in europe.gpc.honoured
        assert "loyalty" not in {age.purpose for age in europe.ages}

    @pytest.mark.parametrize("model", ["loyalty", "advertisin", "nothing"])
    def test_what_is_no_model(self, tmp_path: Path, model: str) -> None:
        """An unknown purpose, or one that is itself like another."""
        with pytest.raises(PolicyMistake, match="unknown purpose to be treated as"):
            loaded(tmp_path, "purposes.toml", ALIKE.replace("'advertising'", f"'{model}'"))

    def test_a_model_that_a_law_is_silent_on(self, tmp_path: Path) -> None:
        """What one law does not say stays unsaid, which is a gap."""
        folder = shop(
            tmp_path,
            {
                "purposes.toml": ALIKE,
                "regimes/eu.toml": 'id = "EU-GDPR"\n[rules.advertising]\nremove = true\n',
            },
        )
        europe = load_policy(folder).regime("EU-GDPR")

        assert europe is not None
        assert "loyalty" not in europe.rules


def _same(regime: Regime) -> bool:
    model, like = regime.rules["advertising"], regime.rules["loyalty"]
    ages = [age for age in regime.ages if age.purpose == "advertising"]
    return (
        like.mode is model.mode
        and like.consent_lifetime == model.consent_lifetime
        and [replace(age, purpose="loyalty") for age in ages]
        == [age for age in regime.ages if age.purpose == "loyalty"]
        and all(
            ("loyalty" in named) is ("advertising" in named)
            for named in (regime.gpc.binding, regime.gpc.honoured)
        )
    )


def test_how_a_shop_can_be_reached(tmp_path: Path) -> None:
    """`[shop] contact` stands in the settings, empty by default; the environment outranks it."""
    file = tmp_path / "tactful.toml"
    file.write_text("[shop]\nwrite_key = 'k'\n", "utf-8")
    assert read_settings(tmp_path, {}).shop.contact == ""

    file.write_text("[shop]\nwrite_key = 'k'\ncontact = 'a@example.com'\n", "utf-8")
    assert read_settings(tmp_path, {}).shop.contact == "a@example.com"
    outside = {"TACTFUL_SHOP_CONTACT": "b@example.com"}
    assert read_settings(tmp_path, outside).shop.contact == "b@example.com"
