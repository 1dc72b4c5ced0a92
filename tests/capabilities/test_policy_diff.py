"""What changes between two policies, held to what the gate itself answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from policy_worlds import (
    whole_policy,
    with_activity,
    with_notice,
    with_property,
    with_regimes,
    with_rule,
)

from tactful.capabilities.policy import Group, Turn, diff
from tactful.gate import Permit, decide
from tactful.terms import (
    Activity,
    Mode,
    Policy,
    Said,
    SignalRule,
    Standing,
    Statement,
    StatementKind,
)
from tactful.testing.policies import small_policy

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ASKING = frozenset({"DE", "FR"})
WORDS = {
    Said.NOTHING: None,
    Said.GRANTED: StatementKind.GRANT,
    Said.DENIED: StatementKind.DENY,
    Said.WITHDRAWN: StatementKind.WITHDRAW,
    Said.OBJECTED: StatementKind.OBJECT,
}


def _with_mode(policy: Policy, mode: Mode) -> Policy:
    return with_rule(policy, "asking", replace(policy.regimes[1].rules["measurement"], mode=mode))


def _fields(old: Policy, new: Policy) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(c.kind.value, c.name, c.field, c.before, c.after) for c in diff(old, new).changes]


def test_a_policy_does_not_differ_from_itself() -> None:
    """Nothing changes, nobody is answered otherwise, nobody is asked again."""
    found = diff(small_policy(), small_policy())

    assert (found.changes, found.turns, found.asked_again) == ((), (), None)


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
    """A new version says whether it asks again; an old one must not be edited in place."""
    old = whole_policy()
    newest = old.current_notice()
    new = with_notice(old, replace(newest, version=4, material=True))
    edited = replace(old, notices=(*old.notices[:-1], replace(newest, hash="f" * 64)))

    assert _fields(old, new) == [("notice", "shop@4 (en)", "", None, "material: asks again")]
    assert _fields(old, with_notice(old, replace(newest, version=4)))[0][4] == (
        "editorial: asks nobody again"
    )
    assert _fields(old, edited)[0][4] == "ffffffffffff, edited in place"
    weighed = replace(old, notices=(*old.notices[:-1], replace(newest, material=True)))
    assert _fields(old, weighed) == [("notice", "shop@3 (en)", "material", "no", "yes")]


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
        t.signal and t.after == "refused: no_binding_signal"
        for t in turns
        if "measurement" in t.purpose
    )
    assert {t.subjects for t in turns if t.signal} == {None}


@given(
    mode=st.sampled_from(Mode),
    region=st.sampled_from(["DE", "US", "XA", "BR", None]),
    said=st.sampled_from(list(WORDS)),
    restricted=st.booleans(),
)
def test_turns_are_what_the_gate_answers(
    *, mode: Mode, region: str | None, said: Said, restricted: bool
) -> None:
    """A case is told to turn if and only if asking under both policies gives other answers."""
    old = whole_policy()
    new = _with_mode(old, mode)
    told = any(_is_about(t, region, said, restricted=restricted) for t in diff(old, new).turns)

    before, after = (
        _permitted(policy, region, said, restricted=restricted) for policy in (old, new)
    )

    assert told is (before is not after)


def _is_about(turn: Turn, region: str | None, said: Said, *, restricted: bool) -> bool:
    named = {"DE", "US", "XA"}
    here = region in turn.regions if region in named else not turn.regions
    return here and said in turn.said and turn.restricted is restricted and not turn.signal


def _permitted(policy: Policy, region: str | None, said: Said, *, restricted: bool) -> bool:
    word = WORDS[said]
    notice = policy.current_notice().name
    spoken = [Statement(purpose="measurement", kind=word, at=NOW, notice=notice)] if word else []
    if restricted:
        spoken.append(Statement(purpose="", kind=StatementKind.RESTRICT, at=NOW))
    standing = Standing(statements=tuple(spoken), region=region)
    return isinstance(decide("count-visits", standing, policy, NOW), Permit)


def test_a_material_notice_asks_again() -> None:
    """Grants to every version before it no longer count; an editorial one asks nobody."""
    old = whole_policy()
    newest = old.current_notice()

    asked = diff(old, with_notice(old, replace(newest, version=4, material=True))).asked_again

    assert asked is not None
    assert asked.notices == ("shop@2", "shop@3")  # shop@1 had lapsed before
    assert "measurement" in asked.purposes
    assert "necessary" not in asked.purposes
    assert diff(old, with_notice(old, replace(newest, version=4))).asked_again is None


def test_a_notice_that_is_gone_asks_again() -> None:
    """A yes to a notice that no longer exists does not count; some others still do."""
    old = whole_policy()
    new = replace(old, notices=old.notices[:-1])

    asked = diff(old, new).asked_again

    assert asked is not None
    assert asked.notices == ("shop@3",)
    assert not asked.exact


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

    assert turn.restricted
    assert turn.subjects == 3


def test_those_who_are_asked_again_are_counted() -> None:
    """Whoever granted is counted where a yes is needed, also while restricted."""
    old = whole_policy()
    new = with_notice(old, replace(old.current_notice(), version=4, material=True))
    census = {
        Group("measurement", "asking", Said.GRANTED): 5,
        Group("measurement", "asking", Said.GRANTED, restricted=True): 1,
        Group("measurement", "telling", Said.GRANTED): 100,
        Group("measurement", "asking", Said.EXPIRED): 100,
    }

    asked = diff(old, new, census=census).asked_again

    assert asked is not None
    assert asked.subjects is not None
    assert asked.subjects["measurement"] == 6


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
        Group("necessary", "asking", Said.OBJECTED): 2,
        Group("measurement", "asking", Said.GRANTED): 7,
    }

    turns = diff(old, new, census=census).turns

    assert {t.subjects for t in turns if t.old_regime == "asking"} == {7}
