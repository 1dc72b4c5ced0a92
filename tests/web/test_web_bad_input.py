"""Whatever is sent: a status that fits, a problem document, no workings shown, nothing stored."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_worlds import World, is_problem, viewed

MIB = 1024 * 1024
POSTED = ("/v1/batch", "/v1/track", "/v1/identify", "/v1/decide", "/v1/consent")
UNREADABLE = {
    "empty": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "a number": b"7",
    "not UTF-8": b'{"slot": "\xff"}',
    "half a character": b'{"slot": "\\ud800"}',
    "nested too deeply": b'{"batch":[{"properties":' + b'{"a":' * 100_000,
    "wrong types": b'{"batch": 1, "event": 1, "slot": 1, "statements": 1, "userId": []}',
    "gzip cut off": gzip.compress(b"{}" * 1000)[:-9],
    "not really gzip": b"\x1f\x8bnothing of the kind",
}
BAD_CALLS = {
    "no id": {"userId": None},
    "empty id": {"userId": ""},
    "an id of 10 kB": {"userId": "u" * 10_000},
    "NUL in an id": {"userId": "u\0"},
    "an id that is no text": {"userId": {"a": 1}},
    "no event": {"event": None},
    "properties that are none": {"properties": []},
    "a date that is none": {"timestamp": "yesterday"},
    "a message id of 10 kB": {"messageId": "m" * 10_000},
}


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_body_is_a_problem(quiet: World, path: str, body: bytes) -> None:
    """A body that is not what the route takes is answered 400."""
    assert is_problem(quiet.send("POST", path, content=body), 400)


@pytest.mark.parametrize("wrong", BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_a_bad_call_is_a_problem(quiet: World, wrong: dict[str, object]) -> None:
    """A call that lacks what it needs, or says it wrongly, is answered 400 alone and in a batch."""
    call = {**viewed(), **wrong}

    assert is_problem(quiet.post("/v1/track", call), 400)
    assert is_problem(quiet.post("/v1/batch", {"batch": [call]}), 400)


@pytest.mark.parametrize("path", POSTED)
def test_a_body_of_10_mb_is_too_large(quiet: World, path: str) -> None:
    """More than the settings allow is answered 413, whether or not the length was announced."""
    body = b" " * (10 * MIB)

    assert is_problem(quiet.send("POST", path, content=body), 413)
    unannounced = {"content-length": "1"}
    assert is_problem(quiet.send("POST", path, content=body, headers=unannounced), 413)


@pytest.mark.parametrize("path", POSTED)
def test_a_gzip_bomb_is_too_large(quiet: World, path: str) -> None:
    """A small body that expands to more than the settings allow is answered 413."""
    bomb = gzip.compress(b" " * (64 * MIB))

    assert len(bomb) < MIB
    assert is_problem(quiet.send("POST", path, content=bomb), 413)


def test_too_many_calls_are_a_problem(quiet: World) -> None:
    """A batch of more calls than are taken at once is answered 400."""
    assert is_problem(quiet.post("/v1/batch", {"batch": [{}] * 5_001}), 400)


def test_authorization_that_cannot_be_read_is_a_problem(quiet: World) -> None:
    """A header that is no base64 is answered 400."""
    headers = {"authorization": "Basic ???"}

    assert is_problem(quiet.post("/v1/track", viewed(), key=None, headers=headers), 400)


def test_unknown_addresses_and_methods_are_problems(quiet: World) -> None:
    """What is not there is answered 404, and a method that is not 405, with what is allowed."""
    assert is_problem(quiet.send("GET", "/v1/nothing"), 404)
    wrong_method = quiet.send("DELETE", "/v1/decide")
    assert is_problem(wrong_method, 405)
    assert "POST" in wrong_method.headers["allow"]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
fields = ("batch", "slot", "userId", "anonymousId", "statements", "session", "context", "limit")


@given(body=json | st.dictionaries(st.sampled_from(fields), json))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_brings_the_server_down(quiet: World, body: object) -> None:
    """Any JSON at all is answered below 500, and every fault is a problem document."""
    for path in ("/v1/batch", "/v1/decide", "/v1/consent"):
        answer = quiet.post(path, body)
        assert answer.status_code == 200 or is_problem(answer, 400)


@given(body=st.binary(max_size=200))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_bring_the_server_down(quiet: World, body: bytes) -> None:
    """Any bytes at all are answered below 500."""
    for prefix in (b"", b"\x1f\x8b\x08\x00"):
        assert is_problem(quiet.send("POST", "/v1/batch", content=prefix + body), 400)


def test_an_unexpected_error_shows_and_logs_nothing_of_the_request(
    quiet: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of our own is a bare 500; the log names the kind and place, not what was sent."""

    def break_down(*_: object) -> None:
        raise RuntimeError("about jane@example.com")

    monkeypatch.setattr(type(quiet.opened.shop), "decide", break_down)
    answer = quiet.post("/v1/decide", {"slot": "for-you", "userId": "jane@example.com"})

    logged = capsys.readouterr()
    assert is_problem(answer, 500)
    assert "RuntimeError" in logged.out + logged.err
    assert "jane" not in answer.text + logged.out + logged.err
