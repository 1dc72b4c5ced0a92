"""Taking calls in, as each client sends them."""

from __future__ import annotations

import gzip
from concurrent.futures import Future

import msgspec
import pytest
from web_worlds import World, basic, is_problem, viewed

SINGLES = ("track", "identify", "page", "screen", "group", "alias")


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/batch", "/batch/"])
def test_a_batch_is_kept_on_every_path(world: World, path: str) -> None:
    """Each path that a client posts batches to keeps them."""
    answer = world.post(path, {"batch": [viewed("mug"), viewed("cup")]})

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert world.kept() == 2


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t", "/api/s/track"])
def test_a_track_call_is_kept_on_every_path(world: World, path: str) -> None:
    """Each path that a client posts track calls to keeps them."""
    answer = world.post(path, viewed())

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert world.kept() == 1


@pytest.mark.parametrize("kind", SINGLES)
@pytest.mark.parametrize("short", [True, False])
def test_every_kind_of_call_has_its_paths(world: World, kind: str, short: bool) -> None:  # noqa: FBT001
    """Each kind of call is taken on its own path, and on the short one."""
    call = {"userId": "u-1", "event": "Product Viewed", "previousId": "u-0"}

    answer = world.post(f"/v1/{kind[0] if short else kind}", call)

    assert (answer.status_code, answer.json()) == (200, {"success": True})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Basic KEY"},
        {"x-write-key": "KEY"},
        {"x-write-key": "KEY:secret"},
        {"authorization": "Bearer SECRET"},
    ],
)
def test_the_key_may_stand_in_each_header(world: World, headers: dict[str, str]) -> None:
    """Basic user name, X-Write-Key plain or `id:secret`, and the secret key all let pass."""
    keys = world.keys
    filled = {
        name: basic(keys.write_key)
        if value == "Basic KEY"
        else value.replace("KEY", keys.write_key).replace("SECRET", keys.secret_key)
        for name, value in headers.items()
    }

    assert world.post("/v1/track", viewed(), key=None, headers=filled).status_code == 200


def test_the_key_may_stand_in_the_body(world: World) -> None:
    """`writeKey`, and `api_key` as PostHog has it, let pass."""
    key = world.keys.write_key

    assert world.post("/v1/track", viewed(writeKey=key), key=None).status_code == 200
    for name in ("writeKey", "api_key"):
        batch = {"batch": [viewed()], name: key}
        assert world.post("/batch", batch, key=None).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-write-key": "wk_wrong"},
        {"authorization": basic("wk_wrong")},
        {"authorization": "Bearer sk_wrong"},
        {"authorization": "Digest x"},
    ],
)
def test_an_unknown_key_is_told_so(quiet: World, headers: dict[str, str]) -> None:
    """Without a key, or with a wrong one, the answer is 401 and nothing is kept."""
    answer = quiet.post("/v1/batch", {"batch": [viewed()]}, key=None, headers=headers)

    assert is_problem(answer, 401)
    assert "www-authenticate" in answer.headers
    assert quiet.kept() == 0


def test_a_refused_call_is_answered_200_and_not_kept(world: World) -> None:
    """Without consent where it is needed nothing is kept, and the client has no reason to retry."""
    answer = world.post("/v1/track", viewed(context={"region": "DE"}))

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert world.kept() == 0
    assert world.send("GET", "/v1/subjects/u-1", key="secret").status_code == 404


def test_global_privacy_control_is_heeded(world: World) -> None:
    """`Sec-GPC: 1` on the request is recorded as the subject's objection where it binds."""
    world.post("/v1/track", viewed(), headers={"sec-gpc": "1"})
    world.post("/v1/track", viewed(messageId="2"), headers={"sec-gpc": "1"})

    said = world.send("GET", "/v1/consent?userId=u-1&region=US-CA").json()["purposes"]
    assert "signal:gpc" in {one["source"] for one in said}


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", ""],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_neither_type_nor_encoding_is_believed(
    world: World,
    content_type: str,
    zipped: bool,  # noqa: FBT001
) -> None:
    """JSON is read whatever the header calls it, and gzip is known by its first bytes."""
    body = msgspec.json.encode({"batch": [viewed()]})

    answer = world.send(
        "POST",
        "/v1/batch",
        content=gzip.compress(body) if zipped else body,
        headers={"content-type": content_type},
    )

    assert answer.status_code == 200
    assert world.kept() == 1


def test_a_broken_call_does_not_take_the_others_with_it(world: World) -> None:
    """Of a batch with unreadable calls the others are kept, and the unreadable ones are named."""
    bad = [{"type": "track", "event": 7}, {"type": "track", "event": "x"}, {"type": "dance"}]

    answer = world.post("/v1/batch", {"batch": [bad[0], viewed(), *bad[1:]]})

    assert answer.status_code == 200
    assert answer.json()["success"] is True
    assert [one["index"] for one in answer.json()["rejected"]] == [0, 2, 3]
    assert world.kept() == 1


def test_a_wholly_broken_batch_is_a_problem(world: World) -> None:
    """A batch without one readable call is answered 400."""
    assert is_problem(world.post("/v1/batch", {"batch": [{"type": "dance"}]}), 400)


def test_an_empty_batch_is_fine(world: World) -> None:
    """A client that has nothing to say is not told off."""
    assert world.post("/v1/batch", {"batch": []}).json() == {"success": True}


def test_a_message_is_kept_once(world: World) -> None:
    """A call that comes again under its message id, as after a lost answer, adds nothing."""
    for _ in range(2):
        world.post("/v1/batch", {"batch": [viewed(messageId="m-1"), viewed(messageId="m-1")]})

    assert len(world.known_about("u-1")["events"]) == 1


def test_dates_far_away_are_brought_near(world: World) -> None:
    """An event of the future counts as of now; one of 1970 is past its retention and not kept."""
    world.post("/v1/track", viewed(timestamp="2099-01-01T00:00:00Z"))
    world.post("/v1/track", viewed(timestamp="1970-01-01T00:00:00Z"))

    events = world.known_about("u-1")["events"]
    now = world.opened.shop.now().isoformat()
    assert [event["time"] <= now for event in events] == [True]


def test_a_negative_price_is_not_kept(world: World) -> None:
    """A property out of range is left out; the event without it is kept."""
    world.post("/v1/track", viewed(properties={"product_id": "mug", "price": -5}))

    assert world.known_about("u-1")["events"][0]["properties"] == {"product_id": "mug"}


def test_a_full_queue_says_when_to_come_again(world: World) -> None:
    """More than may wait for the disk is turned away with 429, and nothing of it is kept."""
    world.app.serving.waiting_calls = world.opened.settings.server.queue_calls

    answer = world.post("/v1/track", viewed())

    assert is_problem(answer, 429)
    assert int(answer.headers["retry-after"]) > 0
    assert world.kept() == 0


def test_what_was_answered_waits_no_longer(world: World) -> None:
    """After an answer, good or bad, its calls no longer count as waiting."""
    world.post("/v1/batch", {"batch": [viewed(), viewed()]})
    world.post("/v1/track", {"event": 7})

    assert world.app.serving.waiting_calls == 0


def test_an_answer_means_that_it_is_durable(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store fails after the calls were taken, the client hears of it and sends again."""
    failed: Future[int] = Future()
    failed.set_exception(_full())
    monkeypatch.setattr(type(world.opened.shop._parts.store.events), "append", lambda *_: failed)

    answer = world.post("/v1/track", viewed())

    assert is_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


def _full() -> Exception:
    from tactful.terms import StoreFull

    return StoreFull("the disk is full: make room")
