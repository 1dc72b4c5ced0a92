"""The law as data: fourteen jurisdictions, dates, ages, deadlines, and a shop's own reading."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest
from policy_shops import PURPOSES, UTAH, changed, loaded, shop

from tactful.adapters.policy_files import load_policy, policy_hash
from tactful.adapters.policy_regimes import DEADLINES
from tactful.terms import (
    STRICTEST,
    AgeRule,
    Deadline,
    Minor,
    Mode,
    Policy,
    PolicyMistake,
    RegimeRule,
    RelationshipKind,
    SignalRule,
)

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)
INDIA_BEGINS = date(2027, 5, 14)
PACK = load_policy(None, on=TODAY)
LATER = load_policy(None, on=INDIA_BEGINS)
OPTIONAL = set(PURPOSES) - {"necessary"}

UNIVERSAL_OPT_OUT = ["CA", "CO", "CT", "TX", "DE", "MD", "MN", "MT", "NE", "NH", "NJ", "OR"]
"""The states that want a browser's signal heeded."""

ART_8 = {
    13: "BE EE FI LV MT PT SE IS NO",
    14: "AT BG CY IT LT ES",
    15: "CZ DK FR GR SI",
    16: "HR DE HU IE LU NL PL RO SK LI",
}
"""The ages of GDPR Art. 8(1), by the countries that chose them."""

ART_8_READ = "AT BE CZ DK FI FR IE IT NL SK ES SE"
"""The countries of those whose own law was read."""

MAIL = {"unsubscribe": "P10BD", "unsubscribe_link": "P30D"}
"""What CAN-SPAM asks for in every state."""

STATE = {"answer": "P45D", "extend": "P45D", **MAIL}
CASL = {"unsubscribe": "P10BD", "unsubscribe_link": "P60D"}

FIGURES = {
    "EU-GDPR": {
        "answer": "P1M",
        "extend": "P2M",
        "extend_notice": "P1M",
        "refusal_notice": "P1M",
        "breach_authority": "PT72H",
    },
    "UK": {
        "answer": "P1M",
        "extend": "P2M",
        "complaint_acknowledge": "P30D",
        "breach_authority": "PT72H",
    },
    "US-CA": {
        **STATE,
        "acknowledge": "P10BD",
        "opt_out": "P15BD",
        "limit_sensitive": "P15BD",
        "ask_again": "P12M",
        "records": "P24M",
    },
    "US-VA": {**STATE, "appeal_answer": "P60D"},
    "US-CO": {
        **STATE,
        "appeal_answer": "P45D",
        "appeal_extend": "P60D",
        "consent_refresh": "P24M",
        "records": "P24M",
    },
    "US-CT": {**STATE, "appeal_answer": "P60D"},
    "US-TX": {**STATE, "appeal_answer": "P60D"},
    "US-OTHER-UOOM": STATE,
    "US-FED": MAIL,
    "CA-QC": {**CASL, "answer": "P30D", "silence_is_refusal": "P30D"},
    "CA": {**CASL, "answer": "P30D", "extend": "P30D"},
    "BR": {"answer": "P15D"},
    "IN": {
        "appeal_answer": "P90D",
        "breach_details": "PT72H",
        "erase_inactive": "P3Y",
        "records": "P1Y",
    },
    "CN": {"answer": "P15BD", "records": "P3Y"},
}

REGIONS = {
    "EU-GDPR": {"EU", *" ".join(ART_8.values()).split()},
    "UK": {"GB", "UK"},
    "US-OTHER-UOOM": {f"US-{state}" for state in UNIVERSAL_OPT_OUT[4:]},
    "US-FED": {"US"},
}
"""Where the regimes hold that do not hold in the one region they are called after."""

CHILDREN = [
    ("UK", "measurement", 13, Minor.PARENTAL_CONSENT),
    ("EU-GDPR", "advertising", 18, Minor.CLOSED),
    ("US-CA", "advertising", 16, Minor.OWN_CONSENT),
    ("US-CA", "partner_matching", 13, Minor.PARENTAL_CONSENT),
    ("US-VA", "model_training", 13, Minor.PARENTAL_CONSENT),
    ("US-CO", "individual_personalization", 18, Minor.OWN_CONSENT),
    ("US-CT", "advertising", 18, Minor.CLOSED),
    ("US-CT", "segment_personalization", 18, Minor.OWN_CONSENT),
    ("US-FED", "session_personalization", 13, Minor.PARENTAL_CONSENT),
    ("CA-QC", "email_marketing", 14, Minor.PARENTAL_CONSENT),
    ("CA", "measurement", 13, Minor.PARENTAL_CONSENT),
    ("BR", "measurement", 12, Minor.PARENTAL_CONSENT),
    ("BR", "advertising", 18, Minor.CLOSED),
    ("CN", "measurement", 14, Minor.PARENTAL_CONSENT),
]


def ages(policy: Policy, regime: str, purpose: str) -> list[AgeRule]:
    """Return the rules of a regime on the age of subjects for *purpose*."""
    found = policy.regime(regime)
    assert found is not None
    return [rule for rule in found.ages if rule.purpose == purpose]


def law_in(region: str, policy: Policy = PACK) -> str:
    """Return the id of the regime that holds in *region*."""
    return policy.regimes[policy.regime_index(region)].id


class TestPack:
    """What the pack says is what the law was found to say."""

    def test_the_strictest_set_stands_first(self) -> None:
        """Then the fourteen laws, then the countries whose states are not known."""
        assert [r.id for r in PACK.regimes] == [
            STRICTEST, "BR", "CA", "CA-QC", "CN", "EU-GDPR", "IN", "UK", "US-CA", "US-CO", "US-CT",
            "US-FED", "US-OTHER-UOOM", "US-TX", "US-VA", "CA-ANY", "US-ANY",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("region", "law"),
        [
            ("DE", "EU-GDPR"),
            ("NO", "EU-GDPR"),
            ("GB-SCT", "UK"),
            ("us-ca", "US-CA"),
            ("US-NY", "US-FED"),
            ("US", "US-ANY"),
            ("CA-QC", "CA-QC"),
            ("CA-ON", "CA"),
            ("CA", "CA-ANY"),
            ("JP", STRICTEST),
        ],
    )
    def test_every_region_finds_its_law(self, region: str, law: str) -> None:
        """A state its own, or its country's; a country alone the strictest of its states'."""
        assert law_in(region) == law

    def test_the_eu_has_27_members(self) -> None:
        """Every member state and the three EEA states fall under the GDPR."""
        eu = PACK.regime("EU-GDPR")
        assert eu is not None
        assert len(set(eu.regions) - {"IS", "LI", "NO", "EU"}) == 27

    def test_where_nothing_is_known_everything_is_asked(self) -> None:
        """Unknown means no: nothing optional is on by itself under the strictest set."""
        rules = PACK.regimes[0].rules
        assert {p for p, rule in rules.items() if rule.mode is Mode.OPT_IN} == OPTIONAL

    @pytest.mark.parametrize(
        ("regime", "on_by_itself"),
        [
            ("EU-GDPR", set()),
            ("UK", {"measurement"}),
            ("CA-QC", set()),
            ("IN", set()),
            ("CN", {"session_personalization"}),
            ("US-VA", OPTIONAL),
            ("US-ANY", OPTIONAL),
            ("CA-ANY", set()),
        ],
    )
    def test_what_is_on_by_itself(self, regime: str, on_by_itself: set[str]) -> None:
        """Where consent is asked for nothing is on before it."""
        found = PACK.regime(regime)
        assert found is not None
        on = {p for p, rule in found.rules.items() if rule.mode is Mode.OPT_OUT}
        assert on == on_by_itself

    @pytest.mark.parametrize("state", UNIVERSAL_OPT_OUT)
    def test_a_signal_binds_where_the_law_says_so(self, state: str) -> None:
        """The twelve states that want a universal opt-out heeded; elsewhere it is a choice."""
        gpc = PACK.regimes[PACK.regime_index(f"US-{state}")].gpc
        assert gpc.binding == {"advertising", "partner_matching"}

    def test_a_signal_binds_nowhere_else(self) -> None:
        """In all other places it is honoured: a no unless that very purpose was granted."""
        bound = {f"US-{state}" for state in UNIVERSAL_OPT_OUT}
        for regime in PACK.regimes:
            free = regime.id != STRICTEST and not regime.country_alone
            if free and not bound.intersection(regime.regions):
                assert (regime.gpc.binding, len(regime.gpc.honoured)) == (frozenset(), 5)

    @pytest.mark.parametrize("regime", FIGURES)
    def test_deadlines(self, regime: str) -> None:
        """Each figure stands there as it was found, and none beside them."""
        found = LATER.regime(regime)
        assert found is not None
        assert {name: told.period for name, told in found.deadlines.items()} == FIGURES[regime]

    @pytest.mark.parametrize("regime", FIGURES)
    def test_where_each_holds(self, regime: str) -> None:
        """A law holds in its regions, no fewer and no more."""
        found = PACK.regime(regime)
        assert found is not None
        assert set(found.regions) == REGIONS.get(regime, {regime})

    @pytest.mark.parametrize(("regime", "purpose", "below", "needs"), CHILDREN)
    def test_children(self, regime: str, purpose: str, below: int, needs: Minor) -> None:
        """Who is too young for what, and what it takes."""
        assert (below, needs) in {(r.below, r.needs) for r in ages(PACK, regime, purpose)}

    @pytest.mark.parametrize(("age", "countries"), ART_8.items())
    def test_the_ages_of_art_8(self, age: int, countries: str) -> None:
        """Each member state's own age; 16 where it chose none (Art. 8(1))."""
        (rule,) = ages(PACK, "EU-GDPR", "measurement")
        assert {rule.limit(country) for country in countries.split()} == {age}
        assert rule.limit("DE-BY") == rule.limit("EU") == 16
        assert rule.read_in == set(ART_8_READ.split())
        assert rule.confidence == "check"

    def test_dealings_imply_what_casl_says(self) -> None:
        """Two years from a purchase, six months from an inquiry (10(10)), in all of Canada."""
        for regime in ("CA", "CA-QC", "CA-ANY"):
            rule = PACK.regime(regime).rules["email_marketing"]  # type: ignore[union-attr]
            assert rule.mode is Mode.IMPLIED
            assert rule.implied_by == {
                RelationshipKind.PURCHASE: timedelta(days=730),
                RelationshipKind.INQUIRY: timedelta(days=180),
            }

    def test_every_figure_has_a_source_and_a_mark(self) -> None:
        """Nothing stands there without a citation, or without saying whether it was read."""
        for regime in PACK.regimes[1:]:
            if not regime.country_alone:
                told: list[RegimeRule | AgeRule | Deadline | SignalRule] = [
                    *regime.rules.values(),
                    *regime.ages,
                    *regime.deadlines.values(),
                    regime.gpc,
                ]
                assert all(one.citation and one.confidence in {"read", "check"} for one in told)

    def test_the_page_of_the_reference_is_the_pack(self) -> None:
        """docs/reference/regimes.md is what its script makes of the pack."""
        made = _script()
        page = made.page(load_policy(None, on=made.AS_OF))
        assert made.PAGE.read_text("utf-8") == page
        assert f"## IN from {INDIA_BEGINS}" in page

    def test_the_reference_names_every_deadline(self) -> None:
        """What a regime can set a time for stands in docs/reference/policy.md."""
        text = (ROOT / "docs/reference/policy.md").read_text("utf-8")
        assert [name for name in DEADLINES if f"`{name}`" not in text] == []


class TestDates:
    """What is not in force is off, and the day on which it begins is known."""

    def test_india_begins_in_may_2027(self) -> None:
        """Before that day children are asked like everybody; from then on they are protected."""
        before = load_policy(None, on=INDIA_BEGINS - timedelta(days=1))
        was, will = before.regime("IN"), LATER.regime("IN")
        assert was is not None
        assert will is not None
        assert (was.ages, was.deadlines) == ((), {})
        asked = {(purpose, Minor.PARENTAL_CONSENT) for purpose in OPTIONAL}
        shut = {(p, Minor.CLOSED) for p in OPTIONAL - {"measurement", "email_marketing"}}
        assert {(rule.purpose, rule.needs) for rule in will.ages} == asked | shut
        assert {r.below for r in will.ages} == {18}
        assert "choice" in was.rules["advertising"].citation
        assert "s. 6" in will.rules["advertising"].citation
        assert policy_hash(before) != policy_hash(LATER)

    def test_connecticut_changed_in_july_2026(self) -> None:
        """Ads to minors were open with their consent, and are closed now."""
        before = load_policy(None, on=date(2026, 6, 30))
        asked = {p: {r.needs for r in ages(p_, "US-CT", "advertising")} for p, p_ in
                 (("before", before), ("now", PACK))}  # fmt: skip
        assert Minor.OWN_CONSENT in asked["before"]
        assert Minor.CLOSED not in asked["before"]
        assert Minor.CLOSED in asked["now"]

    def test_the_next_change_is_known(self) -> None:
        """So that somebody can open the shop again on that day."""
        assert PACK.changes_on == INDIA_BEGINS
        assert load_policy(None, on=INDIA_BEGINS).changes_on is None

    def test_a_rule_for_each_time(self, tmp_path: Path) -> None:
        """Of dated rules one holds on each day; on a day without any there is a gap."""
        told = UTAH.replace("[rules.advertising]", "[[rules.advertising]]")
        text = told + "valid_until = 2027-01-01\n" + _table(told, "forbidden", "2027-02-01")
        folder = shop(tmp_path, {"regimes/us-ut.toml": text})
        modes = {
            day: load_policy(folder, on=date.fromisoformat(day)).regime("US-UT").rules  # type: ignore[union-attr]
            for day in ("2026-12-31", "2027-01-01", "2027-01-31", "2027-02-01")
        }
        assert modes["2026-12-31"]["advertising"].mode is Mode.OPT_OUT
        assert modes["2027-01-01"] == modes["2027-01-31"] == {}
        assert modes["2027-02-01"]["advertising"].mode is Mode.FORBIDDEN
        assert load_policy(folder, on=date(2027, 1, 1)).changes_on == date(2027, 2, 1)


class TestOverlay:
    """A shop says only what is different for it."""

    def test_one_rule(self, tmp_path: Path) -> None:
        """The rest of the regime stays the pack's."""
        text = 'id = "UK"\n[rules.measurement]\nmode = "opt_in"\nbasis = "consent"\n'
        policy = loaded(tmp_path, "regimes/ours.toml", text + CITED)
        mine, packs = policy.regime("UK"), PACK.regime("UK")
        assert mine is not None
        assert packs is not None
        assert mine.rules["measurement"].mode is Mode.OPT_IN
        assert {**mine.rules, "measurement": packs.rules["measurement"]} == packs.rules
        assert (mine.ages, mine.gpc, mine.regions) == (packs.ages, packs.gpc, packs.regions)

    def test_all_ages(self, tmp_path: Path) -> None:
        """Ages are taken together: a shop that says any says all."""
        text = 'id = "UK"\n[[ages]]\npurposes = ["measurement"]\nbelow = 16\n'
        policy = loaded(tmp_path, "regimes/uk.toml", text + 'needs = "own_consent"\n' + CITED)
        (rule,) = policy.regime("UK").ages  # type: ignore[union-attr]
        assert (rule.below, rule.needs) == (16, Minor.OWN_CONSENT)

    def test_a_deadline_and_a_review(self, tmp_path: Path) -> None:
        """A shop may wait longer before it asks again, and plan to look again itself."""
        text = 'id = "EU-GDPR"\nreview = 2027-06-01\n[deadlines.ask_again]\nperiod = "P6M"\n'
        regime = loaded(tmp_path, "regimes/eu.toml", text + CITED).regime("EU-GDPR")
        assert regime is not None
        assert regime.deadlines["ask_again"].period == "P6M"
        assert regime.deadlines["answer"].period == "P1M"
        assert regime.review == date(2027, 6, 1)

    def test_a_rule_is_removed(self, tmp_path: Path) -> None:
        """What is left is a gap: refused, and reported."""
        policy = loaded(
            tmp_path, "regimes/uk.toml", 'id = "UK"\n[rules.measurement]\nremove = true'
        )
        assert "measurement" not in policy.regime("UK").rules  # type: ignore[union-attr]
        assert "measurement" not in policy.regimes[0].rules


class TestHash:
    """Digests of standings are taken again when, and only when, the law they rest on is another."""

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            ("ca.toml", "inquiry = 180", "inquiry = 90"),
            ("eu.toml", "AT = 14", "AT = 15"),
            ("eu.toml", "below = 16", "below = 15"),
            ("br.toml", "below = 18", "below = 17"),
        ],
    )
    def test_it_moves_with_ages_and_dealings(
        self, file: str, old: str, new: str, tmp_path: Path
    ) -> None:
        """Who is too young, and what a dealing implies, is in a digest."""
        assert _hash(tmp_path, file, changed(old, new, _packs(file))) != policy_hash(PACK)

    def test_it_moves_with_what_an_age_asks_for(self) -> None:
        """A parent's consent or one's own: also where no set of several laws would differ."""
        *others, last = PACK.regimes
        ages = tuple(replace(rule, needs=Minor.CLOSED) for rule in last.ages)
        closed = replace(PACK, regimes=(*others, replace(last, ages=ages)))
        assert policy_hash(closed) != policy_hash(PACK)

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            ("eu.toml", 'period = "P1M"', 'period = "P2M"'),
            ("eu.toml", '"check"', '"read"'),
            ("cn.toml", "PIPL Art. 23", "PIPL Article 23"),
        ],
    )
    def test_it_rests_otherwise(self, file: str, old: str, new: str, tmp_path: Path) -> None:
        """Deadlines, marks and citations are not."""
        assert _hash(tmp_path, file, changed(old, new, _packs(file))) == policy_hash(PACK)


CITED = 'citation = "our choice"\nconfidence = "check"\n'
AGE = '[[ages]]\npurposes = ["advertising"]\nbelow = 16\nneeds = "closed"\n' + CITED
DATED = UTAH.replace("[rules.advertising]", "[[rules.advertising]]")

MISTAKES = {
    "no law": ('id = "XX"\nregions = ["XA"]\n', "law is missing: add it"),
    "a misspelt id": (
        'id = "EU-GPDR"\n[deadlines.ask_again]\nperiod = "P6M"\n' + CITED,
        "did you mean the id 'EU-GDPR'?",
    ),
    "no regions": ('id = "XX"\nlaw = "x"\n', "regions is missing: add it"),
    "not a region": (changed('["US-UT"]', '["Utah"]', UTAH), "write an ISO 3166 code"),
    "a region twice": (changed('["US-UT"]', '["US-CA"]', UTAH), "take it out of one"),
    "dates the wrong way": (
        UTAH + "valid_from = 2027-02-01\nvalid_until = 2027-01-01\n",
        "it must come after valid_from",
    ),
    "two at once": (DATED + DATED[DATED.index("[[") :], "two of them hold on the same day"),
    "a date in quotes": (UTAH + 'valid_from = "soon"\n', "valid_from must be a date such as"),
    "implied by nothing": (changed('"opt_out"', '"implied"', UTAH), "implied_by goes with"),
    "implied by the way": (UTAH + "implied_by = { purchase = 730 }\n", "implied_by goes with"),
    "unknown dealing": (
        changed('"opt_out"', '"implied"', UTAH) + "implied_by = { gift = 7 }\n",
        "unknown dealing 'gift': it must be one of purchase, inquiry",
    ),
    "unknown deadline": (
        UTAH + '[deadlines.anser]\nperiod = "P1M"\n' + CITED,
        "did you mean 'answer'",
    ),
    "no period": (
        UTAH + '[deadlines.answer]\nperiod = "a month"\n' + CITED,
        "is no period: write P1M",
    ),
    "unknown need": (UTAH + changed('"closed"', '"shut"', AGE), "unknown need 'shut'"),
    "age of another place": (
        UTAH + AGE + "below_in = { DE = 14 }\n",
        "unknown region of the regime 'DE'",
    ),
    "no age": (UTAH + changed("16", "160", AGE), "below must be a whole number <= 25"),
    "ages that are none": (UTAH.replace("[rules", 'ages = "all"\n[rules'), "ages must be a list"),
    "nothing to remove": (
        UTAH + "[rules.measurement]\nremove = true\n",
        "there is nothing to remove",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str, tmp_path: Path) -> None:
    """Each is refused with one line that names the file and says what to write instead."""
    text, told = MISTAKES[mistake]
    with pytest.raises(PolicyMistake) as refused:
        loaded(tmp_path, "regimes/us-ut.toml", text)
    message = str(refused.value)
    assert message.startswith("policy/regimes/us-ut.toml")
    assert told in message
    assert "\n" not in message


def _packs(file: str) -> str:
    return (files("tactful") / "pack/regimes" / file).read_text("utf-8")


def _hash(folder: Path, file: str, text: str) -> str:
    """Return the hash of the policy of a shop with a regime file of its own, on the same day."""
    return policy_hash(load_policy(shop(folder, {f"regimes/{file}": text}), on=TODAY))


def _table(text: str, mode: str, begins: str) -> str:
    """Return the rule of *text* once more, of another mode and from another day."""
    again = text[text.index("[[") :].replace('"opt_out"', f'"{mode}"')
    return f"{again}valid_from = {begins}\n"


def _script() -> ModuleType:
    path = ROOT / "docs/reference/make_regimes.py"
    spec = importlib.util.spec_from_file_location("make_regimes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
