"""Other tags are told what they may do, in a browser: nothing until it is known, never more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sdk_worlds import EVERYTHING, Visit, visit
from server_worlds import Running

from tactful.mechanisms.consent_strings import TcfConsent, gpp, tcf

pytestmark = pytest.mark.browser

TAG = """window.dataLayer = []; window.heard = [];"""
"""What a tag of the page's own would do; here before anything else of the page."""

MODES = """() => [...dataLayer].map((said) => [...said]).filter(([what]) => what == "consent")
  .map(([, kind, state]) => [kind, state])"""
LISTEN = """(name) => new Promise((done) => name == "__gpp"
  ? __gpp("addEventListener", (told) => { heard.push(told); done(); })
  : __tcfapi("addEventListener", 2, (told) => { heard.push(told); done(); }))"""
FRAME = """(name) => new Promise((done) => {
  addEventListener("message", ({ data }) => data[name + "Return"] && done(data[name + "Return"]));
  const asks = { command: "ping", version: 2, callId: 7 };
  postMessage({ [name + "Call"]: asks }, "*");
})"""
STRICT_KINDS = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")


def tags(window: Visit, *, region: str = "DE", more: str = "", **options: Any) -> None:
    """Open a page with other tags: our script stands before them."""
    window.page.add_init_script(TAG)
    key = window.server.keys.write_key
    first = f'<script src="/sdk/signals.js?writeKey={key}&region={region}{more}"></script>'
    window.open(region=region, first=first, **options)
    window.page.wait_for_function("() => dataLayer.length > 1")


def latest(window: Visit) -> dict[str, str]:
    """Return what Google's tags were told last."""
    return dict(window.page.evaluate(MODES)[-1][1])


def wait_for_mode(window: Visit, kind: str, state: str) -> None:
    """Wait until Google's tags were told *state* last."""
    window.page.wait_for_function(
        "([kind, state]) => [...dataLayer].at(-1)[2]?.[kind] === state", arg=[kind, state]
    )


def ping(window: Visit) -> dict[str, Any]:
    """Return what `__gpp` answers."""
    return dict(window.page.evaluate("new Promise((done) => __gpp('ping', done))"))


def test_denied_before_any_tag(chromium: Any, server: Running) -> None:
    """The first word is no to everything; the next is what holds, nothing stored for it."""
    with visit(chromium, server) as window:
        tags(window)
        (first, said), *others = window.page.evaluate(MODES)
        assert first == "default"
        assert {state for kind, state in said.items() if kind != "wait_for_update"} == {"denied"}
        assert {kind for kind, _ in others} == {"update"}
        assert {latest(window)[kind] for kind in STRICT_KINDS} == {"denied"}
        assert latest(window)["security_storage"] == "granted"
        assert window.stored() == {"lasting": {}, "visit": {}, "cookies": ""}
        (path,) = window.seen.paths()
        assert "anonymousId" not in path


def test_a_yes_opens_what_it_is_about(chromium: Any, server: Running) -> None:
    """Once it is recorded, and on the next page from the start; a no closes it at once."""
    with visit(chromium, server) as window:
        tags(window)
        window.choose("measurement")
        wait_for_mode(window, "analytics_storage", "granted")
        assert latest(window)["ad_storage"] == "denied"
        window.page.reload()
        wait_for_mode(window, "analytics_storage", "granted")
        window.page.route("**/v1/consent/signals*", lambda route: route.abort())
        window.page.evaluate("tactful.consent.set({measurement: false})")
        wait_for_mode(window, "analytics_storage", "denied")
        window.forgive("Failed to load")


def test_a_stranger_s_no_is_heard_in_america(chromium: Any, server: Running) -> None:
    """Who refuses is known to nobody: the browser tells what was refused, and no more."""
    with visit(chromium, server) as window:
        tags(window, region="US-CA")
        assert latest(window)["ad_storage"] == "granted"
        before = ping(window)
        assert (before["sectionList"], before["applicableSections"]) == ([7, 8], [8])
        assert before["parsedSections"]["usca"]["SaleOptOut"] == 2
        window.page.evaluate(LISTEN, "__gpp")
        window.choose(no=("advertising",))
        wait_for_mode(window, "ad_storage", "denied")
        window.page.wait_for_function("() => heard.at(-1).data == 'ready'")
        after = ping(window)
        assert after["parsedSections"]["usca"]["SaleOptOut"] == 1
        assert after["parsedSections"]["usnat"]["TargetedAdvertisingOptOut"] == 1
        assert gpp.decode(after["gppString"]).usca.sale_opt_out is True  # type: ignore[union-attr]
        names = [(told["eventName"], told["data"]) for told in window.page.evaluate("heard")]
        assert names[0] == ("listenerRegistered", True)
        assert names[1] == ("signalStatus", "not ready")
        assert names[-3:] == [
            ("sectionChange", "usnat"),
            ("sectionChange", "usca"),
            ("signalStatus", "ready"),
        ]
        assert not any("anonymousId" in path for path in window.seen.paths())


def test_what_gpp_answers(chromium: Any, server: Running) -> None:
    """Each command of the specification; in Europe no section applies."""
    asks = "([command, about]) => new Promise((d) => __gpp(command, (...a) => d(a), about))"
    with visit(chromium, server) as window:
        tags(window, region="US-VA")
        answers = {
            ask: window.page.evaluate(asks, list(ask))
            for ask in (
                ("hasSection", "usnat"),
                ("hasSection", "usca"),
                ("getField", "usnat.Version"),
                ("getField", "usnat.Nothing"),
                ("getSection", "usca"),
                ("removeEventListener", 99),
                ("dance", None),
            )
        }
        assert [answers[ask] for ask in answers if ask[0] == "hasSection"] == [
            [True, True],
            [False, True],
        ]
        assert answers["getField", "usnat.Version"] == [2, True]
        assert answers["getField", "usnat.Nothing"] == [None, False]
        assert answers["getSection", "usca"] == [None, False]
        assert answers["removeEventListener", 99][1] is False
        assert answers["dance", None] == [None, False]
        (section,) = window.page.evaluate(asks, ["getSection", "usnat"])[0]
        assert (section["Gpc"], len(section["SensitiveDataProcessing"])) == (False, 16)
        assert window.page.evaluate(FRAME, "__gpp")["returnValue"]["signalStatus"] == "ready"
    with visit(chromium, server) as window:
        tags(window)
        told = ping(window)
        assert (told["gppString"], told["applicableSections"]) == ("", [-1])
        assert window.page.evaluate("typeof __tcfapi") == "undefined"


@pytest.mark.parametrize("vendors", [frozenset({755, 793}), frozenset(range(1, 60)) - {7}])
def test_what_a_registered_platform_says(
    chromium: Any, server: Running, vendors: frozenset[int]
) -> None:
    """`__tcfapi` reads the string as our reader does; each change is told to who listens."""
    string = tc_string(vendors)
    with visit(chromium, server) as window:
        answering(window, tcf_string=string)
        tags(window, more="&tcf")
        window.page.evaluate(LISTEN, "__tcfapi")
        (told,) = window.page.evaluate("heard")
        named = {str(vendor): True for vendor in vendors}
        assert told["tcString"] == string
        assert (told["cmpId"], told["cmpVersion"], told["publisherCC"]) == (31, 3, "DE")
        assert (told["gdprApplies"], told["tcfPolicyVersion"]) == (True, 5)
        assert (told["eventStatus"], told["cmpStatus"]) == ("cmpuishown", "loaded")
        assert told["isServiceSpecific"] is True
        assert told["purpose"]["consents"] == {"1": True, "8": True}
        assert told["vendor"]["consents"] == named
        assert told["vendor"]["disclosedVendors"] == named
        assert told["vendor"]["legitimateInterests"] == {}
        window.choose(*EVERYTHING)
        window.page.wait_for_function("() => heard.at(-1).eventStatus == 'useractioncomplete'")
        removed = f"new Promise((d) => __tcfapi('removeEventListener', 2, d, {told['listenerId']}))"
        assert window.page.evaluate(removed) is True
        assert window.page.evaluate(removed) is False
        assert window.page.evaluate(FRAME, "__tcfapi")["returnValue"]["cmpId"] == 31


def test_nothing_can_be_known(chromium: Any, server: Running) -> None:
    """Where the server does not answer all stays denied, and listeners are told of an error."""
    with visit(chromium, server) as window:
        window.page.route("**/v1/consent/signals*", lambda route: route.abort())
        tags(window, more="&tcf")
        assert set(latest(window).values()) == {"denied"}
        told = ping(window)
        assert (told["cmpStatus"], told["signalStatus"]) == ("error", "not ready")
        window.page.evaluate(LISTEN, "__tcfapi")
        assert window.page.evaluate("heard[0].cmpStatus") == "error"
        assert "tcString" not in window.page.evaluate("heard[0]")
        window.forgive("Failed to load")


def test_another_platform_is_left_alone(chromium: Any, server: Running) -> None:
    """A page that has a platform of its own keeps it."""
    with visit(chromium, server) as window:
        window.page.add_init_script("window.__gpp = window.__tcfapi = () => 'theirs'")
        tags(window, more="&tcf")
        assert window.page.evaluate("[__gpp(), __tcfapi()]") == ["theirs", "theirs"]


def test_a_tag_that_fails(chromium: Any, server: Running) -> None:
    """A listener that throws keeps no other from hearing."""
    with visit(chromium, server) as window:
        tags(window, region="US-VA")
        window.page.evaluate(
            "__gpp('addEventListener', ({ eventName }) => {"
            " if (eventName != 'listenerRegistered') throw new Error('theirs'); })"
        )
        window.page.evaluate(LISTEN, "__gpp")
        window.choose(no=("advertising",))
        window.page.wait_for_function("() => heard.at(-1).data == 'ready'")
        window.forgive("theirs")


def answering(window: Visit, *, tcf_string: str) -> None:
    """Have the server answer as that of a shop with a registered platform."""
    body = {"googleConsentMode": {"ad_storage": "denied"}, "gpp": None, "tcf": tcf_string}
    window.page.route(
        "**/v1/consent/signals*",
        lambda route: route.fulfill(
            body=json.dumps(body), headers={"content-type": "application/json"}
        ),
    )


def tc_string(vendors: frozenset[int]) -> str:
    """Return what a platform hands on, vendors in ranges or one by one."""
    day = datetime(2026, 3, 1, tzinfo=UTC)
    return tcf.encode(
        TcfConsent(
            created=day,
            updated=day,
            cmp_id=31,
            cmp_version=3,
            consent_screen=1,
            language="EN",
            vendor_list_version=142,
            policy_version=5,
            service_specific=True,
            non_standard_texts=False,
            special_feature_opt_ins=frozenset(),
            purpose_consents=frozenset({1, 8}),
            purpose_legitimate_interests=frozenset(),
            purpose_one_treatment=False,
            publisher_country="DE",
            vendor_consents=vendors,
            vendor_legitimate_interests=frozenset(),
            disclosed_vendors=vendors,
        )
    )
