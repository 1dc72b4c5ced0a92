"""
Serve the browser's modules: minified, compressed once, and checkable (Subresource Integrity).

Under its plain name a module may change with the next version, so browsers ask again; under the
name that holds its digest it never does, so they keep it for a year.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

import rjsmin

from tactful.terms import NotFound
from tactful.web.exchange import Asked, Header, Reply, Serving, answer

FOLDER: Final = Path(__file__).parent
MODULES: Final = ("tactful", "consent", "signals")
JAVASCRIPT: Final = b"text/javascript"

_DIGITS: Final = 16
_FOREVER: Final = b"public, max-age=31536000, immutable"
_ASK_AGAIN: Final = b"public, max-age=300"
_ANY_PAGE: Final[Header] = (b"cross-origin-resource-policy", b"cross-origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module as it goes out: `plain` or `packed` bytes, and what a page checks them by."""

    name: str
    plain: bytes
    packed: bytes
    integrity: str
    digest: str

    @property
    def lasting_name(self) -> str:
        """Return the file name under which these very bytes are served for good."""
        return f"{self.name}-{self.digest}.js"


async def serve_module(_: Serving, asked: Asked) -> Reply:
    """Answer a module by its plain name, or by the one that never changes."""
    name = asked.path["file"]
    module = _by_name().get(name)
    if module is None:
        raise NotFound("there is no such module: /sdk/integrity.json lists what there is")
    headers = _headers(module, lasting=name == module.lasting_name)
    if asked.headers.get(b"if-none-match") == _tag(module):
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=headers, media_type=JAVASCRIPT)
    if b"gzip" in asked.headers.get(b"accept-encoding", b""):
        headers += ((b"content-encoding", b"gzip"),)
        return Reply(body=module.packed, headers=headers, media_type=JAVASCRIPT)
    return Reply(body=module.plain, headers=headers, media_type=JAVASCRIPT)


async def list_modules(_: Serving, _asked: Asked) -> Reply:
    """Answer where each module lies for good, and what a page checks it by."""
    return answer(
        {
            module.name: {"src": f"/sdk/{module.lasting_name}", "integrity": module.integrity}
            for module in modules()
        }
    )


@cache
def modules() -> tuple[Module, ...]:
    """Return every module, minified and compressed at the first call."""
    return tuple(_made(name) for name in MODULES if (FOLDER / f"{name}.js").is_file())


def _made(name: str) -> Module:
    plain = rjsmin.jsmin((FOLDER / f"{name}.js").read_bytes())
    sha = hashlib.sha384(plain).digest()
    return Module(
        name=name,
        plain=plain,
        packed=gzip.compress(plain, compresslevel=9, mtime=0),
        integrity=f"sha384-{base64.b64encode(sha).decode()}",
        digest=sha.hex()[:_DIGITS],
    )


@cache
def _by_name() -> Mapping[str, Module]:
    plain = {f"{module.name}.js": module for module in modules()}
    return plain | {module.lasting_name: module for module in modules()}


def _headers(module: Module, *, lasting: bool) -> tuple[Header, ...]:
    return (
        (b"cache-control", _FOREVER if lasting else _ASK_AGAIN),
        (b"etag", _tag(module)),
        (b"vary", b"accept-encoding"),
        _ANY_PAGE,
    )


def _tag(module: Module) -> bytes:
    return f'"{module.digest}"'.encode()
