"""Request bodies as examples for OpenAPI and the documentation.  Tests send each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Example = Mapping[str, object]

_WHO: Final = {"anonymousId": "a-4711", "messageId": "m-0001"}
_VIEWED: Final = {"product_id": "mug-blue", "price": 12.5, "currency": "EUR"}

CALLS: Final[Mapping[str, Example]] = {
    "track": {**_WHO, "event": "Product Viewed", "properties": _VIEWED},
    "identify": {**_WHO, "userId": "u-1", "traits": {"region": "DE"}},
    "page": {**_WHO, "name": "Home"},
    "screen": {**_WHO, "name": "Home"},
    "group": {**_WHO, "groupId": "g-1"},
    "alias": {**_WHO, "userId": "u-1", "previousId": "a-4711"},
}

BATCH: Final[Example] = {
    "batch": [{"type": "track", **CALLS["track"]}],
    "sentAt": "2026-03-01T12:00:00Z",
}

REQUEST: Final[Example] = {"type": "access", "email": "ada@example.org"}

DECIDE: Final[Example] = {
    "slot": "for-you",
    "anonymousId": "a-4711",
    "session": ["mug-blue", "teapot"],
    "context": {"region": "DE"},
    "limit": 4,
}

CONSENT: Final[Example] = {
    "anonymousId": "a-4711",
    "statements": {"session_personalization": "grant", "advertising": "deny"},
    "notice": "privacy@1",
    "region": "DE",
    "ui": "banner 1",
}

ITEMS: Final[Example] = {
    "items": [
        {
            "id": "mug-blue",
            "title": "Blue mug",
            "category": "Mugs",
            "price": 1250,
            "currency": "EUR",
            "url": "https://shop.example/p/mug-blue",
            "image": "https://shop.example/p/mug-blue.jpg",
            "availability": "in_stock",
            "attributes": {"colour": "blue"},
        },
        {"id": "teapot", "title": "Teapot", "price": "39.90 EUR", "availability": "preorder"},
    ]
}

DEALING: Final[Example] = {
    "userId": "u-1",
    "kind": "purchase",
    "at": "2026-03-01T12:00:00Z",
    "optOutOffered": True,
    "region": "DE",
}

_KEY: Final = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "alg": "Ed25519",
    "use": "sig",
}
"""The public key of RFC 8037, A.2: everybody has the private one, so no shop may use it."""

KEYS: Final[Example] = {"keys": [_KEY]}

_RECEIPT: Final[Example] = {
    "schema_version": "tactful-receipt-1 (ISO/IEC TS 27560:2023)",
    "receipt_id": "5f1c0d7e9a3b4c2d8e6f7a1b0c9d8e7f",
    "record_id": "5f1c0d7e9a3b4c2d8e6f7a1b0c9d8e7f",
    "pii_principal_id": "7d1f0a5be2c94d3386f4f0c1a2b3d4e5",
    "pii_processing": {
        "purposes": [{"purpose": "advertising", "storage": {"retention_period": "P180D"}}],
        "pii_controllers": ["controller"],
        "jurisdiction": "EU-GDPR",
        "collection_method": "banner",
    },
    "party_identification": [
        {"party_id": "controller", "party_name": "The Tea Room", "party_role": "PII controller"}
    ],
    "events": [
        {
            "event_time": "2026-03-01T12:00:00.000000Z",
            "event_type": "expressed_consent",
            "event_state": "consent_refused",
            "entity_id": "7d1f0a5be2c94d3386f4f0c1a2b3d4e5",
            "purpose": "advertising",
            "validity_duration": "until withdrawn",
        }
    ],
}

_SIGNATURE: Final = (
    "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoia1ByS19xbXhWV2FZVkE5d3dCRjZJdW8zdlZ6ejdUeEhDVHdYQnlnclM0"
    "ayIsInR5cCI6InRhY3RmdWwtcmVjZWlwdCtqc29uIn0.eyJldmVudHMiOlt7ImVudGl0eV9pZCI6IjdkMWYwYTVi"
    "ZTJjOTRkMzM4NmY0ZjBjMWEyYjNkNGU1IiwiZXZlbnRfc3RhdGUiOiJjb25zZW50X3JlZnVzZWQiLCJldmVudF90"
    "aW1lIjoiMjAyNi0wMy0wMVQxMjowMDowMC4wMDAwMDBaIiwiZXZlbnRfdHlwZSI6ImV4cHJlc3NlZF9jb25zZW50"
    "IiwicHVycG9zZSI6ImFkdmVydGlzaW5nIiwidmFsaWRpdHlfZHVyYXRpb24iOiJ1bnRpbCB3aXRoZHJhd24ifV0s"
    "InBhcnR5X2lkZW50aWZpY2F0aW9uIjpbeyJwYXJ0eV9pZCI6ImNvbnRyb2xsZXIiLCJwYXJ0eV9uYW1lIjoiVGhl"
    "IFRlYSBSb29tIiwicGFydHlfcm9sZSI6IlBJSSBjb250cm9sbGVyIn1dLCJwaWlfcHJpbmNpcGFsX2lkIjoiN2Qx"
    "ZjBhNWJlMmM5NGQzMzg2ZjRmMGMxYTJiM2Q0ZTUiLCJwaWlfcHJvY2Vzc2luZyI6eyJjb2xsZWN0aW9uX21ldGhv"
    "ZCI6ImJhbm5lciIsImp1cmlzZGljdGlvbiI6IkVVLUdEUFIiLCJwaWlfY29udHJvbGxlcnMiOlsiY29udHJvbGxl"
    "ciJdLCJwdXJwb3NlcyI6W3sicHVycG9zZSI6ImFkdmVydGlzaW5nIiwic3RvcmFnZSI6eyJyZXRlbnRpb25fcGVy"
    "aW9kIjoiUDE4MEQifX1dfSwicmVjZWlwdF9pZCI6IjVmMWMwZDdlOWEzYjRjMmQ4ZTZmN2ExYjBjOWQ4ZTdmIiwi"
    "cmVjb3JkX2lkIjoiNWYxYzBkN2U5YTNiNGMyZDhlNmY3YTFiMGM5ZDhlN2YiLCJzY2hlbWFfdmVyc2lvbiI6InRh"
    "Y3RmdWwtcmVjZWlwdC0xIChJU08vSUVDIFRTIDI3NTYwOjIwMjMpIn0.1r42TmkRv9QNdwNAYLXoy9cSnDAFif8j"
    "tjnjwOhKOrjdCz2qbwjfXSZnbu1bo5iJWIKjEB_XhFjVUyVMA__jBw"
)

RECEIPTS: Final[Example] = {
    "receipts": [{"receipt": _RECEIPT, "signature": _SIGNATURE, "key": _KEY}]
}

MERGE: Final[Example] = {"other": "u-2"}
"""Whom the subject is one person with."""

UNMERGE: Final[Example] = {"merge": 12}
"""Which merge is taken back."""

CORRECTION: Final[Example] = {"traits": {"country": "DE"}}
"""What a subject corrects about themselves."""
