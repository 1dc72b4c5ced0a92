"""`tactful doctor`: a healthy shop is called healthy, an unsafe one is not."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from cli_worlds import Run

from tactful.assembly import open_countries


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


def test_when_the_law_changes(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that are dated are announced: they are chosen when the shop is opened."""
    monkeypatch.setenv("TACTFUL_SHOP_AS_OF", "2026-11-23T00:00:00Z")
    assert findings(empty)["policy"][1].endswith("from 2027-05-14: restart the shop then")

    monkeypatch.setenv("TACTFUL_SHOP_AS_OF", "2027-05-14T00:00:00Z")
    assert "restart" not in findings(empty)["policy"][1]


def test_who_trusts_everybody(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every client is a trusted proxy, everybody chooses the law they fall under: unsafe."""
    monkeypatch.setenv("TACTFUL_SERVER_REGION_HEADER", "CF-IPCountry")
    assert findings(empty)["regions"] == (
        "ok",
        "told by CF-IPCountry; trusted: 127.0.0.0/8, ::1/128",
    )

    monkeypatch.setenv("TACTFUL_SERVER_TRUSTED_PROXIES", "10.0.0.0/8, ::/0")
    assert findings(empty)["regions"][0] == "unsafe"
    assert empty("doctor").code == 1


def test_the_table_of_countries_grows_old(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 18 months a newer one is asked for; who looks nothing up is not bothered."""
    monkeypatch.setenv("TACTFUL_SHOP_AS_OF", "2026-07-01T00:00:00Z")
    assert findings(empty)["countries"][0] == "ok"

    monkeypatch.setenv("TACTFUL_SHOP_AS_OF", "2028-01-01T00:00:00Z")
    state, says = findings(empty)["countries"]
    assert (state, says.endswith("18 months ago: install a newer tactful")) == ("note", True)

    monkeypatch.setenv("TACTFUL_SERVER_COUNTRY_LOOKUP", "false")
    assert "countries" not in findings(empty)


def test_a_table_of_countries_that_is_damaged(
    empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unsafe: the server would not start."""
    broken = partial(open_countries, tmp_path / "none.npz")
    monkeypatch.setattr("tactful.assembly.open_countries", broken)

    state, says = findings(empty)["countries"]

    assert state == "unsafe"
    assert "country_lookup = false" in says


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


def test_a_shopify_shop_without_its_secret(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finding says into which file the secret belongs; it is gone once it is there."""
    monkeypatch.setenv("TACTFUL_WEBHOOKS_SHOPIFY_DOMAIN", "a-shop.myshopify.com")
    secret = empty.folder / "keys" / "shopify.secret"

    state, says = findings(empty)["webhooks"]
    assert state == "note"
    assert str(secret) in says

    secret.touch(mode=0o600)
    secret.write_text("hush-4711\n", "utf-8")
    assert findings(empty)["webhooks"] == ("ok", "shopify: 1 secrets")
    monkeypatch.delenv("TACTFUL_WEBHOOKS_SHOPIFY_DOMAIN")
    assert "shopify_domain" in findings(empty)["webhooks"][1]
    secret.unlink()


def test_a_webhook_secret_that_is_none(empty: Run) -> None:
    """What does not begin with whsec_ and go on in base64 would let nobody in."""
    secret = empty.folder / "keys" / "erp.secret"
    secret.touch(mode=0o600)
    secret.write_text("hush\n", "utf-8")
    try:
        state, says = findings(empty)["webhooks"]
    finally:
        secret.unlink()

    assert state == "note"
    assert "whsec_" in says


def test_requests_that_wait(empty: Run) -> None:
    """The officer is told of files that an older tactful left behind."""
    folder = empty.folder / "requests"
    folder.mkdir(mode=0o700)
    (folder / "data-request-4711-9999.json").write_text("{}", "utf-8")

    state, says = findings(empty)["requests"]
    (folder / "data-request-4711-9999.json").unlink()

    assert (state, says.startswith("1 files of an older")) == ("note", True)


def test_letters_that_reach_nobody(empty: Run) -> None:
    """Without a mail server, without an address that people reach, or in clear: it is said."""
    assert findings(empty)["mail"][0] == "note"
    assert "set [mail] host" in findings(empty)["mail"][1]
    settings = empty.folder / "tactful.toml"
    mail = '\n[mail]\nhost = "mail.example"\nsender = "privacy@shop.example"\n'
    for more, word in (
        ("", "set [mail] base_url"),
        ('base_url = "https://shop.example"\nsecurity = "none"\n', "in clear"),
        ('base_url = "https://shop.example"\n', "sent by mail.example:587"),
    ):
        before = settings.read_text("utf-8")
        settings.write_text(before + mail + more, "utf-8")
        assert word in findings(empty)["mail"][1]
        settings.write_text(before, "utf-8")
