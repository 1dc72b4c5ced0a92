"""Consent strings: a no always counts, a yes only where it can be proven, the rest says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signal_worlds import (
    AGREED,
    NOW,
    VENDOR,
    circumstances,
    consent,
    permit,
    policy,
    tc,
    us,
    vector,
)

from tactful.capabilities.collect import signals_in
from tactful.capabilities.consent import (
    Heard,
    conflicts,
    read_signals,
    statements_by_signal,
    statements_on_purpose,
)
from tactful.capabilities.consent.signals import LONGEST_REMEMBERED
from tactful.gate import Refusal, decide
from tactful.mechanisms.consent_strings import GppConsent, UsCalifornia, UsNational, gpp, tcf
from tactful.terms import Policy, Signals, Standing, Statement, StatementKind
from tactful.testing.policies import CURRENT_NOTICE

POLICY = policy()
NOES = [StatementKind.DENY, StatementKind.WITHDRAW, StatementKind.OBJECT]
purposes = st.frozensets(st.integers(1, 11))
ANSWERS = st.sampled_from([{}, {"ads": True}, {"ads": False}])
REGIONS = st.sampled_from(["DE", "US", "XA"])
words = st.builds(
    Statement,
    purpose=st.sampled_from(["recommendations", "advertising"]),
    kind=st.sampled_from([StatementKind.GRANT, *NOES]),
    at=st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 1, 2, 3)]),
    notice=st.just(CURRENT_NOTICE),
)


def said(kind: StatementKind, hours_ago: float = 3, purpose: str = "advertising") -> Statement:
    """Return what a subject said some hours ago."""
    at = NOW - timedelta(hours=hours_ago)
    return Statement(purpose=purpose, kind=kind, at=at, notice=CURRENT_NOTICE)


def news(
    signals: Signals, *before: Statement, under: Policy = POLICY, asks: bool = True
) -> dict[str, str]:
    """Return what *signals* add to what was said *before*, by purpose."""
    return {s.purpose: s.kind.value for s in added(signals, *before, under=under, asks=asks)}


def added(
    signals: Signals, *before: Statement, under: Policy = POLICY, asks: bool = True
) -> tuple[Statement, ...]:
    """Return the statements that *signals* add to what was said *before*."""
    heard = read_signals(signals, under, NOW)
    return statements_by_signal(
        permit(),
        Standing(statements=before),
        heard,
        policy=under,
        at=NOW,
        record="r",
        asks=lambda _purpose: asks,
    )


def refusals(
    standing: Standing, region: str, denied: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return which rule refuses each activity, of those that are refused."""
    answers = {
        name: decide(name, standing, POLICY, NOW, region=region, denied=denied)
        for name in POLICY.activities
    }
    return {name: a.rule for name, a in answers.items() if isinstance(a, Refusal)}


class TestReading:
    """What a string says, and when it says nothing."""

    def test_a_purpose_needs_all_that_it_stands_under(self) -> None:
        """Profiles that may be made but not stored, or stored but not made, are no yes."""
        for agreed, denied in (([1, 3, 5], set()), ([1, 3], {"recommendations"}), ([3, 5], BOTH)):
            assert read_signals(tc(agreed), POLICY, NOW).denied == denied

    def test_what_was_not_asked_is_not_answered(self) -> None:
        """The TCF does not ask about measurement here: neither yes nor no."""
        heard = read_signals(tc([]), POLICY, NOW)
        assert {word.purpose for word in heard.words} == BOTH

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("nonsense", "tcf: cannot be read"),
            (tc([1]).tcf[:20], "tcf: cannot be read"),
            (tcf.encode(consent([1, 3, 5], disclosed=None)), "tcf: it does not say which vendors"),
            (tc([1], at=NOW + timedelta(days=9)).tcf, "tcf: it is dated in the future"),
            ("C" * 20_000, "tcf: cannot be read"),
        ],
    )
    def test_what_does_not_count_says_nothing(self, text: str, fault: str) -> None:
        """Neither yes nor no: the fault is named, and no part of the string with it."""
        heard = read_signals(Signals(tcf=text), POLICY, NOW)
        assert (heard.words, heard.denied) == ((), frozenset())
        assert [f.label.startswith(fault) for f in heard.faults] == [True]
        assert text[:12] not in heard.faults[0].label + heard.faults[0].reason

    def test_the_shop_s_vendor_must_have_been_disclosed_and_agreed_to(self) -> None:
        """A yes to others is none to us."""
        ours = policy(vendor=VENDOR)
        undisclosed = Signals(tcf=tcf.encode(consent([1, 3, 5], disclosed=[1])))
        refused = replace(consent([1, 3, 5]), vendor_consents=frozenset({1}))
        assert read_signals(tc([1, 3, 5]), ours, NOW).denied == frozenset()
        assert read_signals(undisclosed, ours, NOW).denied == BOTH
        assert read_signals(Signals(tcf=tcf.encode(refused)), ours, NOW).denied == BOTH

    def test_an_opt_out_of_sale_is_a_no(self) -> None:
        """And not to have opted out is no yes."""
        assert read_signals(us(sale=True), POLICY, NOW).denied == {"advertising"}
        for other in (False, None):
            assert read_signals(us(sale=other), POLICY, NOW).words == ()

    def test_a_gpp_string_carries_global_privacy_control(self) -> None:
        """Its sub-section means what the header does."""
        assert read_signals(us(sale=None, gpc=True), POLICY, NOW).gpc
        assert not read_signals(us(sale=None, gpc=False), POLICY, NOW).gpc

    def test_categories_are_known_in_any_case(self) -> None:
        """What the policy has no meaning for is a gap, by a name that can be shown."""
        sent = Signals(categories={"ADS": False, "Numbers": True, "Dolphins": True, "a@b.c": True})
        heard = read_signals(sent, POLICY, NOW)
        assert heard.denied == {"advertising"}
        assert [word.purpose for word in heard.granted] == ["measurement"]
        assert set(heard.gaps) == {"signal category Dolphins", "signal category a@b.c"}

    def test_a_category_may_be_about_nothing_here(self) -> None:
        """What every shop needs is no gap, and no answer to anything."""
        assert read_signals(Signals(categories={"Needed": True}), POLICY, NOW) == Heard()

    def test_a_child_that_did_not_consent_says_no(self) -> None:
        """In whichever of the ages, and in both sections; "does not apply" says nothing."""
        for ages, denied in (
            ((None, None), set()),
            ((True, True), set()),
            ((None, False), {"advertising"}),
        ):
            usca = UsCalifornia(known_child_consents=ages)
            usnat = UsNational(known_child_consents=(*ages, None))
            for sections in (GppConsent(usca=usca), GppConsent(usnat=usnat)):
                heard = read_signals(Signals(gpp=gpp.encode(sections)), POLICY, NOW)
                assert heard.denied == denied

    def test_known_strings(self) -> None:
        """Those of the reference implementations say what they were made to say."""
        for file, name, denied in (
            ("tcf", "everything refused", BOTH),
            ("tcf", "everything granted: one range", set()),
            ("gpp", "national, opted out of everything, GPC set", {"advertising"}),
            ("gpp", "national, nothing chosen", set()),
        ):
            text = vector(file, name)
            sent = Signals(tcf=text) if file == "tcf" else Signals(gpp=text)
            heard = read_signals(sent, POLICY, LATER)
            assert heard.denied == denied
            assert not heard.faults
        assert read_signals(Signals(gpp=vector("gpp", OPTED_OUT)), POLICY, LATER).gpc

    def test_a_known_string_without_disclosed_vendors_does_not_count(self) -> None:
        """As TCF 2.3 requires; before its day it did."""
        old = Signals(tcf=vector("tcf", "before TCF 2.3: no vendors disclosed"))
        assert read_signals(old, POLICY, LATER).words == ()
        assert "which vendors were disclosed" in read_signals(old, POLICY, LATER).faults[0].label

    def test_sections_of_other_laws_are_gaps(self) -> None:
        """They are not looked into: the shop learns that they come."""
        text = vector("gpp", "Europe, national and others that are not looked into")
        gaps = read_signals(Signals(gpp=text), POLICY, LATER).gaps
        assert gaps
        assert all(gap.startswith("signal gpp section ") for gap in gaps)

    def test_a_string_of_another_shape_is_named(self) -> None:
        """A number is no string, a list no preferences; what stands beside them is read."""
        sent = {"tcf": 7, "gpp": ["x"], "categoryPreferences": {"ads": False, "numbers": "yes"}}
        heard = read_signals(signals_in(sent), POLICY, NOW)
        assert heard.denied == {"advertising"}
        assert [fault.label.partition(":")[0] for fault in heard.faults] == [
            "tcf",
            "gpp",
            "categoryPreferences",
        ]

    def test_preferences_without_end_are_not_read(self) -> None:
        """Nobody chose among a hundred categories."""
        sent = {"categoryPreferences": {f"c{number}": False for number in range(100)}}
        read = signals_in(sent)
        assert (read.categories, len(read.unread)) == ({}, 1)

    def test_both_spellings_are_read(self) -> None:
        """`tcString` and `gppString` are what some platforms call them."""
        assert signals_in({"tcString": "a", "gppString": "b"}) == Signals(tcf="a", gpp="b")
        assert signals_in({"tcf": "", "tcString": "a", "gpp": None}) == Signals(tcf="a")

    def test_long_strings_are_read_like_short_ones(self) -> None:
        """Only that they are not remembered, which nobody sees."""
        long = replace(consent([1, 3]), vendor_consents=frozenset(range(1, 60_000, 2)))
        text = tcf.encode(long)
        assert len(text) > LONGEST_REMEMBERED
        assert read_signals(Signals(tcf=text), POLICY, NOW).denied == {"recommendations"}

    @given(st.text(max_size=60), purposes, st.integers(0, 40))
    def test_a_corrupt_string_changes_nothing_but_counts(
        self, junk: str, agreed: frozenset[int], cut: int
    ) -> None:
        """Either it is another string that can be read whole, or it says nothing and is named."""
        whole = tc(agreed).tcf
        for text in (junk, whole[:cut] + junk + whole[cut:], whole[:cut]):
            heard = read_signals(Signals(tcf=text), POLICY, NOW)
            assert bool(heard.words) is not bool(heard.faults or not text)
            beside = read_signals(Signals(tcf=text, categories={"ads": True}), POLICY, NOW)
            assert heard.faults == beside.faults
            if heard.faults:
                assert [word.purpose for word in beside.granted] == ["advertising"]

    @given(purposes, st.booleans())
    def test_of_several_signals_the_no_counts(self, agreed: frozenset[int], ads: bool) -> None:  # noqa: FBT001
        """No yes in one string outweighs a no in another."""
        both = replace(tc(agreed), categories={"ads": ads})
        denied = read_signals(both, POLICY, NOW).denied
        apart = [tc(agreed), Signals(categories={"ads": ads})]
        assert denied == frozenset().union(*(read_signals(s, POLICY, NOW).denied for s in apart))
        assert denied.isdisjoint(w.purpose for w in read_signals(both, POLICY, NOW).granted)

    @given(
        st.dictionaries(st.text(max_size=20), st.none() | st.text() | st.integers() | st.booleans())
    )
    def test_whatever_is_sent_is_read(self, sent: dict[str, object]) -> None:
        """Clients send anything: what is of another shape says nothing."""
        read_signals(signals_in({**sent, "categoryPreferences": sent}), POLICY, NOW)


BOTH = {"recommendations", "advertising"}
LATER = NOW + timedelta(days=30)
OPTED_OUT = "national, opted out of everything, GPC set"


class TestStatements:
    """What is recorded of a subject who is known."""

    def test_a_no_is_recorded_with_its_own_time(self) -> None:
        """It was said when the string was last changed, not when it came along."""
        made = added(tc([]))
        assert {(s.purpose, s.kind, s.at, s.source) for s in made} == {
            (purpose, StatementKind.DENY, AGREED, "signal:tcf") for purpose in BOTH
        }

    def test_an_opt_out_of_sale_objects(self) -> None:
        """So that a withdrawal later does not lift it (Civ. Code 1798.120)."""
        assert news(us(sale=True)) == {"advertising": "object"}

    def test_a_no_outdates_an_earlier_yes_only(self) -> None:
        """A grant that is newer than the string stays on record; this request is refused anyway."""
        assert news(tc([1, 5]), said(StatementKind.GRANT, 3))["advertising"] == "deny"
        assert "advertising" not in news(tc([1, 5]), said(StatementKind.GRANT, 1))
        assert read_signals(tc([1, 5]), POLICY, NOW).denied == {"advertising"}

    @pytest.mark.parametrize("kind", NOES)
    def test_a_yes_never_overrides_a_no(self, kind: StatementKind) -> None:
        """Whenever that was said: the more restrictive wins."""
        assert "advertising" not in news(tc([1, 3, 5]), said(kind, 3))

    def test_a_yes_is_a_grant_of_the_notice_that_the_platform_shows(self) -> None:
        """With its hash; where none is named, or it says nothing of the purpose, it is nothing."""
        made = added(tc([1, 3, 5]))
        shown = POLICY.notice(CURRENT_NOTICE)
        assert shown is not None
        assert {(s.kind, s.notice, s.notice_hash) for s in made} == {
            (StatementKind.GRANT, CURRENT_NOTICE, shown.hash)
        }
        assert news(tc([1, 3, 5]), under=policy(notice="")) == {}
        assert news(tc([1, 3, 5]), under=policy(notice="shop@1")) == {}

    def test_a_yes_that_nobody_needs_is_not_recorded(self) -> None:
        """Where the purpose is on already, or no consent opens it."""
        assert news(tc([1, 3, 5]), asks=False) == {}

    def test_a_string_from_before_the_notice_grants_nothing(self) -> None:
        """A yes was given to what the platform showed then; a no counts all the same."""
        today = replace(POLICY, signals=replace(POLICY.signals, tcf_since=NOW.date()))
        old, new = (tc([1, 5], at=NOW - timedelta(days=days)) for days in (1, 0))
        assert news(old, under=today) == {"advertising": "deny"}
        assert news(new, under=today) == {"advertising": "deny", "recommendations": "grant"}

    def test_no_string_is_from_the_future(self) -> None:
        """The clock of a page may be ahead: what it says was said now at the latest."""
        assert {s.at for s in added(tc([1, 3, 5], at=NOW + timedelta(hours=3)))} == {NOW}

    def test_of_a_past_that_is_imported_only_the_no_is_taken(self) -> None:
        """With its own time: what was shown then is not known, so that a yes proves nothing."""
        year_ago = NOW - timedelta(days=365)
        sent = Signals(categories={"ads": False, "numbers": True})
        heard = read_signals(sent, POLICY, NOW).past(year_ago)
        made = statements_by_signal(
            permit(), Standing(), heard, policy=POLICY, at=NOW, record="r", asks=lambda _: True
        )
        assert [(s.purpose, s.kind, s.at) for s in made] == [
            ("advertising", StatementKind.DENY, year_ago)
        ]

    def test_what_is_necessary_is_not_answered(self) -> None:
        """It needs nobody's leave: a policy may map it, and nothing comes of it."""
        meaning = replace(POLICY.signals, categories={"all": ("necessary", "measurement")})
        mapped = replace(POLICY, signals=meaning)
        assert news(Signals(categories={"all": False}), under=mapped) == {"measurement": "deny"}

    @given(st.lists(words, max_size=4), purposes, ANSWERS, REGIONS)
    def test_no_signal_ever_permits_what_was_refused_by_a_word(
        self,
        before: list[Statement],
        agreed: frozenset[int],
        categories: dict[str, bool],
        region: str,
    ) -> None:
        """What is recorded lifts no denial, withdrawal or objection, whatever the string says."""
        signals = replace(tc(agreed), categories=categories)
        standing = Standing(statements=tuple(before))
        after = Standing(statements=(*before, *added(signals, *before)))
        refused = refusals(standing, region)
        by_word = {a for a, rule in refused.items() if rule in {"no_objection", "no_denial"}}
        assert by_word <= refusals(after, region).keys()

    @given(st.lists(words, max_size=4), purposes, REGIONS)
    def test_a_no_never_permits_more(
        self, before: list[Statement], agreed: frozenset[int], region: str
    ) -> None:
        """For this request, and by what is recorded, which a policy without a notice makes noes."""
        signals, silent = tc(agreed), policy(notice="")
        standing = Standing(statements=tuple(before))
        after = Standing(statements=(*before, *added(signals, *before, under=silent)))
        denied = read_signals(signals, silent, NOW).denied
        refused = refusals(standing, region).keys()
        assert refused <= refusals(after, region).keys()
        assert refused <= refusals(standing, region, denied).keys()

    @given(st.lists(words, max_size=4))
    def test_the_absence_of_signals_takes_nothing_back(self, before: list[Statement]) -> None:
        """A later absence is not consent (4 CCR 904-3, 5.09)."""
        assert news(Signals(), *before) == {}

    def test_conflicts_are_named(self) -> None:
        """A no against a yes, and a yes against a no; agreement is none."""
        granted, refused = said(StatementKind.GRANT), said(StatementKind.DENY)
        for word, agreed, found in (
            (granted, [1, 5], ("tcf: advertising",)),
            (refused, [1, 3, 5], ("tcf: advertising",)),
            (granted, [1, 3, 5], ()),
            (refused, [1, 5], ()),
        ):
            heard = read_signals(tc(agreed), POLICY, NOW)
            assert conflicts(permit(), Standing(statements=(word,)), heard, NOW) == found


class TestOnPurpose:
    """What is recorded when a page sends signals at the moment of a choice."""

    def test_each_purpose_is_answered_as_it_stands(self) -> None:
        """A yes with the platform's notice, a no without one; one record, and what showed it."""
        heard = read_signals(tc([1, 3]), POLICY, NOW)
        made = statements_on_purpose(heard, circumstances(), policy=POLICY)
        assert {(s.purpose, s.kind.value, s.notice, s.source) for s in made} == {
            ("recommendations", "deny", "", "signal:tcf"),
            ("advertising", "grant", CURRENT_NOTICE, "signal:tcf"),
        }
        assert {(s.record, s.ui, s.locale, s.regime) for s in made} == {
            ("r", "platform 7", "en", "asking")
        }

    def test_an_opt_out_is_an_objection(self) -> None:
        """As it is along with a request."""
        heard = read_signals(us(sale=True), POLICY, NOW)
        made = statements_on_purpose(heard, circumstances(), policy=POLICY)
        assert [(s.purpose, s.kind) for s in made] == [("advertising", StatementKind.OBJECT)]

    @pytest.mark.parametrize(("days", "at"), [(0, NOW), (1, NOW - timedelta(days=1))])
    def test_a_string_of_today_is_a_choice_of_now(self, days: int, at: datetime) -> None:
        """It tells no time of the day; an older one keeps its day."""
        chosen = (NOW - timedelta(days=days)).replace(hour=0)
        heard = read_signals(tc([1, 3], at=chosen), POLICY, NOW)
        made = statements_on_purpose(heard, circumstances(), policy=POLICY)
        assert {s.at for s in made} == {at.replace(hour=0) if days else at}

    def test_a_yes_that_cannot_be_proven_is_left_out(self) -> None:
        """Without a notice, or with one that says nothing of the purpose."""
        for notice in ("", "shop@1", "other@9"):
            mute = policy(notice=notice)
            heard = read_signals(tc([1, 3, 5]), mute, NOW)
            assert statements_on_purpose(heard, circumstances(), policy=mute) == ()
