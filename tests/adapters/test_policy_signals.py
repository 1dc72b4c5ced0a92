"""signals.toml: what consent strings mean, and every mistake in saying so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from policy_shops import loaded, notice, shop

from tactful.adapters.policy_files import load_policy
from tactful.terms import Platform, PolicyMistake

PACK = load_policy(None).signals
NUMBERS = "[platform]\ncmp_id = 31\ncmp_version = 1\nvendor_list_version = 142\n"


def test_the_pack_takes_no_yes_by_itself() -> None:
    """It does not know what a platform shows: only a no counts until the shop names the notice."""
    assert (PACK.tcf_notice, PACK.categories_notice, PACK.platform) == ("", "", None)


def test_what_is_stored_on_a_device_needs_purpose_one() -> None:
    """EPrivacy Art. 5(3): every purpose that the TCF asks about begins with storing."""
    assert all(1 in needs for needs in PACK.tcf_purposes.values())
    assert {"necessary", "email_marketing", "email_measurement"}.isdisjoint(PACK.tcf_purposes)


MINE = """
[tcf]
notice = "cmp@1"
vendor = 755

[tcf.purposes]
advertising = [1, 4]

[categories.purposes]
Dolphins = ["measurement"]
"""
ABROAD = """
[platform]
cmp_id = 31
cmp_version = 1
vendor_list_version = 1
vendors = [755]
publisher_country = "Germany"
"""


def test_a_shop_says_only_what_is_different(tmp_path: Path) -> None:
    """A notice, a vendor, one category: the rest stays the pack's."""
    files = {
        "signals.toml": MINE,
        "notices/cmp/1.en.md": notice("advertising"),
    }
    mine = load_policy(shop(tmp_path, files)).signals
    assert (mine.tcf_notice, mine.vendor) == ("cmp@1", 755)
    assert mine.tcf_purposes == {**PACK.tcf_purposes, "advertising": (1, 4)}
    assert mine.categories == {**PACK.categories, "dolphins": ("measurement",)}


def test_a_shop_may_say_that_a_category_is_about_nothing(tmp_path: Path) -> None:
    """It is known then, and no gap."""
    policy = loaded(tmp_path, "signals.toml", "[categories.purposes]\nMarketing = []\n")
    assert policy.signals.categories["marketing"] == ()


def test_a_platform_of_the_shop_s_own(tmp_path: Path) -> None:
    """Everything that a TC string names is asked for."""
    text = f'{NUMBERS}vendors = [755]\npublisher_country = "DE"\n[tcf]\nsince = 2026-03-01\n'
    mine = loaded(tmp_path, "signals.toml", text).signals
    assert mine.platform == Platform(
        cmp_id=31, cmp_version=1, vendor_list_version=142, publisher_country="DE", vendors=(755,)
    )
    assert mine.tcf_since == date(2026, 3, 1)


def test_a_removed_purpose_is_not_asked_about(tmp_path: Path) -> None:
    """Signals do without it, as everything else does."""
    mine = loaded(tmp_path, "purposes.toml", "[partner_matching]\nremove = true\n").signals
    assert "partner_matching" not in mine.tcf_purposes
    assert mine.opt_outs["sale_opt_out"] == ("advertising",)
    assert mine.categories["datasharing"] == ()


def test_the_meanings_are_documented() -> None:
    """The reference shows, per purpose of the TCF, US field and category, what it is about."""
    page = (Path(__file__).parents[2] / "docs/reference/signals.md").read_text("utf-8")
    assert _rows(page, r"\| (\d+) \|") == {
        str(number): {p for p, needs in PACK.tcf_purposes.items() if number in needs}
        for number in range(1, 12)
    }
    assert _rows(page, r"\| `(\w+)` says no to \|") == _sets(PACK.opt_outs)
    assert _rows(page, r"\| category `([\w ]+)` \|") == _sets(PACK.categories)


def _rows(page: str, begin: str) -> dict[str, set[str]]:
    """Return, for each row of a table that begins so, the names in its last cell."""
    told = [(re.match(begin, line), line) for line in page.splitlines()]
    return {row[1]: set(re.findall(r"`(\w+)`", line.split("|")[-2])) for row, line in told if row}


def _sets(meanings: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    return {name: set(purposes) for name, purposes in meanings.items()}


def test_a_notice_of_a_platform_is_not_the_shop_s(tmp_path: Path) -> None:
    """What is shown before a choice here stays the main notice, whatever its version."""
    policy = loaded(tmp_path, "notices/cmp/9.en.md", notice("advertising"))
    assert policy.current_notice().name == "privacy@1"


def test_the_files_of_the_how_to_work(tmp_path: Path) -> None:
    """As they are written: the yes that its notice tells of counts, and no other."""
    page = Path(__file__).parents[2] / "docs/how-to/use-a-consent-platform.md"
    files = dict(FILE.findall(page.read_text("utf-8")))
    policy = load_policy(shop(tmp_path, files))
    assert set(files) == {"notices/cmp/1.en.md", "signals.toml"}
    assert (policy.signals.tcf_notice, policy.signals.tcf_since) == ("cmp@1", date(2026, 3, 1))
    assert policy.signals.categories["product improvement"] == ("model_training",)
    assert policy.binds("cmp@1", "measurement")
    assert not policy.binds("cmp@1", "advertising")


FILE = re.compile(r"<!-- file: policy/(\S+) -->\n```\w+\n([\s\S]*?)\n```")

MISTAKES = {
    "unknown table": ("[tcff]\n", "unknown table 'tcff': did you mean 'tcf'?"),
    "no table": ("tcf = 1\n", "tcf must be a table: [tcf]"),
    "unknown notice": ('[tcf]\nnotice = "cmp@1"\n', "unknown notice 'cmp@1'"),
    "unknown purpose": ("[tcf.purposes]\nads = [1]\n", "unknown purpose 'ads'"),
    "no such TCF purpose": ("[tcf.purposes]\nadvertising = [12]\n", "must be"),
    "nothing needed": ("[tcf.purposes]\nadvertising = []\n", "must be"),
    "unknown field": ('[gpp.opt_outs]\nsale = ["advertising"]\n', "unknown field 'sale'"),
    "category of nobody": ('[categories.purposes]\nAds = ["ads"]\n', "unknown purpose 'ads'"),
    "category as a text": ('[categories.purposes]\nAds = "advertising"\n', "must be a list in [ ]"),
    "two notices": (
        '[tcf]\nnotice = "privacy@1"\n[categories]\nnotice = "terms@1"\n',
        "notice must be that of [tcf], 'privacy@1'",
    ),
    "no date": ('[tcf]\nsince = "spring"\n', "since must be a date such as 2026-12-31"),
    "no vendor": ("[tcf]\nvendor = 0\n", "vendor must be"),
    "unknown key": ('[tcf]\nnotices = "privacy@1"\n', "unknown key 'notices': did you mean"),
    "nobody told": (
        f'{NUMBERS}vendors = []\npublisher_country = "DE"\n',
        "vendors must be",
    ),
    "half a platform": ("[platform]\ncmp_id = 31\n", "is missing: add it"),
    "country in words": (ABROAD, "publisher_country"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str, tmp_path: Path) -> None:
    """Each is refused with one line that names the file and says what to write instead."""
    text, told = MISTAKES[mistake]
    with pytest.raises(PolicyMistake) as refused:
        loaded(tmp_path, "signals.toml", text)
    message = str(refused.value)
    assert message.startswith("policy/signals.toml")
    assert told in message
    assert "\n" not in message
