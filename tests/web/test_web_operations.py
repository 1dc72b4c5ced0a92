"""Health, figures, headers and logs."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs
from web_worlds import CALIFORNIA, World, is_problem, viewed

from tactful.terms import StoreFull


def test_a_healthy_server_says_so(quiet: World) -> None:
    """Without a key, both probes answer 200."""
    assert quiet.send("GET", "/healthz", key=None).json()["status"] == "alive"
    assert quiet.send("GET", "/readyz", key=None).json() == {"status": "ready", "reasons": []}


def test_a_store_that_does_not_commit_is_not_ready(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readiness is refused with the reason, and the process still counts as alive."""
    failed: Future[int] = Future()
    failed.set_exception(StoreFull("the disk is full"))
    monkeypatch.setattr(type(quiet.opened.shop._parts.store.events), "append", lambda *_: failed)

    answer = quiet.send("GET", "/readyz", key=None)

    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["the store does not commit"]
    assert quiet.send("GET", "/healthz", key=None).status_code == 200


def test_a_stopping_server_is_not_ready(world: World) -> None:
    """A load balancer that asks is told to send nothing more."""
    world.app.serving.stopping = True

    assert world.send("GET", "/readyz", key=None).status_code == 503


def test_figures_count_requests_and_events(world: World) -> None:
    """Prometheus finds requests by route and status, and what became of events."""
    world.post("/v1/batch", {"batch": [viewed(), viewed(userId="u-2", context={"region": "DE"})]})
    world.post("/v1/decide", {"slot": "for-you", "context": CALIFORNIA})
    world.send("GET", "/v1/subjects/u-1", key="secret")

    text = world.send("GET", "/metrics", key=None).text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

    assert found["tactful_http_requests_total", "/v1/batch", "200"] == 1
    assert found["tactful_http_requests_total", "/v1/subjects/{id}", "200"] == 1
    assert found["tactful_http_request_seconds_count", "/v1/decide"] == 1
    assert found["tactful_calls_total", "kept"] == 1
    assert found["tactful_calls_total", "refused"] == 1
    assert found["tactful_decisions_total", "individual"] == 1
    assert found["tactful_calls_waiting",] == 0


def test_neither_figures_nor_logs_speak_of_anybody(world: World) -> None:
    """An id stands in no label and in no line of the log, wherever it was sent."""
    with capture_logs() as logs:
        world.post("/v1/track", viewed(userId="jane", event="jane"))
        world.post("/v1/decide", {"slot": "jane", "userId": "jane"})
        world.send("GET", "/v1/consent?userId=jane")
        world.send("GET", "/v1/subjects/jane", key="secret")
        world.send("GET", "/jane?jane")
        figures = world.send("GET", "/metrics").text

    assert len(logs) >= 5
    assert "jane" not in figures
    assert "jane" not in repr(logs)


@pytest.mark.parametrize("path", ["/healthz", "/v1/decide", "/v1/nothing", "/openapi.json", "/"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_every_answer_is_safe_to_show(quiet: World, method: str, path: str) -> None:
    """No answer may be sniffed, framed, or give its address away."""
    headers = quiet.send(method, path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/batch", "/v1/consent", "/v1/t"])
def test_pages_of_any_origin_may_use_public_routes(quiet: World, path: str) -> None:
    """The preflight of a public route allows the headers that clients send, without credentials."""
    headers = quiet.send("OPTIONS", path, key=None, headers={"origin": "http://x"}).headers

    assert headers["access-control-allow-origin"] == "*"
    assert "authorization" in headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in headers
    assert quiet.send("POST", path).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/subjects/u-1", "/metrics"])
def test_pages_of_other_origins_may_not_read_people(quiet: World, path: str) -> None:
    """What is not public is not opened to other origins."""
    for method in ("OPTIONS", "GET"):
        assert "access-control-allow-origin" not in quiet.send(method, path).headers


def test_a_browser_client_gets_its_settings(quiet: World) -> None:
    """Segment's browser client is led back here, with its reports to its maker switched off."""
    key = quiet.keys.write_key

    settings = quiet.send("GET", f"/v1/projects/{key}/settings", key=None).json()

    assert settings["integrations"]["Segment.io"]["apiHost"] == "shop/v1"
    assert settings["integrations"]["Segment.io"]["apiKey"] == key
    assert settings["metrics"]["sampleRate"] == 0
    assert is_problem(quiet.send("GET", "/v1/projects/wrong/settings", key=None), 404)
