"""`tactful doctor`: a healthy shop is called healthy, an unsafe one is not."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cli_worlds import Run


def findings(run: Run) -> Mapping[str, tuple[str, str]]:
    """Return state and words of each check."""
    checks = run("doctor", "--json").json["checks"]
    return {check["check"]: (check["state"], check["says"]) for check in checks}


def test_a_healthy_shop(taught: Run) -> None:
    """Everything in order: exit status 0, each check says what it saw."""
    ended = taught("doctor")

    assert ended.code == 0
    assert [state for state, _ in findings(taught).values() if state == "unsafe"] == []
    for word in ("secure_delete", "privacy@1", "24 kept", "000001"):
        assert word in ended.out


def test_keys_that_others_may_read(empty: Run) -> None:
    """A readable key is unsafe: exit status 1, and the line says which command mends it."""
    key = next((empty.folder / "keys").glob("*.sha256"))
    key.chmod(0o644)

    ended = empty("doctor")

    ended.failed("1 unsafe", "chmod")
    assert "permissions" in ended.out


@pytest.mark.parametrize(
    ("file", "text", "check"),
    [
        ("policy/purposes.toml", "[measurement", "policy"),
        ("keys/master.key", "not a key", "shop"),
    ],
)
def test_a_shop_that_does_not_open(file: str, text: str, check: str, empty: Run) -> None:
    """A broken policy or key is a finding, not an end without one."""
    (empty.folder / file).write_text(text, "utf-8")

    assert empty("doctor").code == 1
    assert findings(empty)[check][0] == "unsafe"


def test_an_open_demonstration(empty: Run) -> None:
    """A demonstration shop that listens to the world is unsafe."""
    settings = empty.folder / "tactful.toml"
    text = settings.read_text("utf-8").replace("[shop]", "[shop]\ndemo = true")
    settings.write_text(text.replace("[server]", '[server]\nhost = "0.0.0.0"'), "utf-8")

    assert empty("doctor").code == 1
    assert findings(empty)["settings"][0] == "unsafe"


def test_a_shop_without_models(empty: Run) -> None:
    """What is merely missing is a note, not a danger."""
    assert findings(empty)["models"] == ("note", "none yet: run `tactful train`")
    assert empty("doctor").code == 0


def test_a_clock_that_cannot_be_right(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Consents dated by a clock that is years behind prove nothing: unsafe; set back: a note."""
    monkeypatch.setattr("tactful.cli.checks.BUILT", datetime(9999, 1, 1, tzinfo=UTC))
    assert findings(empty)["clock"][0] == "unsafe"

    monkeypatch.setenv("TACTFUL_SHOP_AS_OF", "2011-12-10T00:00:00Z")
    assert findings(empty)["clock"][0] == "note"


def test_the_port_is_looked_at(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor says whether something answers where the shop would be served."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("TACTFUL_SERVER_PORT", str(server.getsockname()[1]))
        assert findings(empty)["port"][1].startswith("something answers")

    assert findings(empty)["port"][1].endswith("no server is running")
