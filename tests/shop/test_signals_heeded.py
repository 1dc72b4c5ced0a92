"""Signals in requests: heeded at once, recorded once, and never taken for more than they say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_worlds import NOTICE, Clock, agree, track

from tactful.assembly import init_shop, open_shop
from tactful.mechanisms.consent_strings import GppConsent, TcfConsent, UsCalifornia, gpp, tcf
from tactful.shop import Question, Shop, Who
from tactful.terms import Level, Mistake, Signals

NO_ADS = Signals(categories={"Advertising": False})
NO_PROFILE = Signals(categories={"Personalization": False})
PROFILE = frozenset({1, 5, 6})


@pytest.fixture
def platform(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    """Open a shop whose consent platform shows the main notice."""
    folder = tmp_path / "platform"
    init_shop(folder)
    told = f'[tcf]\nnotice = "{NOTICE}"\n[categories]\nnotice = "{NOTICE}"\n'
    (folder / "policy/signals.toml").write_text(told, encoding="utf-8")
    opened = open_shop(folder, clock=clock)
    yield opened.shop
    opened.close()


def said(shop: Shop, user: str = "ada") -> dict[str, str | None]:
    """Return the last word on every purpose."""
    return {answer.purpose: answer.said for answer in shop.standing(Who(user_id=user))}


def ask(shop: Shop, signals: Signals, *, user: str = "ada", region: str = "DE") -> Level:
    """Return the level at which a page of *user* is filled that sends *signals*."""
    who = Who(user_id=user, region=region, signals=signals)
    return shop.decide(Question(slot="for-you", who=who)).level


def tc(purposes: frozenset[int], at: datetime) -> Signals:
    """Return the TC string of a platform at which *purposes* were agreed to."""
    consent = TcfConsent(
        created=at,
        updated=at,
        cmp_id=31,
        cmp_version=1,
        consent_screen=1,
        language="EN",
        vendor_list_version=142,
        policy_version=5,
        service_specific=True,
        non_standard_texts=False,
        special_feature_opt_ins=frozenset(),
        purpose_consents=purposes,
        purpose_legitimate_interests=frozenset(),
        purpose_one_treatment=False,
        publisher_country="DE",
        vendor_consents=frozenset(),
        vendor_legitimate_interests=frozenset(),
        disclosed_vendors=frozenset({755}),
    )
    return Signals(tcf=tcf.encode(consent))


def with_consent(
    call: dict[str, object], consent: object, region: str = "US-VA"
) -> dict[str, object]:
    """Return *call* from *region* with what a client puts into `context.consent`."""
    return call | {"context": {"region": region, "consent": consent}}


def test_a_no_in_a_signal_refuses_at_once_against_a_grant(shop: Shop, clock: Clock) -> None:
    """The more restrictive wins, it is recorded as a conflict, and what was kept goes."""
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle")])
    clock.go(hours=1)
    assert shop.decide(Question(slot="for-you", who=ada)).level == Level.INDIVIDUAL

    assert ask(shop, NO_PROFILE) == Level.SESSION

    refused = shop.decide(Question(slot="for-you", who=ada)).refused
    assert {r.level: r.rule for r in refused}[Level.INDIVIDUAL] == "no_denial"
    assert shop.totals()["conflict", "categories: individual_personalization"] == 1
    assert said(shop)["individual_personalization"] == "deny"
    told = shop.subject("ada").statements()
    assert "signal:categories" in {s.source for s in told}


def test_the_same_signal_is_recorded_once(shop: Shop, clock: Clock) -> None:
    """Shoppers send theirs with every request; a changed one is looked at anew."""
    agree(shop, "ada", "session_personalization")
    for _ in range(3):
        clock.go(minutes=1)
        ask(shop, NO_ADS)
    assert [s.purpose for s in shop.subject("ada").statements()].count("advertising") == 1

    clock.go(minutes=1)
    ask(shop, NO_PROFILE)

    assert said(shop)["model_training"] == "deny"


def test_the_same_signal_under_another_law_is_looked_at_anew(shop: Shop, clock: Clock) -> None:
    """Global Privacy Control binds in California, whatever it meant before."""
    signals = Signals(gpp=gpp.encode(GppConsent(usca=UsCalifornia(gpc=True))))
    who = Who(user_id="ada", region="US-CA")
    shop.consent(who, {"advertising": "grant"}, notice=NOTICE)
    clock.go(hours=1)
    ask(shop, signals, region="DE")
    assert said(shop)["advertising"] == "grant"
    ask(shop, signals, region="US-CA")

    assert said(shop)["advertising"] == "object"


def test_a_later_absence_takes_nothing_back(shop: Shop, clock: Clock) -> None:
    """Who said no once has said no, also where the string does not come along any more."""
    agree(shop, "ada")
    clock.go(hours=1)
    ask(shop, NO_PROFILE)
    clock.go(days=1)

    assert ask(shop, Signals()) == Level.SESSION


def test_what_was_said_after_the_signal_stands(shop: Shop, clock: Clock) -> None:
    """A grant that is newer than the string stays on record; requests with it are refused."""
    before = clock.now - timedelta(days=1)
    agree(shop, "ada")

    for _ in range(3):
        assert ask(shop, tc(frozenset(), before)) == Level.NONE
    assert shop.totals()["conflict", "tcf: individual_personalization"] == 1
    assert said(shop)["individual_personalization"] == "grant"
    assert ask(shop, Signals()) == Level.INDIVIDUAL


def test_a_stranger_s_signal_is_heeded_and_not_written_down(shop: Shop) -> None:
    """Nothing is stored of a visitor of whom nothing is known."""
    no = Signals(categories={"functional": False, "personalization": False})
    visitor = Who(anonymous_id="x", region="US-VA", signals=no)

    decision = shop.decide(
        Question(slot="for-you", who=visitor, session=("kettle",), ceiling=Level.SESSION)
    )

    assert decision.level == Level.NONE
    assert {r.rule for r in decision.refused} == {"no_denying_signal"}
    assert not [label for name, label in shop.totals() if name == "statement"]


def test_feedback_on_a_decision_keeps_its_signals(shop: Shop) -> None:
    """Who denied being measured in a string is not measured by the decision's id."""
    for signals, counted in ((Signals(), True), (Signals(categories={"Analytics": False}), False)):
        who = Who(anonymous_id="x", region="US-VA", signals=signals)
        decision = shop.decide(Question(slot="for-you", who=who))
        assert shop.feedback(decision.id, "click") is counted


def test_calls_carry_signals(shop: Shop) -> None:
    """`context.consent` of a call is read, whatever else the sender allows."""
    call = track("ada", "Product Viewed", "kettle")
    no = dict.fromkeys(["Analytics", "Personalization", "Functional"], False)

    shop.collect([with_consent(call, {"categoryPreferences": no})])

    assert shop.totals()["events", "refused"] == 1
    shop.collect([with_consent(call | {"messageId": "2"}, {})])
    assert shop.totals()["events", "kept"] == 1


def test_calls_of_one_request_are_asked_apart(shop: Shop) -> None:
    """A changed string within a batch holds from its call on."""
    call = track("ada", "Product Viewed", "kettle")
    no = {"categoryPreferences": dict.fromkeys(["Analytics", "Personalization"], False)}

    shop.collect([with_consent(call, {}), with_consent(call | {"messageId": "2"}, no)])

    assert (shop.totals()["events", "kept"], shop.totals()["events", "refused"]) == (1, 1)
    assert said(shop)["measurement"] == "deny"


def test_who_becomes_known_by_a_call_is_heeded_in_it(shop: Shop) -> None:
    """What the first call of somebody says no to is recorded with them, not with their second."""
    call = track("ada", "Product Viewed", "kettle")

    shop.collect([with_consent(call, {"categoryPreferences": {"Advertising": False}})])

    assert said(shop)["advertising"] == "deny"


def test_of_an_imported_past_only_the_no_is_taken(platform: Shop, clock: Clock) -> None:
    """It is as old as the call: a yes since then stands, and a yes of then proves nothing."""
    agree(platform, "ada", "individual_personalization")
    call = track("ada", "Product Viewed", "kettle")
    old = (clock.now - timedelta(days=400)).isoformat()
    past = {
        "categoryPreferences": {"Advertising": False, "Personalization": False, "Analytics": True}
    }

    platform.import_history([with_consent(call | {"timestamp": old}, past, "DE")], source="x")

    assert said(platform)["individual_personalization"] == "grant"
    assert said(platform)["measurement"] is None
    (no,) = [s for s in platform.subject("ada").statements() if s.purpose == "advertising"]
    assert no.at == clock.now - timedelta(days=400)


@pytest.mark.parametrize(
    ("consent", "counted"),
    [
        ({"tcf": "nonsense"}, "tcf: cannot be read"),
        ({"tcf": "C" * 20_000}, "tcf: cannot be read"),
        ({"gpp": "DBABrw~"}, "gpp: cannot be read"),
        ({"tcf": 7}, "tcf: must be a text"),
    ],
)
def test_a_string_that_cannot_be_read_is_counted_and_changes_nothing(
    shop: Shop, consent: dict[str, object], counted: str
) -> None:
    """The call goes on as if it carried none."""
    shop.collect([with_consent(track("ada", "Product Viewed", "kettle"), consent)])

    assert shop.totals()["signal", counted] == 1
    assert shop.totals()["events", "kept"] == 1
    assert set(said(shop).values()) == {None}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_string_of_a_client_becomes_a_label(shop: Shop, junk: str) -> None:
    """What is counted are words of our own: neither strings nor category names of one sender."""
    ask(shop, Signals(tcf=junk, gpp=junk, categories={junk: True, "Jane Doe": False}))

    labels = {label for name, label in shop.totals() if name in {"signal", "gap"}}
    assert "Jane Doe" not in "".join(labels)
    assert labels <= {
        "tcf: cannot be read",
        "gpp: cannot be read",
        "signal outside of the plan",
        *(label for label in labels if ": regime of region" in label),
    }


def test_what_has_no_meaning_is_a_gap(shop: Shop) -> None:
    """A category that several people send is the platform's own, and is reported by name."""
    for number in range(6):
        ask(shop, Signals(categories={"Dolphins": True}), user=f"u-{number}")

    assert shop.totals()["gap", "signal outside of the plan"] == 4
    assert shop.totals()["gap", "signal category Dolphins"] == 2


def test_a_yes_counts_where_the_policy_names_the_platform_s_notice(
    platform: Shop, clock: Clock
) -> None:
    """Then it is a grant like any other, with the notice, its hash and the string's time."""
    platform.consent(Who(user_id="ada", region="DE"), {"advertising": "deny"})
    clock.go(days=2)
    chosen = clock.now - timedelta(days=1)

    assert ask(platform, tc(PROFILE | {3, 4, 8, 9}, chosen)) == Level.INDIVIDUAL

    assert said(platform)["advertising"] == "deny"
    assert platform.totals()["conflict", "tcf: advertising"] == 1
    yes = {s.purpose: s for s in platform.subject("ada").statements()}["individual_personalization"]
    assert (yes.source, yes.notice, yes.at) == ("signal:tcf", NOTICE, chosen)
    assert yes.notice_hash == platform.notice().notice.hash


def test_a_yes_counts_for_nothing_where_no_notice_is_named(shop: Shop, clock: Clock) -> None:
    """Consent that cannot be proven is none (Art. 7(1))."""
    shop.consent(Who(user_id="ada", region="DE"), {"advertising": "deny"})

    assert ask(shop, tc(PROFILE, clock.now)) == Level.NONE
    assert said(shop)["individual_personalization"] is None


def test_an_old_string_does_not_grant_again_what_was_taken_back(
    platform: Shop, clock: Clock
) -> None:
    """A withdrawal is final until a new grant, and a string is none against it."""
    agree(platform, "ada")
    clock.go(hours=1)
    platform.consent(Who(user_id="ada"), {"individual_personalization": "withdraw"})
    clock.go(days=1)

    ask(platform, tc(PROFILE, clock.now))

    assert said(platform)["individual_personalization"] == "withdraw"


def test_a_choice_that_is_sent_on_purpose_counts_after_a_no(platform: Shop, clock: Clock) -> None:
    """Somebody changed their mind at the platform, and the page says so at that moment."""
    ada = Who(user_id="ada", region="DE")
    platform.consent(ada, {"measurement": "deny"})
    clock.go(hours=1)

    receipt = platform.consent_by_signals(ada, Signals(categories={"Analytics": True}), ui="cmp 7")

    assert said(platform)["measurement"] == "grant"
    form = receipt.signed.form
    assert form.privacy_notice is not None
    assert form.privacy_notice.id == NOTICE.partition("@")[0]


def test_an_older_choice_on_purpose_takes_nothing_back(platform: Shop, clock: Clock) -> None:
    """A page that sends yesterday's string again does not lift what was denied since."""
    ada = Who(user_id="ada", region="DE")
    yesterday = clock.now - timedelta(days=1)
    platform.consent(ada, {"individual_personalization": "deny"})

    platform.consent_by_signals(ada, tc(PROFILE, yesterday))

    assert said(platform)["individual_personalization"] == "deny"


def test_an_opt_out_on_purpose_objects(shop: Shop) -> None:
    """Global Privacy Control in the string too, where it binds."""
    signals = Signals(gpp=gpp.encode(GppConsent(usca=UsCalifornia(sale_opt_out=True, gpc=True))))

    shop.consent_by_signals(Who(user_id="ada", region="US-CA"), signals)

    told = {s.purpose: (s.kind.value, s.source) for s in shop.subject("ada").statements()}
    assert told["advertising"] == ("object", "signal:gpc")
    assert told["partner_matching"][0] == "object"


@pytest.mark.parametrize(
    ("signals", "told"),
    [
        (Signals(tcf="nonsense"), "signals: tcf: "),
        (Signals(gpp="nonsense"), "signals: gpp: "),
        (Signals(categories={"Analytics": True}), "named in policy/signals.toml"),
        (Signals(categories={"Dolphins": False}), "named in policy/signals.toml"),
        (Signals(tcf="nonsense", categories={"Analytics": False}), "signals: tcf: "),
    ],
)
def test_a_string_that_is_sent_on_purpose_must_count(
    shop: Shop, signals: Signals, told: str
) -> None:
    """A clear answer, and nothing is stored half."""
    with pytest.raises(Mistake, match=told):
        shop.consent_by_signals(Who(user_id="ada", region="DE"), signals)

    assert not [label for name, label in shop.totals() if name == "statement"]


def test_other_tags_are_told_what_holds(shop: Shop) -> None:
    """Google Consent Mode for all, an American string where an American law holds."""
    ada = agree(shop, "ada", "measurement")

    german = shop.signals(ada)
    californian = shop.signals(Who(user_id="bob", region="US-CA", gpc=True))

    assert german.consent_mode["analytics_storage"] == "granted"
    assert german.consent_mode["ad_storage"] == "denied"
    assert german.why_denied["ad_storage"] == "consent_when_needed"
    assert german.gpp is None
    assert californian.consent_mode["ad_storage"] == "denied"
    assert californian.why_denied["ad_storage"] == "no_binding_signal"
    assert californian.gpp is not None
