"""
Take in what other systems tell by signed webhooks: Shopify's, and any that follow the standard.

The signature is looked at first, over the body as it came; nothing is read of a body that is not
its sender's own.  What a webhook tells is the shop's own word, like a call with the secret key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final, TypeVar

from tactful.assembly import SHOPIFY
from tactful.capabilities.collect import (
    Naming,
    is_fresh,
    is_signed,
    is_signed_by_shopify,
    read_privacy,
    read_shopify,
    read_webhook,
    user_id_of,
)
from tactful.capabilities.collect.shopify import WINDOW
from tactful.capabilities.collect.webhooks import MAX_ID_CHARS
from tactful.shop import Asking
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    NotFound,
    Proof,
    RequestKind,
    Trouble,
)
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.ingest import take_told
from tactful.web.messages import RequestTaken, Taken

T = TypeVar("T")

_TAKEN: Final = answer(Taken(success=True))


async def take_signed(serving: Serving, asked: Asked) -> Reply:
    """Take the calls of a Standard Webhook (standardwebhooks.com)."""
    source = asked.path["source"]
    secrets = await _secrets(serving, source)
    if not secrets:
        raise NotFound("no webhook of this name is set up: its secret is missing")
    webhook_id = asked.headers.get(b"webhook-id", b"")
    timestamp = asked.headers.get(b"webhook-timestamp", b"")
    if not webhook_id or not is_signed(
        asked.body,
        webhook_id=webhook_id,
        timestamp=timestamp,
        signatures=asked.headers.get(b"webhook-signature", b""),
        secrets=secrets,
    ):
        raise _unsigned(serving, source)
    if not is_fresh(timestamp, serving.opened.shop.now()):
        raise _stale(serving, source)
    named = webhook_id.decode("latin-1")
    if len(named) > MAX_ID_CHARS:
        raise Mistake(f"webhook-id is longer than {MAX_ID_CHARS} characters")
    incoming = _read(lambda: read_webhook(asked.body, source=source, webhook_id=named))
    serving.opened.shop.note_webhook("taken")
    return await take_told(serving, asked, incoming, source=f"webhook:{source}")


async def take_shopify(serving: Serving, asked: Asked) -> Reply:
    """Take a webhook of Shopify's: orders, refunds, customers, and requests about privacy."""
    await _require_shopify(serving, asked)
    topic = asked.headers.get(b"x-shopify-topic", b"").decode("latin-1").strip()
    if topic in _PRIVACY:
        return await serving.in_thread(lambda: _answer_privacy(serving, topic, asked.body))
    told = _read(lambda: read_shopify(topic, asked.body, _naming(serving)))
    if told is None:
        return _passed_over(serving, "topic that is not read")
    _require_recent(serving, told.at)
    if told.left_out:
        return _passed_over(serving, told.left_out)
    serving.opened.shop.note_webhook("taken")
    return await take_told(serving, asked, told.incoming, source="webhook:shopify")


async def _require_shopify(serving: Serving, asked: Asked) -> None:
    """
    Let pass what Shopify signed for this shop.

    Raises:
        Declined: it is not signed, or for another shop (401).
        NotFound: no Shopify shop is connected.
        Trouble: one is, but its secret is missing; Shopify sends again.
    """
    domain = serving.opened.settings.webhooks.shopify_domain
    if not domain:
        raise NotFound("no Shopify shop is connected: set [webhooks] shopify_domain")
    secrets = await _secrets(serving, SHOPIFY)
    if not secrets:
        raise Trouble("the secret of Shopify's webhooks is missing: run `tactful doctor`")
    given = asked.headers.get(b"x-shopify-hmac-sha256", b"")
    if not is_signed_by_shopify(asked.body, given, secrets):
        raise _unsigned(serving, SHOPIFY)
    _require_domain(serving, asked.headers.get(b"x-shopify-shop-domain", b"").decode("latin-1"))


def _require_domain(serving: Serving, said: str) -> None:
    if said.strip().lower() != serving.opened.settings.webhooks.shopify_domain.lower():
        serving.opened.shop.note_webhook("another shop's")
        raise Declined(HTTPStatus.UNAUTHORIZED, "the webhook speaks for another Shopify shop")


def _require_recent(serving: Serving, at: datetime | None) -> None:
    """Let pass what is of the last hours, by its own signed date; a copy of it is sent again."""
    now = serving.opened.shop.now()
    aware = at.replace(tzinfo=now.tzinfo) if at and at.tzinfo is None else at
    if aware is not None and abs(now - aware) > WINDOW:
        raise _stale(serving, SHOPIFY)


def _answer_privacy(serving: Serving, topic: str, body: bytes) -> Reply:
    asked = _read(lambda: read_privacy(body))
    _require_domain(serving, asked.shop_domain)
    user_id = user_id_of(asked.customer, _naming(serving))
    outcome = _PRIVACY[topic](serving, user_id, asked.request_id)
    serving.opened.shop.note_webhook(f"{topic}: {outcome}")
    return answer(RequestTaken(success=True, outcome=outcome))


def _redact(serving: Serving, user_id: str, request: str) -> str:
    """Ask for the erasure of the customer (Art. 17); done at once where nobody wants to look."""
    if not _is_known(serving, user_id):
        return "unknown"
    return _open(serving, RequestKind.ERASURE, user_id, request and f"redact-{request}")


def _hand_out(serving: Serving, user_id: str, request: str) -> str:
    """Ask the officer to hand out what is known of the customer (Art. 15)."""
    if not _is_known(serving, user_id):
        return "unknown"
    return _open(serving, RequestKind.ACCESS, user_id, request)


def _note_closing(serving: Serving, _user_id: str, _request: str) -> str:
    """Note that the app was taken off the shop; what follows is for the officer to decide."""
    today = serving.opened.shop.now()
    return _open(serving, RequestKind.ERASURE, "", f"shop-redact-{today:%Y-%m-%d}")


def _is_known(serving: Serving, user_id: str) -> bool:
    try:
        serving.opened.shop.subject(user_id)
    except NotFound:
        return False
    return True


def _open(serving: Serving, kind: RequestKind, user_id: str, reference: str) -> str:
    """Open a request in the customer's name, or find the one that was; return how it stands."""
    requests = serving.opened.shop.requests
    if reference and requests.referred(SHOPIFY, reference):
        return "received before"
    asking = Asking(
        kind=kind,
        identifier=Identifier(IdentifierKind.USER_ID, user_id) if user_id else None,
        channel=SHOPIFY,
        proof=Proof.PLATFORM,
        reference=reference,
    )
    return "erased" if not requests.open(asking).state.is_open else "received"


_PRIVACY: Final[dict[str, Callable[[Serving, str, str], str]]] = {
    "customers/redact": _redact,
    "customers/data_request": _hand_out,
    "shop/redact": _note_closing,
}


async def _secrets(serving: Serving, source: str) -> tuple[str, ...]:
    return await serving.in_thread(lambda: serving.opened.webhook_secrets.of(source))


def _naming(serving: Serving) -> Naming:
    said = serving.opened.settings.webhooks
    return Naming(user_id=said.shopify_user_id, item=said.shopify_item_id)


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except RecursionError:
        raise Mistake("the body is nested too deeply") from None


def _passed_over(serving: Serving, why: str) -> Reply:
    serving.opened.shop.note_webhook(why)
    return _TAKEN


def _unsigned(serving: Serving, source: str) -> Declined:
    serving.opened.shop.note_webhook("wrong signature")
    says = f"the signature is not that of this body: check the secret of {source}"
    return Declined(HTTPStatus.UNAUTHORIZED, says)


def _stale(serving: Serving, source: str) -> Declined:
    serving.opened.shop.note_webhook("too old")
    says = f"the webhook is too old, or from the future: {source} must send it again with new times"
    return Declined(HTTPStatus.UNAUTHORIZED, says)
