"""Where a visitor is: said, told by the edge, or looked up; and their address stays nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_worlds import running
from web_worlds import World, basic, is_problem, viewed

from tactful.assembly import init_shop, open_countries, open_shop
from tactful.terms import Trouble
from tactful.web.places import NOWHERE

GERMAN = "130.149.7.201"
AMERICAN = "8.8.8.8"
BRAZILIAN = "200.160.2.3"
BROWSER = {"origin": "https://shop.example"}
EDGE = {"region_header": '"CF-IPCountry"', "subdivision_header": '"CF-Region-Code"'}


@contextmanager
def served_with(folder: Path, **settings: str) -> Iterator[World]:
    """Make a new shop in *folder* and serve it with `[server]` settings, written as TOML."""
    keys = init_shop(folder)
    path = folder / "tactful.toml"
    lines = "".join(f"\n{name} = {value}" for name, value in settings.items())
    path.write_text(path.read_text("utf-8").replace("[server]", f"[server]{lines}"), "utf-8")
    with closing(open_shop(folder)) as opened:
        world = World(opened=opened, keys=keys)
        with closing(world.app.serving):
            yield world


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a shop behind an edge that tells country and state; shared, without a gap."""
    with served_with(tmp_path_factory.mktemp("edge") / "shop", **EDGE) as found:
        yield found
        assert gaps(found) == {}


@pytest.fixture
def new_edge(tmp_path: Path) -> Iterator[World]:
    """Return such a shop for one test alone."""
    with served_with(tmp_path / "shop", **EDGE) as found:
        yield found


def law(world: World, query: str = "", **headers: str) -> str:
    """Return the regime of the notice that a visitor is shown."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = world.send("GET", f"/v1/notices/current{query}", headers=sent, key=None)
    assert answer.status_code == 200, answer.text
    regime: str = answer.json()["regime"]
    return regime


def law_in(world: World, region: str) -> str:
    """Return the regime of *region*, as the policy has it."""
    policy = world.opened.shop.policy
    return policy.regimes[policy.regime_index(region)].id


def gaps(world: World) -> Mapping[str, int]:
    """Return what there was no answer to, and how often."""
    totals = world.opened.shop.totals()
    return {label: count for (name, label), count in totals.items() if name == "gap"}


def test_a_region_that_is_said_outranks_everything(edge: World) -> None:
    """The page knows best: an address of delivery, a choice of the visitor."""
    seen = {"cf_ipcountry": "BR", "x_forwarded_for": GERMAN, **BROWSER}

    assert law(edge, "?region=US-CA", **seen) == law_in(edge, "US-CA")
    assert law(edge, "?region=", **seen) == law_in(edge, "BR")


def test_the_edge_outranks_the_address(edge: World) -> None:
    """The edge knows the visitor's network from close by."""
    assert law(edge, cf_ipcountry="BR", x_forwarded_for=GERMAN, **BROWSER) == law_in(edge, "BR")


def test_the_address_counts_last(edge: World) -> None:
    """Where nobody says anything, the client's public address is looked up."""
    assert law(edge, x_forwarded_for=GERMAN, **BROWSER) == law_in(edge, "DE") == "EU-GDPR"
    assert law(edge, x_forwarded_for="10.0.0.9", **BROWSER) == "strictest"
    assert law(edge, **BROWSER) == "strictest"


@pytest.mark.parametrize(
    ("country", "state", "region"),
    [
        ("US", "CA", "US-CA"),
        ("us", "ca", "US-CA"),
        ("US", "US-CA", "US-CA"),
        ("US", "USCA", "US-CA"),
        ("US", "", "US"),
        ("US", "ZZ", "US"),
        ("US", "Ontario", "US"),
        ("CA", "QC", "CA-QC"),
        ("DE", "BE", "DE-BE"),
        ("US-VA", "", "US-VA"),
        ("UK", "", "UK"),
        ("GB", "SCT", "GB"),
    ],
)
def test_country_and_state_together(edge: World, country: str, state: str, region: str) -> None:
    """The state is written in several ways by different edges; what is no state is left out."""
    assert law(edge, cf_ipcountry=country, cf_region_code=state) == law_in(edge, region)


@pytest.mark.parametrize("said", [*sorted(NOWHERE), "", " ", "Germany", "D", "\xe9\xe9"])
def test_an_edge_that_does_not_know(edge: World, said: str) -> None:
    """Unknown, Tor and what cannot be a code count as unknown, and then the address decides."""
    headers = {"CF-IPCountry": said.encode("latin-1"), "X-Forwarded-For": GERMAN.encode()}
    asked = {**BROWSER, **headers}

    def regime(sent: Mapping[str, Any]) -> str:
        """Return the regime of the notice shown to who sends these headers."""
        answer = edge.send("GET", "/v1/notices/current", headers=sent, key=None)
        return str(answer.json()["regime"])

    assert regime(asked) == "EU-GDPR"
    assert regime({"CF-IPCountry": headers["CF-IPCountry"]}) == "strictest"


def test_an_edge_that_tells_of_no_such_region(new_edge: World) -> None:
    """It counts as unknown, and the gap can be seen."""
    assert law(new_edge, cf_ipcountry="QQ") == "strictest"
    assert gaps(new_edge) == {"region QQ": 1}


def test_an_edge_that_says_two_things(edge: World) -> None:
    """A header that was sent twice with different values was forged once: unknown."""
    places = edge.app.serving.places
    once = [(b"cf-ipcountry", b"US"), (b"cf-region-code", b"CA")]
    here = ("127.0.0.1", 50_000)

    assert places.origin({"client": here, "headers": once}).region == "US-CA"
    for forged in ([(b"cf-ipcountry", b"DE")], [(b"cf-ipcountry", b"DE"), (b"cf-ipcountry", b"")]):
        assert places.origin({"client": here, "headers": [*once, *forged]}).region is None


@pytest.mark.parametrize("client", [None, ("", 0), ("testclient", 1), ("/run/tactful.sock", 0)])
def test_a_peer_without_an_address_is_not_believed(edge: World, client: object) -> None:
    """Nothing is known of who is not connected by internet."""
    headers = [(b"cf-ipcountry", b"DE"), (b"x-forwarded-for", GERMAN.encode())]
    origin = edge.app.serving.places.origin({"client": client, "headers": headers})

    assert origin.region is None
    assert repr(origin) == "Origin(...)"


def test_a_visitor_without_a_proxy_is_looked_up(edge: World) -> None:
    """Where no proxy stands between, the peer's own address is the visitor's."""
    headers = [(b"x-forwarded-for", AMERICAN.encode()), (b"cf-ipcountry", b"US")]
    origin = edge.app.serving.places.origin({"client": (GERMAN, 4711), "headers": headers})

    assert origin.region == "DE"
    assert origin.told is None


def test_who_is_no_proxy_cannot_say_where_they_are(tmp_path: Path) -> None:
    """From an address that is not trusted, the edge's headers and forwarded addresses are noise."""
    with served_with(tmp_path / "shop", **EDGE, trusted_proxies='["10.0.0.0/8"]') as world:
        forged = {"cf_ipcountry": "US", "cf_region_code": "VA", "x_forwarded_for": AMERICAN}

        assert law(world, **forged, **BROWSER) == "strictest"


def test_without_settings_no_header_is_believed(world: World) -> None:
    """A shop that has no edge does not take a client's word for one."""
    assert law(world, cf_ipcountry="US", cf_region_code="CA") == "strictest"


def test_addresses_are_looked_up_only_where_that_is_wanted(tmp_path: Path) -> None:
    """`country_lookup = false` leaves what is said and what the edge tells."""
    with served_with(tmp_path / "shop", **EDGE, country_lookup="false") as world:
        assert law(world, x_forwarded_for=GERMAN, **BROWSER) == "strictest"
        assert law(world, cf_ipcountry="DE") == "EU-GDPR"


def test_a_damaged_table_is_told_before_anything_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up that cannot work stops the server at its start, not a visitor's request later."""
    broken = partial(open_countries, tmp_path / "none.npz")
    monkeypatch.setattr("tactful.web.places.open_countries", broken)

    with pytest.raises(Trouble, match="country_lookup = false"), served_with(tmp_path / "one"):
        pass
    with served_with(tmp_path / "two", country_lookup="false") as world:
        assert law(world, x_forwarded_for=GERMAN, **BROWSER) == "strictest"


def test_a_server_s_own_address_says_nothing_about_a_visitor(edge: World) -> None:
    """With the secret key neither address nor edge counts; without a browser, no address does."""
    ask = {"slot": "for-you", "anonymousId": "a", "session": []}
    said = {"statements": {"individual_personalization": "deny"}, "anonymousId": "a"}
    server = {"x-forwarded-for": AMERICAN, "cf-ipcountry": "US", "cf-region-code": "CA"}

    def regime(key: str, headers: Mapping[str, str]) -> str:
        """Return the law that a statement is made under."""
        return str(edge.post("/v1/consent", said, key=key, headers=headers).json()["regime"])

    assert regime("secret", server | BROWSER) == "strictest"
    assert regime("public", server) == law_in(edge, "US-CA")
    assert regime("public", {"x-forwarded-for": GERMAN}) == "strictest"
    assert regime("public", {"x-forwarded-for": GERMAN} | BROWSER) == "EU-GDPR"
    assert edge.post("/v1/decide", ask, key="secret", headers=server).status_code == 200


def test_a_decision_is_made_by_the_law_of_the_place(edge: World) -> None:
    """What California allows, nobody in Germany is shown without a yes."""
    ask = {"slot": "for-you", "anonymousId": "a", "session": ["mug"]}

    def refused(**headers: str) -> set[str]:
        """Return which levels are refused."""
        answer = edge.post("/v1/decide", ask, headers=headers).json()
        return {one["level"] for one in answer["refused"]}

    assert refused(**{"cf-ipcountry": "US", "cf-region-code": "CA"}) != refused(
        **{"cf-ipcountry": "DE"}
    )
    assert refused(**{"x-forwarded-for": GERMAN}) == refused(**{"cf-ipcountry": "DE"})


@pytest.mark.parametrize(
    ("call", "headers", "kept"),
    [
        ({}, {}, False),
        ({"region": "US-CA"}, {}, True),
        ({"region": "DE"}, {"cf-ipcountry": "US", "cf-region-code": "CA", **BROWSER}, False),
        ({}, {"cf-ipcountry": "US", "cf-region-code": "CA", **BROWSER}, True),
        ({}, {"cf-ipcountry": "US", "cf-region-code": "CA"}, False),
        ({"ip": GERMAN}, {"cf-ipcountry": "US", "cf-region-code": "CA", **BROWSER}, False),
        ({"ip": "10.0.0.1"}, {"cf-ipcountry": "US", "cf-region-code": "CA", **BROWSER}, True),
        ({"ip": 7}, {}, False),
        ({"region": "ZZ"}, {"cf-ipcountry": "US", "cf-region-code": "CA", **BROWSER}, False),
    ],
)
def test_an_event_falls_under_the_law_of_its_sender(
    new_edge: World,
    call: Mapping[str, object],
    headers: Mapping[str, str],
    kept: bool,  # noqa: FBT001
) -> None:
    """
    The call's own word comes first, then its `context.ip`, then the origin of a browser.

    A server's request says nothing about the visitor whose call it hands on.
    """
    answer = new_edge.post("/v1/track", viewed(context=dict(call)), headers=headers)

    assert answer.status_code == 200
    assert new_edge.kept() == int(kept)


def test_each_call_of_a_batch_has_a_place_of_its_own(new_edge: World) -> None:
    """A server hands on the calls of many visitors, each with the address it came from."""
    calls = [
        viewed(userId=f"u-{number}", context=context)
        for number, context in enumerate(
            [{"region": "US-CA"}, {"ip": GERMAN}, {"region": "US-VA"}, {"ip": "nonsense"}]
        )
    ]

    assert new_edge.post("/v1/batch", {"batch": calls}).status_code == 200
    assert new_edge.kept() == 2


@pytest.mark.parametrize("region", ["ZZ", "zz", "US-XX9", "us-zz", "QQ-1"])
def test_a_region_that_does_not_exist_is_told(quiet: World, region: str) -> None:
    """Nothing is guessed where a choice is recorded or asked for: 400, and what to write."""
    said = {"statements": {"advertising": "deny"}, "anonymousId": "a", "region": region}
    asked = [
        quiet.post("/v1/consent", said),
        quiet.send("GET", f"/v1/consent?anonymousId=a&region={region}"),
        quiet.send("GET", f"/v1/notices/current?region={region}", key=None),
    ]

    for answer in asked:
        assert is_problem(answer, 400)
        detail = answer.json()["detail"]
        assert detail == f"there is no region {region.upper()}: write an ISO 3166 code, DE or US-CA"


def test_a_region_that_does_not_exist_breaks_no_page(world: World) -> None:
    """A decision falls under the strictest law, an event as well, and both are counted."""
    ask = {"slot": "for-you", "anonymousId": "a", "context": {"region": "ZZ"}}

    assert world.post("/v1/decide", ask).status_code == 200
    assert world.post("/v1/track", viewed(context={"region": "us-zz"})).status_code == 200
    assert gaps(world) == {"region ZZ": 1, "region US-ZZ": 1}
    assert b'tactful_gaps_total{gap="region ZZ"} 1.0' in world.app.serving.metrics.text()


def test_only_so_many_codes_are_told_apart(world: World) -> None:
    """Whoever makes codes up fills neither the store nor the metrics."""
    for number in range(80):
        ask = {"slot": "for-you", "context": {"region": f"QQ-{number}"}}
        assert world.post("/v1/decide", ask).status_code == 200

    found = gaps(world)
    assert len(found) == 65
    assert found["something else that does not exist"] == 80 - 64


def test_what_is_no_code_at_all_is_unknown(edge: World) -> None:
    """Names and nonsense are not guessed at, and do not fall back on what the edge says."""
    for said in ("Germany", "D", "US-", "US-CALIFORNIA"):
        assert law(edge, f"?region={said}", cf_ipcountry="DE") == "strictest"


def test_a_served_shop_looks_at_headers_and_forgets_addresses(tmp_path: Path) -> None:
    """Over a real connection the same holds, and no address is in store, log or metrics after."""
    folder = tmp_path / "shop"
    settings = {name: value.strip('"') for name, value in EDGE.items()}
    with running(folder, **settings, trusted_proxies="127.0.0.0/8, ::1/128") as server:
        write = {"authorization": basic(server.keys.write_key), **BROWSER}

        def send(method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
            """Send one request through a proxy on this machine."""
            url = f"{server.address}{path}"
            return httpx.request(method, url, json=body, headers=write | headers)

        def regime(**headers: str) -> str:
            """Return the law by which a notice is shown."""
            return str(send("GET", "/v1/notices/current", **headers).json()["regime"])

        assert regime(**{"x-forwarded-for": f"{AMERICAN}, {GERMAN}"}) == "EU-GDPR"
        assert regime(forwarded=f"for={GERMAN};proto=https") == "EU-GDPR"
        assert regime(**{"CF-IPCountry": "DE", "x-forwarded-for": AMERICAN}) == "EU-GDPR"
        assert regime() == "strictest"
        seen = {"x-forwarded-for": GERMAN}
        said = {"statements": {"measurement": "grant"}, "notice": "privacy@1", "anonymousId": "a"}
        assert send("POST", "/v1/consent", said, **seen).json()["regime"] == "EU-GDPR"
        ask = {"slot": "for-you", "anonymousId": "a", "session": ["mug"]}
        assert send("POST", "/v1/decide", ask, **seen).is_success
        event = viewed(userId=None, anonymousId="a", context={"ip": BRAZILIAN})
        assert send("POST", "/v1/batch", {"batch": [event]}, **seen).is_success
        assert send("POST", "/v1/decide", {"slot": "no such slot"}, **seen).is_error
        metrics, logged = send("GET", "/metrics").content, server.stop()

    traces = [metrics, logged.encode(), *(p.read_bytes() for p in folder.rglob("*") if p.is_file())]
    for address in (GERMAN, AMERICAN, BRAZILIAN):
        packed = bytes(map(int, address.split(".")))
        assert [trace for trace in traces if address.encode() in trace] == []
        assert packed not in metrics + logged.encode()
