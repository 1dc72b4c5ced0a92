"""What changes between two policies, held to what the gate itself answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from policy_worlds import (
    aged_policy,
    dealing_policy,
    whole_policy,
    with_activity,
    with_notice,
    with_property,
    with_regimes,
    with_rule,
)

from tactful.capabilities.policy import Group, Turn, diff
from tactful.gate import Permit, Signal, decide, digest, strictest_of
from tactful.gate.ages import asked_of
from tactful.terms import (
    Activity,
    AgeRule,
    Deadline,
    Minor,
    Mode,
    Policy,
    Regime,
    Relationship,
    RelationshipKind,
    Said,
    SignalRule,
    SignalSources,
    Standing,
    Statement,
    StatementKind,
)
from tactful.testing.policies import small_policy

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ASKING = frozenset({"DE", "FR"})
_WORDS = (
    StatementKind.GRANT,
    StatementKind.DENY,
    StatementKind.WITHDRAW,
    StatementKind.OBJECT,
)

Age = tuple[int, Minor] | None
AGES: tuple[Age, ...] = (
    None,
    (13, Minor.OWN_CONSENT),
    (15, Minor.PARENTAL_CONSENT),
    (16, Minor.CLOSED),
)


def _with_mode(policy: Policy, mode: Mode) -> Policy:
    return with_rule(policy, "asking", replace(policy.regimes[1].rules["measurement"], mode=mode))


def _fields(old: Policy, new: Policy) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(c.kind.value, c.name, c.field, c.before, c.after) for c in diff(old, new).changes]


def test_a_policy_does_not_differ_from_itself() -> None:
    """Nothing changes, nobody is answered otherwise, nobody is asked again."""
    found = diff(small_policy(), small_policy())

    assert (found.changes, found.turns, found.asked_again) == ((), (), ())


def test_fields_of_entries() -> None:
    """A changed field is named with what it was and what it becomes."""
    old = whole_policy()
    purpose = replace(old.purposes["measurement"], retention=timedelta(days=30))
    new = replace(old, purposes={**old.purposes, "measurement": purpose})
    keep = replace(old.activities["count-visits"], recipients=("Counters Ltd",))
    lifetime = timedelta(days=10)
    rule = replace(old.regimes[1].rules["measurement"], consent_lifetime=lifetime)
    new = with_rule(with_activity(with_property(new, "measurement"), keep), "asking", rule)

    assert _fields(old, new) == [
        ("purpose", "measurement", "retention", "90 days", "30 days"),
        ("activity", "count-visits", "recipients", "none", "Counters Ltd"),
        ("regime", "asking: measurement", "consent_lifetime", "365 days", "10 days"),
        ("event", "Seen", "", None, "declared"),
        ("property", "shade", "", None, "declared"),
    ]
    assert ("event", "Seen", "", "declared", None) in _fields(new, old)


def test_regions_and_signals_of_a_regime() -> None:
    """Where a law holds, and what a signal means under it, are compared too."""
    old = whole_policy()
    asking = replace(
        old.regimes[1], regions=("DE",), gpc=SignalRule(binding=frozenset({"advertising"}))
    )
    new = with_regimes(old, asking, *old.regimes[2:])

    assert _fields(old, new) == [
        ("regime", "asking", "regions", "DE, FR", "DE"),
        ("regime", "asking: Global Privacy Control", "binding", "none", "advertising"),
    ]


def test_notices_are_material_or_editorial() -> None:
    """A new version says what it asks again; an old one must not be edited in place."""
    old = whole_policy()
    newest = old.current_notice()
    everything, ads = frozenset(newest.texts), frozenset({"advertising"})
    new = with_notice(old, replace(newest, version=4, material=everything))
    edited = replace(old, notices=(*old.notices[:-1], replace(newest, hash="f" * 64)))

    assert _fields(old, new) == [("notice", "shop@4 (en)", "", None, "material: asks again")]
    assert _fields(old, with_notice(old, replace(newest, version=4, material=ads)))[0][4] == (
        "material for advertising: asks again"
    )
    assert _fields(old, with_notice(old, replace(newest, version=4)))[0][4] == (
        "editorial: asks nobody again"
    )
    assert _fields(old, edited)[0][4] == "ffffffffffff, edited in place"
    weighed = replace(
        old, notices=(*old.notices[:-1], replace(newest, material=ads, review=NOW.date()))
    )
    assert _fields(old, weighed) == [
        ("notice", "shop@3 (en)", "material", "none", "advertising"),
        ("notice", "shop@3 (en)", "review", "none", "2026-03-01"),
    ]


def test_what_laws_say_of_ages_dealings_and_times() -> None:
    """Ages, what implies a consent, and deadlines are compared one by one, with their figures."""
    old = dealing_policy()
    rule = old.regimes[2].rules["advertising"]
    told = replace(
        old.regimes[2],
        rules={
            **old.regimes[2].rules,
            "advertising": replace(rule, implied_by={RelationshipKind.INQUIRY: None}),
        },
        ages=(
            AgeRule(purpose="advertising", below=13, needs=Minor.PARENTAL_CONSENT, citation="n"),
            AgeRule(purpose="advertising", below=16, needs=Minor.PARENTAL_CONSENT, citation="n"),
        ),
        deadlines={"answer": Deadline(name="answer", period="P45D", citation="none")},
    )
    new = with_regimes(old, old.regimes[1], told, old.regimes[3])
    older = replace(told, ages=(replace(told.ages[0], below_in={"US-CA": 14}), told.ages[1]))

    assert _fields(old, new) == [
        (
            "regime",
            "telling: advertising",
            "implied_by",
            "purchase: 730 days",
            "inquiry: without end",
        ),
        ("regime", "telling: advertising, age for a parent's consent", "", None, "below 13"),
        ("regime", "telling: advertising, age for a parent's consent (2)", "", None, "below 16"),
        ("regime", "telling: answer, deadline", "", None, "P45D"),
    ]
    assert _fields(new, with_regimes(old, old.regimes[1], older, old.regimes[3])) == [
        (
            "regime",
            "telling: advertising, age for a parent's consent",
            "below_in",
            "none",
            "US-CA: 14",
        )
    ]


def test_what_consent_strings_mean() -> None:
    """A purpose of the TCF more, or another notice: it decides whose yes counts, so it is told."""
    old = whole_policy()
    new = replace(
        old, signals=SignalSources(tcf_notice="cmp@1", tcf_purposes={"advertising": (1, 3)})
    )

    assert _fields(old, new) == [
        ("signal", "consent strings", "tcf_notice", "none", "cmp@1"),
        ("signal", "consent strings", "tcf_purposes", "none", "advertising: 1, 3"),
    ]


def test_reviews_and_transfers() -> None:
    """What the register holds besides is compared as well."""
    old = whole_policy()
    purpose = replace(old.purposes["measurement"], review=NOW.date())
    activity = replace(
        old.activities["count-visits"], transfers=("US: standard clauses",), review=NOW.date()
    )
    new = with_activity(replace(old, purposes={**old.purposes, "measurement": purpose}), activity)

    assert _fields(old, new) == [
        ("purpose", "measurement", "review", "none", "2026-03-01"),
        ("activity", "count-visits", "transfers", "none", "US: standard clauses"),
        ("activity", "count-visits", "review", "none", "2026-03-01"),
    ]


def test_whoever_said_nothing_is_permitted_once_consent_is_not_needed() -> None:
    """From opt-in to opt-out: those turn who had not said a word that counts, and only there."""
    old = whole_policy()
    turns = diff(old, _with_mode(old, Mode.OPT_OUT)).turns

    (turn,) = [t for t in turns if t.regions]
    assert turn.activity == "count-visits"
    assert set(turn.regions) == ASKING
    assert turn.said == (Said.NOTHING, Said.EXPIRED, Said.OUTDATED)
    assert (turn.before, turn.after) == ("refused: consent_when_needed", "permitted")
    assert turn.exact


def test_a_region_that_gets_a_law_of_its_own() -> None:
    """A region moves between regimes: its people turn, and counting by the old law is a bound."""
    old = whole_policy()
    asking, telling = old.regimes[1], old.regimes[2]
    new = with_regimes(
        old,
        replace(asking, regions=("FR",)),
        replace(telling, regions=(*telling.regions, "DE")),
        old.regimes[3],
    )

    turns = [t for t in diff(old, new).turns if t.activity == "count-visits"]

    assert {t.regions for t in turns} == {("DE",)}
    assert not any(t.exact for t in turns)


def test_an_activity_that_is_only_in_one_of_them() -> None:
    """What is not in the register is refused: adding it lets it begin, removing it ends it."""
    old = whole_policy()
    new = with_activity(old, Activity(name="greet", purpose="necessary", title="Greet"))

    began, ended = diff(old, new).turns, diff(new, old).turns

    assert {t.activity for t in (*began, *ended)} == {"greet"}
    assert {t.before for t in began} == {t.after for t in ended} == {"refused: not in the register"}


def test_a_signal_is_told_apart_only_where_it_matters() -> None:
    """Making a signal binding turns requests that carry it, and no others."""
    old = whole_policy()
    telling = replace(old.regimes[2], gpc=SignalRule(binding=frozenset({"measurement"})))
    new = with_regimes(old, old.regimes[1], telling, old.regimes[3])

    turns = [t for t in diff(old, new, census={}).turns if "US" in t.regions]

    assert turns
    assert all(
        t.signals == (Signal.GPC,) and t.after == "refused: no_binding_signal"
        for t in turns
        if "measurement" in t.purpose
    )
    assert {t.subjects for t in turns if t.signals} == {None}


def test_what_a_signal_stops_before_and_after_is_not_told() -> None:
    """A no in a consent string is heard under every policy, so that no turn speaks of it."""
    old = whole_policy()
    turns = diff(old, _with_mode(old, Mode.OPT_OUT)).turns

    assert turns
    assert {t.signals for t in turns} == {()}


def test_a_dealing_that_implies_consent_from_now_on() -> None:
    """From opt-in to soft opt-in some of those who said nothing turn; nobody knows how many."""
    asking = _advertising(dealing_policy(), Mode.OPT_IN)
    census = {Group("advertising", "telling", Said.NOTHING): 9}

    (began,) = _about_ads(diff(asking, dealing_policy(), census=census).turns)
    (ended,) = _about_ads(diff(dealing_policy(), asking).turns)

    assert (began.said, began.becomes) == ((Said.NOTHING,), Said.IMPLIED)
    assert (began.before, began.after) == ("refused: consent_when_needed", "permitted")
    assert (began.subjects, began.exact) == (9, False)
    assert (ended.said, ended.becomes) == ((Said.IMPLIED,), None)
    assert ended.exact


def test_a_yes_that_is_only_implied_is_counted() -> None:
    """What ends for those whose dealings imply a consent ends for them, and they are counted."""
    old = dealing_policy()
    new = with_regimes(old, old.regimes[1], _without_ads(old.regimes[2]), old.regimes[3])
    census = {
        Group("advertising", "telling", Said.IMPLIED): 4,
        Group("advertising", "telling", Said.GRANTED): 3,
        Group("advertising", "telling", Said.NOTHING): 100,
    }

    (turn,) = _about_ads(diff(old, new, census=census).turns)

    assert turn.said == (Said.GRANTED, Said.IMPLIED)
    assert turn.subjects == 7


def test_ages_are_told_apart_only_where_they_matter() -> None:
    """Removing an activity ends it at every age; asking everybody ends it for adults alone."""
    old = aged_policy()
    gone = replace(
        old, activities={n: a for n, a in old.activities.items() if n != "share-audience"}
    )
    census = {
        Group("advertising", "telling", Said.NOTHING): 10,
        Group("advertising", "telling", Said.NOTHING, minor=Minor.PARENTAL_CONSENT): 3,
        Group("advertising", "telling", Said.GRANTED, minor=Minor.PARENTAL_CONSENT): 1,
    }

    removed = _about_ads(diff(old, gone, census=census).turns)
    (asked,) = _about_ads(diff(old, _advertising(old, Mode.OPT_IN), census=census).turns)

    assert {t.said: (t.minors, t.subjects) for t in removed} == {
        (Said.GRANTED,): ((), 1),
        (Said.NOTHING, Said.EXPIRED, Said.OUTDATED): ((Minor.NO,), 10),
    }
    assert (asked.minors, asked.subjects) == ((Minor.NO,), 10)


def test_an_age_that_is_asked_for_from_now_on() -> None:
    """Who was an adult and is none now cannot be counted: no shop keeps how old adults are."""
    old, new = whole_policy(), aged_policy()

    (began,) = _about_ads(diff(old, new, census={}).turns)
    (ended,) = _about_ads(diff(new, old, census={}).turns)

    assert (began.minors, began.minor_becomes) == ((Minor.NO,), Minor.PARENTAL_CONSENT)
    assert began.subjects is None
    assert (ended.minors, ended.minor_becomes) == ((Minor.PARENTAL_CONSENT,), Minor.NO)
    assert ended.subjects == 0


def test_a_yes_that_minors_gave_alone() -> None:
    """It is void from where a parent is asked for, and counts where none is any more."""
    old = _advertising(whole_policy(), Mode.OPT_IN)
    new = _advertising(aged_policy(), Mode.OPT_IN)

    (ended,) = _about_ads(diff(old, new).turns)
    (began,) = _about_ads(diff(new, old).turns)

    assert (ended.said, ended.minor_becomes) == ((Said.GRANTED,), Minor.PARENTAL_CONSENT)
    assert ended.after == "refused: consent_when_needed"
    assert (began.said, began.becomes) == ((Said.NOTHING,), Said.GRANTED)
    assert not began.exact


def test_minors_who_were_asked_already_do_not_turn() -> None:
    """Where everybody is asked from now on, it is adults who turn, and they are said to be."""
    old = aged_policy(Minor.OWN_CONSENT)
    new = _advertising(whole_policy(), Mode.OPT_IN)

    (turn,) = _about_ads(diff(old, new).turns)

    assert (turn.minors, turn.minor_becomes) == ((Minor.NO,), None)


def test_an_age_that_falls_in_one_region() -> None:
    """Where a region has an age of its own it is looked at by itself, not by the highest age."""
    old = aged_policy(below=16)
    telling = old.regimes[2]
    ages = (replace(telling.ages[0], below_in={"US-CA": 13}),)
    new = with_regimes(old, old.regimes[1], replace(telling, ages=ages), old.regimes[3])

    (turn,) = _about_ads(diff(old, new).turns)

    assert (turn.minors, turn.minor_becomes) == ((Minor.PARENTAL_CONSENT,), Minor.NO)


def test_what_turns_without_a_signal_is_one_line() -> None:
    """That some would turn with a signal too does not tear those apart who turn alike."""
    old = whole_policy()
    rule = old.regimes[2].rules["recommendations"]
    new = with_rule(old, "telling", replace(rule, mode=Mode.FORBIDDEN))

    turns = [t for t in diff(old, new).turns if t.new_regime == "telling" and not t.restricted]

    assert {t.activity: t.said for t in turns if t.activity == "recommend"} == {
        "recommend": (Said.NOTHING, Said.GRANTED, Said.EXPIRED, Said.OUTDATED)
    }
    assert [t.signals for t in turns if t.activity == "recommend"] == [()]


def test_the_states_of_a_country_without_their_own_law() -> None:
    """Where a country has several laws, a state that none names is looked at as well."""
    old = whole_policy()
    asking, telling, closed = old.regimes[1:]
    state = replace(telling, id="state", regions=("US-CA",))
    country = replace(telling, regions=("US",))
    laws = (asking, country, state, closed)
    alone = strictest_of((country, state), id_="US-ANY", regions=("US",))
    old = replace(old, regimes=(strictest_of(laws), *laws, alone))

    new = with_rule_of(old, "telling")

    turns = [t for t in diff(old, new).turns if t.old_regime == "telling"]
    assert {t.regions for t in turns} == {("US-*",)}


def with_rule_of(policy: Policy, regime: str) -> Policy:
    """Return *policy* with measurement asked for in *regime* alone, whatever follows from it."""
    regimes = [_asks(r) if r.id == regime else r for r in policy.regimes]
    return replace(policy, regimes=tuple(regimes))


def _asks(regime: Regime) -> Regime:
    rule = replace(regime.rules["measurement"], mode=Mode.OPT_IN)
    return replace(regime, rules={**regime.rules, "measurement": rule})


def _advertising(policy: Policy, mode: Mode) -> Policy:
    rule = replace(policy.regimes[2].rules["advertising"], mode=mode, implied_by={})
    return with_rule(policy, "telling", rule)


def _without_ads(regime: Regime) -> Regime:
    return replace(regime, rules={p: r for p, r in regime.rules.items() if p != "advertising"})


def _about_ads(turns: Iterable[Turn]) -> list[Turn]:
    return [t for t in turns if t.purpose == "advertising" and t.old_regime == "telling"]


@given(
    modes=st.tuples(st.sampled_from(Mode), st.sampled_from(Mode)),
    ages=st.tuples(*[st.sampled_from(AGES)] * 2),
    region=st.sampled_from(["US", "DE"]),
    word=st.sampled_from([None, *_WORDS]),
    dealt=st.booleans(),
    years=st.sampled_from([10, 14, 30]),
    signal=st.sampled_from(Signal),
    restricted=st.booleans(),
)
def test_turns_are_what_the_gate_answers(
    *,
    modes: tuple[Mode, Mode],
    ages: tuple[Age, Age],
    region: str,
    word: StatementKind | None,
    dealt: bool,
    years: int,
    signal: Signal,
    restricted: bool,
) -> None:
    """
    Somebody is told to turn if and only if asking under both policies gives other answers.

    What a browser sends may only stop what turns without it: then nothing is told of the signal.
    A turn that is not exact may speak of others too, of whom the old policy sees the same.
    """
    old, new = (_law(mode, age) for mode, age in zip(modes, ages, strict=True))
    standing = _standing(word, region, dealt=dealt, years=years, restricted=restricted)
    seen = [digest(standing, policy, NOW) for policy in (old, new)]
    place = old.purpose_order.index("advertising")
    born = [asked_of(d.young[place], NOW) if d.young else Minor.NO for d in seen]
    words = [Said(d.said[place]) for d in seen]
    told = [
        turn
        for turn in diff(old, new).turns
        if turn.activity == "share-audience"
        and region in turn.regions
        and _is_about(turn, words, born, restricted=restricted)
    ]
    surely = [turn for turn in told if turn.exact or _is_just_about(turn, words, born)]
    before, after = (_permitted(p, standing, signal) for p in (old, new))

    if before is not after:
        assert [t for t in told if not t.signals or signal in t.signals]
    elif signal is Signal.NONE:
        assert [t for t in surely if not t.signals] == []
    else:
        assert [t for t in surely if signal in t.signals] == []


def _law(mode: Mode, age: Age) -> Policy:
    """Return a policy that knows minors, and treats advertising as the strategies say."""
    policy = dealing_policy()
    rule = policy.regimes[2].rules["advertising"]
    by = rule.implied_by if mode in {Mode.IMPLIED, Mode.SOFT_OPT_IN} else {}
    grown = AgeRule(purpose="necessary", below=25, needs=Minor.OWN_CONSENT, citation="none")
    ages = [grown, *_age_rules(age)]
    told = replace(
        policy.regimes[2],
        ages=tuple(ages),
        rules={**policy.regimes[2].rules, "advertising": replace(rule, mode=mode, implied_by=by)},
        gpc=SignalRule(honoured=frozenset({"advertising"})),
    )
    return with_regimes(policy, policy.regimes[1], told, policy.regimes[3])


def _age_rules(age: Age) -> list[AgeRule]:
    if age is None:
        return []
    return [AgeRule(purpose="advertising", below=age[0], needs=age[1], citation="none")]


def _standing(
    word: StatementKind | None, region: str, *, dealt: bool, years: int, restricted: bool
) -> Standing:
    said = [Statement(purpose="advertising", kind=word, at=NOW, notice="shop@3")] if word else []
    held = [Statement(purpose="", kind=StatementKind.RESTRICT, at=NOW)] if restricted else []
    bought = Relationship(kind=RelationshipKind.PURCHASE, at=NOW, opt_out_offered=True)
    return Standing(
        statements=(*said, *held),
        residence=region,
        relationships=(bought,) if dealt else (),
        born=NOW.date().replace(year=NOW.year - years),
    )


def _is_about(turn: Turn, said: list[Said], minors: list[Minor], *, restricted: bool) -> bool:
    grown = minors[1] if minors[0] is not minors[1] else None
    return (
        said[0] in turn.said
        and turn.becomes in {None, said[1]}
        and (not turn.minors or minors[0] in turn.minors)
        and turn.minor_becomes in {None, grown}
        and turn.restricted in {None, restricted}
    )


def _is_just_about(turn: Turn, said: list[Said], minors: list[Minor]) -> bool:
    becomes = None if said[1] in {said[0], Said.NOTHING} else said[1]
    grown = minors[1] if minors[0] is not minors[1] else None
    void = said == [Said.GRANTED, Said.NOTHING]  # others like this one had a parent agree
    return not void and (turn.becomes, turn.minor_becomes) == (becomes, grown)


def _permitted(policy: Policy, standing: Standing, signal: Signal) -> bool:
    denied = frozenset({"advertising"} if signal is Signal.DENIED else ())
    answer = decide(
        "share-audience", standing, policy, NOW, gpc=signal is Signal.GPC, denied=denied
    )
    return isinstance(answer, Permit)


def test_a_material_notice_asks_again() -> None:
    """Grants to every version before it no longer count; an editorial one asks nobody."""
    old = whole_policy()
    newest = old.current_notice()
    material = replace(newest, version=4, material=frozenset(newest.texts))

    asked = {a.purpose: a for a in diff(old, with_notice(old, material)).asked_again}

    assert set(asked) == {"recommendations", "advertising", "measurement"}
    assert asked["measurement"].notices == ("shop@2", "shop@3")  # shop@1 had lapsed before
    assert asked["measurement"].regimes == ("strictest", "asking", "closed")
    assert asked["measurement"].exact
    assert diff(old, with_notice(old, replace(newest, version=4))).asked_again == ()


def test_a_notice_may_ask_again_for_one_purpose() -> None:
    """Whoever said yes to another purpose under the same notice is left in peace."""
    old = whole_policy()
    material = replace(old.current_notice(), version=4, material=frozenset({"advertising"}))

    asked = diff(old, with_notice(old, material)).asked_again

    assert [a.purpose for a in asked] == ["advertising"]


def test_a_notice_that_is_gone_asks_again() -> None:
    """A yes to a notice that no longer exists does not count; some others still do."""
    old = whole_policy()
    new = replace(old, notices=old.notices[:-1])

    asked = diff(old, new).asked_again

    assert {a.notices for a in asked} == {("shop@3",)}
    assert not any(a.exact for a in asked)


def test_nobody_is_asked_again_where_no_yes_is_needed() -> None:
    """A law that only tells asks nobody, but for minors of whom it wants a yes."""
    old, aged = whole_policy(), aged_policy()
    material = replace(old.current_notice(), version=4, material=frozenset({"advertising"}))

    (asked,) = diff(old, with_notice(old, material)).asked_again
    (of_minors,) = diff(aged, with_notice(aged, material)).asked_again

    assert "telling" not in asked.regimes
    assert "telling" in of_minors.regimes


def test_subjects_are_counted_by_group() -> None:
    """Counts come from the groups that turn, under the old regime, and from no others."""
    old = whole_policy()
    census = {
        Group("measurement", "asking", Said.NOTHING): 5,
        Group("measurement", "asking", Said.EXPIRED): 2,
        Group("measurement", "asking", Said.NOTHING, restricted=True): 100,
        Group("measurement", "asking", Said.DENIED): 100,
        Group("measurement", "telling", Said.NOTHING): 100,
        Group("advertising", "asking", Said.NOTHING): 100,
    }

    turns = diff(old, _with_mode(old, Mode.OPT_OUT), census=census).turns

    assert {t.old_regime: t.subjects for t in turns} == {"asking": 7}


def test_those_under_restriction_are_counted_apart() -> None:
    """What ends while processing is restricted ends for those who are, and is counted so."""
    old = whole_policy()
    new = with_activity(old, replace(old.activities["keep-history"], survives_restriction=False))
    census = {
        Group("recommendations", "asking", Said.GRANTED): 100,
        Group("recommendations", "asking", Said.GRANTED, restricted=True): 3,
    }

    (turn,) = [t for t in diff(old, new, census=census).turns if t.old_regime == "asking"]

    assert turn.restricted is True
    assert turn.subjects == 3


def test_those_who_are_asked_again_are_counted() -> None:
    """Whoever granted is counted where a yes is needed, also while restricted or a minor."""
    old = whole_policy()
    material = frozenset({"measurement"})
    new = with_notice(old, replace(old.current_notice(), version=4, material=material))
    census = {
        Group("measurement", "asking", Said.GRANTED): 5,
        Group("measurement", "asking", Said.GRANTED, restricted=True): 1,
        Group("measurement", "asking", Said.GRANTED, minor=Minor.PARENTAL_CONSENT): 2,
        Group("measurement", "telling", Said.GRANTED): 100,
        Group("measurement", "asking", Said.EXPIRED): 100,
        Group("advertising", "asking", Said.GRANTED): 100,
    }

    (asked,) = diff(old, new, census=census).asked_again

    assert asked.subjects == 8


def test_nobody_has_said_anything_about_a_new_purpose() -> None:
    """Who turns for a new purpose is everybody known, as having said nothing about it."""
    old = whole_policy()
    purpose = replace(old.purposes["measurement"], name="loyalty")
    rules = [
        replace(
            r,
            rules={
                **r.rules,
                "loyalty": replace(r.rules["measurement"], purpose="loyalty", mode=Mode.OPT_OUT),
            },
        )
        for r in old.regimes[1:]
    ]
    new = with_regimes(replace(old, purposes={**old.purposes, "loyalty": purpose}), *rules)
    new = with_activity(new, Activity(name="points", purpose="loyalty", title="Points"))
    census = {
        Group("necessary", "asking", Said.NOTHING): 5,
        Group("necessary", "asking", Said.OBJECTED, minor=Minor.OWN_CONSENT): 2,
        Group("measurement", "asking", Said.GRANTED): 7,
    }

    turns = diff(old, new, census=census).turns

    assert {t.subjects for t in turns if t.old_regime == "asking"} == {7}
