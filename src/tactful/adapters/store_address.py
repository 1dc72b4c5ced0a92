"""Addresses of PostgreSQL databases, which may hold a password that must not be shown."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

_SCHEMES = ("postgresql", "postgres")


def check_address(url: str) -> str:
    """
    Return *url* if it names a PostgreSQL database.

    Raises:
        ValueError: it does not; the message never repeats it, for it may hold a password.
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in _SCHEMES:
        raise ValueError("url must be like postgresql://tactful@db.example/shop")
    return url


def has_password(url: str) -> bool:
    """Tell whether *url* holds a password."""
    parts = urlsplit(url)
    return bool(parts.password) or "password" in parse_qs(parts.query)


def without_password(url: str) -> str:
    """Return *url* as it may be shown: without password and options."""
    parts = urlsplit(url)
    whose, at, where = parts.netloc.rpartition("@")
    name = whose.partition(":")[0]
    return f"{parts.scheme}://{name}{at}{where}{parts.path}"
