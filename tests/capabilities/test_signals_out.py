"""What other tags are told: never more than the gate allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from signal_worlds import NEEDS, permit, policy

from tactful.capabilities.consent import Answer, SignalsOut, read_signals, signals_out
from tactful.capabilities.consent.outgoing import consent_mode
from tactful.mechanisms.consent_strings import TcfConsent, gpp, tcf
from tactful.terms import Platform, Policy, Regime, Signals

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLATFORM = Platform(
    cmp_id=31, cmp_version=1, vendor_list_version=142, publisher_country="DE", vendors=(755,)
)
GERMANY = Regime(id="asking", law="x", regions=("DE",), rules={})
CALIFORNIA = Regime(id="US-CA", law="x", regions=("US-CA",), rules={})
VIRGINIA = Regime(id="US-VA", law="x", regions=("US-VA",), rules={})
MUTE = replace(policy(), regimes=(GERMANY, CALIFORNIA, VIRGINIA))
POLICY = replace(MUTE, signals=replace(MUTE.signals, platform=PLATFORM))
states = st.fixed_dictionaries({purpose: st.booleans() for purpose in NEEDS})


def answered(purpose: str, *, on: bool, said: str | None, days_ago: int = 0) -> Answer:
    """Return how *purpose* stands."""
    return Answer(
        purpose=purpose,
        title=purpose,
        said=said,
        at=NOW - timedelta(days=days_ago) if said else None,
        notice="",
        source="",
        mode="opt_in",
        basis="consent",
        on=on,
        why_not="" if on else "consent_when_needed",
        ask=not on,
        ask_from=None,
    )


def out(
    on: dict[str, bool],
    regime: Regime = GERMANY,
    *,
    under: Policy = POLICY,
    gpc: bool = False,
    said: str | None = "grant",
) -> SignalsOut:
    """Return what is handed on where *on* stands, each said in so many words."""
    answers = [answered(p, on=is_on, said=said if is_on else None) for p, is_on in on.items()]
    allowed = replace(permit(), regime=regime.id)
    return signals_out(allowed, answers, policy=under, gpc=gpc, at=NOW)


def tc(given: SignalsOut) -> TcfConsent:
    """Return what the TC string of *given* says."""
    assert given.tcf is not None
    return tcf.decode(given.tcf)


def test_before_any_choice_the_four_are_denied() -> None:
    """Basic mode sends nothing before consent: unknown means no."""
    mode = consent_mode({})

    for kind in ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"):
        assert mode[kind] == "denied"
    assert mode["security_storage"] == "granted"


def test_each_kind_hangs_on_its_own_purpose() -> None:
    """Statistics that are allowed open no advertising."""
    mode = consent_mode({"measurement": True, "advertising": False})

    assert {kind for kind, state in mode.items() if state == "granted"} == {
        "analytics_storage",
        "functionality_storage",
        "security_storage",
    }


def test_what_is_denied_says_why() -> None:
    """By the rule of the gate; a purpose that is not configured is a gap."""
    why = out({"advertising": False, "measurement": True}).why_denied

    assert why["ad_storage"] == "consent_when_needed"
    assert why["personalization_storage"] == "gap"
    assert {"analytics_storage", "security_storage", "functionality_storage"}.isdisjoint(why)


@given(states, st.booleans())
def test_american_strings_say_what_holds(on: dict[str, bool], gpc: bool) -> None:  # noqa: FBT001
    """Opted out unless advertising is on; California's section only in California."""
    for regime in (CALIFORNIA, VIRGINIA):
        text = out(on, regime, gpc=gpc).gpp
        assert text is not None
        read = gpp.decode(text)
        assert read.usnat is not None
        assert (read.usnat.sale_opt_out, read.usnat.gpc) == (not on["advertising"], gpc)
        assert read.usnat.targeted_advertising_opt_out is not on["advertising"]
        assert (read.usca is not None) is (regime is CALIFORNIA)
        assert read.usca is None or read.usca.sharing_opt_out is not on["advertising"]
        assert read.usnat.mspa_covered_transaction is False


@given(states, st.booleans())
def test_an_american_string_read_back_permits_no_more(
    on: dict[str, bool],
    gpc: bool,  # noqa: FBT001
) -> None:
    """Under the same meanings it says no to all that is off and that it has a field for."""
    text = out(on, CALIFORNIA, gpc=gpc).gpp
    assert text is not None

    heard = read_signals(Signals(gpp=text), POLICY, NOW)

    assert ("advertising" in heard.denied) is not on["advertising"]
    assert heard.gpc is gpc


def test_elsewhere_there_is_no_american_string() -> None:
    """A section of a law that does not hold would say something untrue."""
    assert out({}).gpp is None


@given(states)
def test_a_tc_string_allows_no_more_than_the_gate(on: dict[str, bool]) -> None:
    """Read back under the same meanings it denies whatever is off, and it counts today."""
    given = out(on)
    assert given.tcf is not None
    assert tc(given).invalid_at(NOW) is None

    denied = read_signals(Signals(tcf=given.tcf), POLICY, NOW).denied

    assert denied >= {purpose for purpose, is_on in on.items() if not is_on}
    if all(on.values()):
        assert denied == frozenset()


@given(states)
def test_storing_alone_is_no_yes_to_what_is_off(on: dict[str, bool]) -> None:
    """A purpose that needs nothing but storage stays denied while others are on."""
    sources = replace(POLICY.signals, tcf_purposes={"recommendations": (1,), "advertising": (1, 3)})
    under = replace(POLICY, signals=sources)
    text = out(on, under=under).tcf
    assert text is not None

    denied = read_signals(Signals(tcf=text), under, NOW).denied

    assert denied >= {purpose for purpose, is_on in on.items() if not is_on}


def test_storing_is_agreed_to_with_whatever_is_on() -> None:
    """What is off takes nothing from what is on but the purposes that only both together need."""
    assert tc(out({"recommendations": True, "advertising": False})).purpose_consents == {1, 5}
    assert tc(out(dict.fromkeys(NEEDS, False))).purpose_consents == frozenset()


def test_what_is_on_without_a_yes_is_no_consent() -> None:
    """Where the law only lets people object there is nothing that a TC string could tell."""
    assert tc(out(dict.fromkeys(NEEDS, True), said=None)).purpose_consents == frozenset()
    assert tc(out(dict.fromkeys(NEEDS, True))).purpose_consents == {1, 3, 5}


def test_a_tc_string_bears_the_day_of_the_last_choice() -> None:
    """To the day, as TCF 2.2 has it; of today where nothing was said yet."""
    answers = [
        answered(purpose, on=True, said="grant", days_ago=days)
        for purpose, days in (("advertising", 3), ("recommendations", 9))
    ]
    given = signals_out(permit(), answers, policy=POLICY, gpc=False, at=NOW)

    assert tc(given).updated == datetime(2026, 2, 26, tzinfo=UTC)
    assert tc(out({})).updated == datetime(2026, 3, 1, tzinfo=UTC)


def test_vendors_are_agreed_to_with_advertising_alone() -> None:
    """All are disclosed; a yes to the shop's own recommendations is none to them."""
    for on in (False, True):
        given = tc(out({"recommendations": True, "advertising": on}))
        assert given.disclosed_vendors == {755}
        assert given.vendor_consents == ({755} if on else frozenset())


def test_without_a_registered_platform_there_is_no_tc_string() -> None:
    """A string of nobody's platform would be invalid."""
    assert out({}, under=MUTE).tcf is None


@given(states, st.sets(st.sampled_from(sorted(NEEDS))))
def test_what_a_browser_refuses_is_off(on: dict[str, bool], refused: set[str]) -> None:
    """As if each were off by itself, whatever stands here; never is anything turned on by it."""
    answers = [answered(p, on=is_on, said="grant" if is_on else None) for p, is_on in on.items()]
    for regime in (GERMANY, CALIFORNIA):
        allowed = replace(permit(), regime=regime.id)
        given_ = signals_out(
            allowed, answers, policy=POLICY, gpc=False, at=NOW, refused=refused | {"no such"}
        )
        less = {purpose: is_on and purpose not in refused for purpose, is_on in on.items()}
        plain = out(less, regime)
        assert (given_.consent_mode, given_.gpp, given_.tcf) == (
            plain.consent_mode,
            plain.gpp,
            plain.tcf,
        )
