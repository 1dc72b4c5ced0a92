"""Signing in to one's own page: by a letter that works once, for whoever the address is of."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response
from litestar.testing import TestClient
from litestar.types import Message, Receive, Scope, Send
from page_worlds import ADA, HERE, Reader, agree, browser, follow, send

from tactful.assembly import Opened, open_shop
from tactful.shop.letters import Postbox
from tactful.shop.signing_in import SigningIn
from tactful.terms import Queued
from tactful.web.app import create_app

ADDRESS = "ada@example.org"


@pytest.fixture(autouse=True)
def ada(opened: Opened) -> None:
    """Let the shop know Ada and her address."""
    agree(opened.shop, ADA)
    know(opened, ADA, ADDRESS)


def know(opened: Opened, user: str, address: str) -> None:
    """Let the shop's server say whose *address* is."""
    opened.shop.collect([{"type": "identify", "userId": user, "traits": {"email": address}}])


def letters(opened: Opened) -> tuple[Queued, ...]:
    """Return the letters that wait, the newest first."""
    return opened.outbox.waiting(opened.shop.now(), 100)


def link_in(opened: Opened) -> str:
    """Return the path and query of the link in the newest letter."""
    found = re.search(r"https?://\S+", letters(opened)[0].letter.text)
    assert found
    parts = urlsplit(found[0])
    assert parts.netloc == HERE
    return f"{parts.path}?{parts.query}"


def ask(client: TestClient[Any], address: str = ADDRESS) -> Response:
    """Ask for a link to *address*."""
    return client.post("/me/sign-in", data={"address": address})


def sign_in(client: TestClient[Any], opened: Opened) -> Response:
    """Sign in by a letter, and return the answer that sets the cookie."""
    ask(client)
    form = Reader(client.get(link_in(opened))).form("/me/sign-in/link")
    return client.post(form.action, data=form.fields)


def is_in(client: TestClient[Any]) -> bool:
    """Tell whether the browser is signed in."""
    return client.get("/me").status_code == 200


def test_a_letter_lets_in(client: TestClient[Any], opened: Opened) -> None:
    """The address gets a link, its page a button, and the button leads to one's own page."""
    assert client.get("/me").headers["location"] == "/me/sign-in"
    assert "letter is on its way" in Reader(ask(client)).text
    asking = client.get(link_in(opened))
    assert asking.status_code == 200
    assert not is_in(client)

    page = Reader(send(client, Reader(asking).form("/me/sign-in/link")))

    assert ADDRESS in page.text
    assert is_in(client)


def test_looking_uses_nothing_up_and_using_does(client: TestClient[Any], opened: Opened) -> None:
    """A scanner may look at a link ever so often; once it was used it opens nothing any more."""
    ask(client)
    link = link_in(opened)
    for _ in range(3):
        form = Reader(client.get(link)).form("/me/sign-in/link")
    assert client.post(form.action, data=form.fields).status_code == 303

    for answer in (client.post(form.action, data=form.fields), client.get(link)):
        assert answer.status_code == 403
        assert "does not work any more" in answer.text
        assert "set-cookie" not in answer.headers


def test_a_link_works_once_over_two_servers_and_a_restart(
    client: TestClient[Any], opened: Opened
) -> None:
    """Asked for here and used there, it is used up here as well; the session holds on both."""
    ask(client)
    path, _, key = link_in(opened).partition("?key=")
    beside = open_shop(opened.folder)
    try:
        with browser(beside) as other:
            used = other.post(path, data={"key": key})
            assert used.status_code == 303
            client.cookies = other.cookies
            assert is_in(other)
    finally:
        beside.close()

    assert is_in(client)
    assert client.post(path, data={"key": key}).status_code == 403


def test_an_unknown_address_gets_the_same_answer(client: TestClient[Any], opened: Opened) -> None:
    """Known or not, the answer is the same to the byte, and an unknown address gets no letter."""
    known = ask(client)
    for address in ("nobody@example.org", "no address", "", "a" * 400, "\x00@x", "\udcff@x.org"):
        unknown = ask(client, address.encode(errors="surrogatepass").decode(errors="replace"))

        assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
        assert {*unknown.headers} == {*known.headers}
    assert len(letters(opened)) == 1


def test_the_answer_goes_out_before_anything_is_looked_up(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the time it takes cannot tell whether the address is known."""
    answered, asked = threading.Event(), list[bool]()
    monkeypatch.setattr(SigningIn, "ask", lambda *_, **__: asked.append(answered.wait(5)))
    app = create_app(opened)

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        """Note when the answer is out."""

        async def noting(message: Message) -> None:
            """Hand *message* on, and look whether it is the last."""
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                answered.set()

        await app(scope, receive, noting)

    with TestClient(watched, base_url=f"http://{HERE}") as client:
        assert ask(client).status_code == 200

    assert asked == [True]


def test_an_address_of_two_persons_lets_nobody_in(client: TestClient[Any], opened: Opened) -> None:
    """Where somebody else claims it too, and is somebody else, no letter goes to it."""
    agree(opened.shop, "eve")
    know(opened, "eve", ADDRESS)
    subject = opened.shop.subject("eve")
    for merge in subject.merges():
        subject.unmerge(merge.id)

    ask(client)

    assert letters(opened) == ()


def test_a_thousand_questions_send_a_handful(client: TestClient[Any], opened: Opened) -> None:
    """However often a link is asked for, from however many networks, few letters are sent."""
    for number in range(1_000):
        opened.signing_in.ask(ADDRESS, network=f"net {number}", page=str)

    assert len(letters(opened)) == 5
    assert ask(client).status_code == 200
    assert len(letters(opened)) == 5


def test_one_network_cannot_ask_for_everybody(client: TestClient[Any], opened: Opened) -> None:
    """From one network some letters may be asked for in an hour, to whichever addresses."""
    for number in range(40):
        know(opened, f"friend-{number % 6}", f"{number % 6}@example.org")
        ask(client, f"{number}@example.net")
    ask(client)

    assert letters(opened) == ()


def test_a_stranger_s_host_gets_into_no_letter(opened: Opened) -> None:
    """A request from elsewhere may name any host: the link in the letter leads to this shop."""
    with browser(opened, client="203.0.113.7") as client:
        client.post("/me/sign-in", data={"address": ADDRESS}, headers={"host": "evil.example"})

    [queued] = letters(opened)
    assert "evil.example" not in queued.letter.text
    assert "http://127.0.0.1:8787/me/sign-in/link" in queued.letter.text


def test_the_cookie_is_locked(client: TestClient[Any], opened: Opened) -> None:
    """No script reads it, no other site sends it with a form, and it ends with the browser."""
    cookie = sign_in(client, opened).headers["set-cookie"].lower()

    assert cookie.startswith("tactful=")
    for part in ("httponly", "samesite=lax", "path=/"):
        assert part in cookie
    for part in ("secure", "max-age", "expires", "domain", ADA):
        assert part not in cookie


def test_over_https_it_is_bound_to_the_host(opened: Opened) -> None:
    """Over https the cookie is secure, its name binds it to this host, and no other is read."""
    with browser(opened) as client:
        client.base_url = f"https://{HERE}"
        cookie = sign_in(client, opened).headers["set-cookie"]
        assert cookie.startswith("__Host-tactful=")
        assert "; Secure" in cookie
        assert is_in(client)
        held = client.cookies["__Host-tactful"]
        client.cookies.clear()
        client.cookies.set("tactful", held)
        assert not is_in(client)


def test_signing_in_changes_what_is_held(client: TestClient[Any], opened: Opened) -> None:
    """What a browser held before it signed in is worth nothing after: not to a thief, either."""
    client.cookies.set("tactful", "fixed-by-a-thief", domain=HERE, path="/")
    sign_in(client, opened)
    first = client.cookies.get("tactful", domain=HERE)
    assert first not in {None, "fixed-by-a-thief"}
    sign_in(client, opened)
    assert client.cookies.get("tactful", domain=HERE) != first

    for old in ("fixed-by-a-thief", first):
        with browser(opened) as thief:
            thief.cookies.set("tactful", str(old))
            assert not is_in(thief)


def test_signing_out_ends_it_in_the_store(client: TestClient[Any], opened: Opened) -> None:
    """After signing out the cookie opens nothing, in whichever browser it is."""
    sign_in(client, opened)
    held = client.cookies["tactful"]
    page = Reader(client.get("/me"))
    assert "Your e-mail address" in Reader(send(client, page.form("/me/sign-out"))).text

    with browser(opened) as other:
        other.cookies.set("tactful", held)
        assert not is_in(other)


@pytest.mark.parametrize("minutes", [{"idle": 31}, {"idle": 29, "times": 17}], ids=str)
def test_sessions_end(opened: Opened, minutes: dict[str, int]) -> None:
    """A session ends after half an hour without use, and after eight hours of use."""
    moved = timedelta(0)
    now = opened.shop.now()
    signing_in = _with_clock(opened, lambda: now + moved)
    held = signing_in.begin(ADA)
    for turn in range(minutes.get("times", 1)):
        assert signing_in.session(held), turn
        moved += timedelta(minutes=minutes["idle"])
        opened.tallies.totals()  # waits for what the store has to write

    assert signing_in.session(held) is None


def test_an_erasure_signs_out_everywhere(client: TestClient[Any], opened: Opened) -> None:
    """Whoever is erased, by whomever, is signed out in every browser, and links end."""
    sign_in(client, opened)
    ask(client)
    link = link_in(opened)
    opened.shop.subject(ADA).erase()

    assert not is_in(client)
    assert client.get(link).status_code == 403
    assert letters(opened) == ()


def test_retiring_a_key_signs_everybody_out(client: TestClient[Any], opened: Opened) -> None:
    """With the old master key all sessions and links of its time go."""
    sign_in(client, opened)
    ask(client)
    link = link_in(opened)
    told = {"wrapping": lambda *_: None, "indexing": lambda *_: None}
    opened.master_keys.rotate(index=False, **told)
    assert is_in(client)
    opened.master_keys.retire()

    assert not is_in(client)
    assert client.get(link).status_code == 403


def test_a_form_needs_the_token_of_the_session(client: TestClient[Any], opened: Opened) -> None:
    """Without it, with another's, or from another site, a form changes nothing."""
    sign_in(client, opened)
    form = Reader(client.get("/me")).form("/me/level")
    with browser(opened) as other:
        other.get(f"/me?token={opened.links.sign('eve')}")
        foreign = Reader(other.get("/me")).form("/me/level").fields["csrf"]
    for csrf in ("", foreign, form.fields["csrf"][:-1], "é"):
        answer = client.post("/me/level", data={**form.fields, "csrf": csrf, "level": "none"})
        assert answer.status_code == 403
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = client.post("/me/level", data={**form.fields, "level": "none"}, headers=header)
        assert answer.status_code == 403
    assert Reader(client.get("/me")).form("/me/level").fields["level"] == "individual"

    own = {"origin": f"http://{HERE}", "sec-fetch-site": "same-origin"}
    answer = client.post("/me/level", data={**form.fields, "level": "none"}, headers=own)
    assert answer.status_code == 303


def test_a_signed_link_leaves_the_address_bar(client: TestClient[Any], opened: Opened) -> None:
    """The link of the shop's backend becomes a session, by an answer that says nothing on."""
    token = opened.links.sign(ADA)
    answer = TestClient.get(client, f"/me?token={token}&region=US-CA")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/me?region=US-CA"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert token not in client.get("/me").text


@pytest.fixture
def late(client: TestClient[Any], opened: Opened) -> TestClient[Any]:
    """Return a browser that was signed in a quarter of an hour ago."""
    held = opened.signing_in.begin(ADA, proved_ago=timedelta(minutes=15))
    client.cookies.set("tactful", held)
    return client


@pytest.mark.parametrize("path", ["/me/export", "/me/erasure"])
def test_taking_away_needs_a_fresh_proof(late: TestClient[Any], opened: Opened, path: str) -> None:
    """Data goes out, or goes for good, only to who showed a moment ago who they are: by a code."""
    asking = Reader(follow(late, late.get(path)))
    assert "Is it still you?" in asking.text
    assert is_in(late)

    entering = Reader(send(late, asking.form("/me/confirm/code")))
    assert "a…@example.org" in entering.text
    assert ADDRESS not in entering.text
    [code] = re.findall(r"\b\d{6}\b", letters(opened)[0].letter.text)
    wrong = "000000" if code != "000000" else "111111"
    again = Reader(send(late, entering.form("/me/confirm"), code=wrong))
    assert "This is not the code" in again.text
    answer = late.post("/me/confirm", data={**again.form("/me/confirm").fields, "code": code})

    assert answer.headers["location"] == path
    assert late.get(path).status_code == 200


def test_a_form_to_erase_needs_it_as_well(late: TestClient[Any], opened: Opened) -> None:
    """The page that asks once more is no way around the proof."""
    csrf = Reader(late.get("/me")).form("/me/level").fields["csrf"]
    answer = late.post("/me/erasure", data={"csrf": csrf})

    assert answer.headers["location"] == "/me/confirm?to=/me/erasure"
    assert opened.shop.subject(ADA)


def test_a_code_is_guessed_five_times(late: TestClient[Any], opened: Opened) -> None:
    """After five wrong codes the right one is wrong, too; codes are mailed a few times an hour."""
    asking = Reader(late.get("/me/confirm?to=/me/export"))
    entering = Reader(send(late, asking.form("/me/confirm/code")))
    [code] = re.findall(r"\b\d{6}\b", letters(opened)[0].letter.text)
    guesses = (f"{number:06}" for number in count() if f"{number:06}" != code)
    for _ in range(5):
        send(late, entering.form("/me/confirm"), code=next(guesses))
    assert "not the code" in Reader(send(late, entering.form("/me/confirm"), code=code)).text
    assert late.get("/me/export").status_code == 303

    for _ in range(10):
        send(late, entering.form("/me/confirm/code"))
    assert len(letters(opened)) == 5


def test_a_proof_leads_to_one_s_own_pages_only(late: TestClient[Any]) -> None:
    """Where to go afterwards is one of one's own pages, whatever the address says."""
    for to in ("https://evil.example", "//evil.example", "/me/../x", "/console", "/me/x?y", "\r"):
        page = Reader(late.get("/me/confirm", params={"to": to}))

        assert page.form("/me/confirm/code").fields["to"] == "/me"


def test_an_old_link_lets_in_and_proves_nothing(
    client: TestClient[Any], opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link of the shop's backend lets in for a week, and is a fresh proof for ten minutes."""
    client.get(f"/me?token={opened.links.sign(ADA)}")
    assert client.get("/me/export").status_code == 200
    monkeypatch.setattr(type(opened.links), "age", lambda *_: timedelta(minutes=11))
    client.get(f"/me?token={opened.links.sign(ADA)}")

    assert is_in(client)
    assert client.get("/me/export").headers["location"] == "/me/confirm?to=/me/export"


def test_the_pages_say_which_cookies_they_need(client: TestClient[Any], opened: Opened) -> None:
    """The foot of a page is true: before signing in there is no cookie, after it one."""
    assert "sets no cookies" in Reader(client.get("/me/sign-in")).text
    assert not client.cookies
    sign_in(client, opened)
    assert "needs one cookie" in Reader(client.get("/me")).text


def test_the_outbox_is_for_the_holder_of_the_key(
    client: TestClient[Any], opened: Opened, real: Opened, secret_key: str
) -> None:
    """In a demonstration letters can be read on this machine; else by the secret key alone."""
    ask(client)
    page = Reader(client.get("/outbox"))
    assert ADDRESS in page.text
    assert any(link.endswith(link_in(opened)) for link in page.links())
    with browser(real) as guarded:
        assert guarded.get("/outbox").headers["location"] == "/console"
        guarded.post("/console/session", data={"key": secret_key})
        assert "No letter waits" in Reader(guarded.get("/outbox")).text


def _with_clock(opened: Opened, clock: Any) -> SigningIn:
    """Return what signs in to *opened* by another clock."""
    from dataclasses import replace

    signing_in = opened.signing_in
    parts = replace(signing_in._parts, clock=clock)
    letters = Postbox(opened.outbox, clock=clock, tallies=opened.tallies)
    return SigningIn(
        parts,
        sessions=signing_in._sessions,
        links=signing_in._links,
        addresses=signing_in._addresses,
        letters=letters,
        chance=signing_in._chance,
        shop_name="A shop",
    )
