"""
Every route of the API.

The framework's handlers, the front for the busiest routes, OpenAPI and the test of the
documentation are all made from this table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Final

from tactful.capabilities.collect.calls import Batch, Single
from tactful.terms import IdentifierKind
from tactful.web import (
    consenting,
    dealings,
    deciding,
    examples,
    ingest,
    items,
    links,
    merging,
    messages,
    operations,
    requests,
    subjects,
    webhooks,
)
from tactful.web.exchange import Asked, Endpoint, Reply, Serving
from tactful.web.openapi import document
from tactful.web.request_messages import AppealAsk, CodeAsk, RequestAsk, RequestSaid
from tactful.web.route import Method, Needs, Route
from tactful.web.sdk import serving


def _ingest() -> Iterator[Route]:
    batches = {"/v1/import": ingest.take_import, "/batch": ingest.take_posthog}
    for path in ("/v1/batch", "/v1/b", *batches):
        yield Route(
            method="POST",
            path=path,
            endpoint=batches.get(path, ingest.take_batch),
            summary="Take a batch of calls",
            tag="collect",
            busy=True,
            takes=Batch,
            gives=messages.Taken,
            example=examples.BATCH,
        )
    for short, kind in ingest.SHORT_NAMES.items():
        for path in (f"/v1/{kind}", f"/v1/{short}"):
            yield _single(path, kind)
    for kind in ("identify", "track", "page", "group"):
        yield _single(f"/api/s/{kind}", kind)
        yield _single(f"/api/s/s2s/{kind}", kind)
    for path in ("/flags", "/decide"):
        yield Route(
            method="POST",
            path=path,
            endpoint=ingest.no_flags,
            summary="Tell PostHog's clients that there are no feature flags",
            tag="collect",
            needs=Needs.NOTHING,
            gives=messages.NoFlags,
        )
    yield Route(
        method="GET",
        path="/v1/projects/{writeKey}/settings",
        endpoint=operations.client_settings,
        summary="Settings for Segment's browser client",
        tag="collect",
    )


def _webhooks() -> Iterator[Route]:
    signed = partial(Route, method="POST", tag="collect", needs=Needs.SIGNATURE, public=False)
    yield signed(
        path="/v1/webhooks/shopify",
        endpoint=webhooks.take_shopify,
        summary="Take a webhook of Shopify's",
        gives=messages.Taken,
    )
    yield signed(
        path="/v1/webhooks/{source}",
        endpoint=webhooks.take_signed,
        summary="Take calls in a signed webhook",
        takes=Batch,
        gives=messages.Taken,
    )


def _single(path: str, kind: str) -> Route:
    return Route(
        method="POST",
        path=path,
        endpoint=ingest.take_single(kind),
        summary=f"Take one {kind} call",
        tag="collect",
        busy=True,
        takes=Single,
        gives=messages.Taken,
        example=examples.CALLS[kind],
    )


def _feedback() -> Iterator[Route]:
    told = {
        "exposure": "Tell that a slate was shown",
        "click": "Tell that an item of a slate was clicked",
        "conversion": "Tell that an item of a slate was bought",
    }
    for kind, summary in told.items():
        yield Route(
            method="POST",
            path=f"/v1/decisions/{{decision}}/{kind}",
            endpoint=deciding.feedback(kind),
            summary=summary,
            tag="decide",
            gives=messages.FeedbackTaken,
        )


_about_subject: Final = partial(
    Route,
    tag="rights",
    needs=Needs.RIGHTS,
    public=False,
    query={"token": "a signed link's token, in place of the secret key"},
)


def _rights() -> Iterator[Route]:
    yield Route(
        method="GET",
        path="/v1/subjects",
        endpoint=subjects.find,
        summary="Everything known about whom one exact identifier names",
        tag="rights",
        needs=Needs.SECRET,
        public=False,
        query=dict.fromkeys(map(str, IdentifierKind), "an identifier, whole; give one of these"),
    )
    about = partial(_about_subject, path="/v1/subjects/{id}")
    yield about(
        method="GET",
        endpoint=subjects.see,
        summary="Everything known about a subject",
    )
    yield about(
        method="PATCH",
        endpoint=subjects.correct,
        summary="Correct traits, restrict or lift a restriction",
        takes=messages.CorrectionAsk,
        example=examples.CORRECTION,
    )
    yield about(
        method="DELETE",
        endpoint=subjects.erase,
        summary="Erase a subject",
        gives=messages.ErasureSaid,
    )


def _requests() -> Iterator[Route]:
    yield Route(
        method="POST",
        path="/v1/requests",
        endpoint=requests.take,
        summary="Open a request of a subject; OpenDSR's form is taken, too",
        tag="rights",
        takes=RequestAsk,
        gives=RequestSaid,
        example=examples.REQUEST,
        query={"token": "a signed link's token: the request is then its holder's own"},
    )
    yield Route(
        method="POST",
        path="/v1/requests/{id}/confirm",
        endpoint=requests.confirm,
        summary="Confirm a request by the code that was sent",
        tag="rights",
        takes=CodeAsk,
        gives=RequestSaid,
    )
    yield _about_subject(
        method="GET",
        path="/v1/requests/{id}",
        endpoint=requests.see,
        summary="How a request stands, and when it is due",
        gives=RequestSaid,
    )
    yield _about_subject(
        method="POST",
        path="/v1/requests/{id}/appeal",
        endpoint=requests.appeal,
        summary="Ask that a refusal be looked at again, where the law gives an appeal",
        takes=AppealAsk,
        gives=RequestSaid,
    )
    yield _about_subject(
        method="GET",
        path="/v1/requests/{id}/package",
        endpoint=requests.package,
        summary="The copy of the data that a request was for",
    )


def _evidence() -> Iterator[Route]:
    yield _about_subject(
        method="GET",
        path="/v1/subjects/{id}/statements",
        endpoint=subjects.statements,
        summary="Everything a subject has said, with what proves it",
        gives=messages.HistorySaid,
    )
    yield _about_subject(
        method="GET",
        path="/v1/subjects/{id}/receipts",
        endpoint=subjects.receipts,
        summary="A signed receipt for everything a subject ever said",
        gives=messages.ReceiptsSaid,
        shows=examples.RECEIPTS,
    )
    yield _about_subject(
        method="GET",
        path="/v1/subjects/{id}/uses",
        endpoint=subjects.uses,
        summary="What a subject's data was used for, by day and activity",
        gives=messages.UsesSaid,
    )


_by_the_shop: Final = partial(Route, tag="rights", needs=Needs.SECRET, public=False)


def _merges() -> Iterator[Route]:
    yield _by_the_shop(
        method="GET",
        path="/v1/subjects/{id}/merges",
        endpoint=merging.merges,
        summary="What made one person of several subjects",
        gives=messages.MergesSaid,
    )
    yield _by_the_shop(
        method="POST",
        path="/v1/subjects/{id}/merge",
        endpoint=merging.merge,
        summary="Make one person of two subjects",
        takes=messages.MergeAsk,
        gives=messages.MergeSaid,
        example=examples.MERGE,
    )
    yield _by_the_shop(
        method="POST",
        path="/v1/subjects/{id}/unmerge",
        endpoint=merging.unmerge,
        summary="Take a merge back",
        takes=messages.UnmergeAsk,
        gives=messages.MergeSaid,
        example=examples.UNMERGE,
    )
    yield _by_the_shop(
        method="POST",
        path="/v1/subjects/{id}/links",
        endpoint=links.sign,
        summary="Sign a link that lets a subject in to their own page, for a week",
        gives=links.LinkSaid,
    )


def _operation(path: str, summary: str, endpoint: Endpoint, gives: type | None = None) -> Route:
    return Route(
        method="GET",
        path=path,
        endpoint=endpoint,
        summary=summary,
        tag="operations",
        needs=Needs.NOTHING,
        public=False,
        gives=gives,
    )


async def describe(_serving: Serving, _asked: Asked) -> Reply:
    """Answer the description of all routes."""
    return Reply(body=_description())


@cache
def _description() -> bytes:
    return document(ROUTES)


def _goods() -> Iterator[Route]:
    about = partial(Route, tag="catalogue", needs=Needs.SECRET, public=False)
    methods: tuple[Method, ...] = ("POST", "PUT")
    for method in methods:
        yield about(
            method=method,
            path="/v1/items",
            endpoint=items.put,
            summary="Put items into the catalogue, each replaced whole",
            takes=items.ItemsAsk,
            gives=items.ItemsTaken,
            example=examples.ITEMS,
        )
    told = {"id": "the item, where its id holds a slash"}
    queries: dict[str, dict[str, str]] = {"/v1/items/{id}": {}, "/v1/items": told}
    for path, query in queries.items():
        yield about(
            method="DELETE",
            path=path,
            endpoint=items.remove,
            summary="Take an item out of the catalogue: it is never shown again",
            gives=items.ItemRemoved,
            query=query,
        )


def _modules() -> Iterator[Route]:
    module = partial(Route, method="GET", tag="browser", needs=Needs.NOTHING)
    yield module(
        path="/sdk/integrity.json",
        endpoint=serving.list_modules,
        summary="Where each module for the browser lies for good, and its digest",
    )
    yield module(
        path="/sdk/{file}",
        endpoint=serving.serve_module,
        summary="A module for the browser",
    )


_WHO: Final = {
    "userId": "whom the shop means by it",
    "anonymousId": "whom the browser means by it",
    "region": "where the request comes from (ISO 3166)",
}

ROUTES: Final[tuple[Route, ...]] = (
    *_ingest(),
    *_webhooks(),
    Route(
        method="POST",
        path="/v1/decide",
        endpoint=deciding.decide,
        summary="Fill a slot at the highest level that is permitted",
        tag="decide",
        busy=True,
        takes=messages.DecideAsk,
        gives=messages.DecisionSaid,
        example=examples.DECIDE,
    ),
    *_feedback(),
    Route(
        method="POST",
        path="/v1/consent",
        endpoint=consenting.say,
        summary="Record answers by purpose, and give a receipt",
        tag="consent",
        takes=messages.ConsentAsk,
        gives=messages.ReceiptSaid,
        example=examples.CONSENT,
    ),
    Route(
        method="GET",
        path="/v1/consent",
        endpoint=consenting.standing,
        summary="What stands on every purpose",
        tag="consent",
        gives=messages.StandingSaid,
        query=_WHO,
    ),
    Route(
        method="GET",
        path="/v1/consent/signals",
        endpoint=consenting.signals,
        summary="The state to hand to other tags: Google Consent Mode, GPP and TC strings",
        tag="consent",
        gives=messages.SignalsSaid,
        query={**_WHO, "refused": "purposes that the browser knows to be refused, with commas"},
    ),
    Route(
        method="GET",
        path="/v1/notices/current",
        endpoint=consenting.current_notice,
        summary="The notice to show before a choice",
        tag="consent",
        needs=Needs.NOTHING,
        gives=messages.NoticeSaid,
        query={
            "region": _WHO["region"],
            "locale": "language of the text, such as en or de",
            "ui": "what shows the notice, with its version: kept as evidence of what was shown",
        },
    ),
    Route(
        method="POST",
        path="/v1/relationships",
        endpoint=dealings.tell,
        summary="Note that somebody bought or enquired, where the law draws a consent from it",
        tag="consent",
        needs=Needs.SECRET,
        public=False,
        takes=messages.DealingAsk,
        gives=messages.DealingTaken,
        example=examples.DEALING,
    ),
    *_modules(),
    *_goods(),
    *_rights(),
    *_requests(),
    *_evidence(),
    *_merges(),
    Route(
        method="GET",
        path="/.well-known/jwks.json",
        endpoint=consenting.keys,
        summary="The public keys that receipts are checked with, old ones too",
        tag="consent",
        needs=Needs.NOTHING,
        gives=messages.KeysSaid,
        shows=examples.KEYS,
    ),
    _operation("/healthz", "Whether the process runs", operations.alive, messages.Health),
    _operation("/readyz", "Whether requests can be served", operations.ready, messages.Health),
    _operation("/metrics", "Figures for Prometheus", operations.figures),
    _operation("/openapi.json", "This description", describe),
)
