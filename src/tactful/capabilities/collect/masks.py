"""Mask the values of declared properties: what is expected in one may stay, the rest is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from tactful.capabilities.collect.masking import masked, names_an_id, suspicious
from tactful.terms import PlannedProperty

Note = Callable[[str, str], None]
"""Told to count one more: the name of a counter, and a label without anybody's data."""

HOLDERS = {
    "e-mail": ("user.contact.email",),
    "phone": ("user.contact.phone_number", "user.contact.fax_number"),
    "iban": ("user.financial.bank_account",),
    "card": ("user.financial.credit_card",),
    "login": ("user.account.username",),
}
"""Categories of data that are what they say: nothing of the kind is masked in them."""

HARMLESS: Final[set[int]] = set()
"""
Hashes of texts in which nothing was found: categories and article numbers come again and again.

Not the texts, which may be what somebody searched for.
"""

MOST_HARMLESS = 1 << 15


def mask(planned: PlannedProperty, fit: object, note: Note) -> object:
    """
    Return *fit*, a value of the property *planned*, as it may be stored.

    A text whose hash is in HARMLESS needs no look: who calls for many asks that first.

    Args:
        planned: What the tracking plan says of the property.
        fit: The value: text, a list of lines of goods, or what needs no look.
        note: Told each kind that was masked, by the property's name.
    """
    if isinstance(fit, list):
        return [{n: _in_line(n, v, planned, note) for n, v in line.items()} for line in fit]
    if not isinstance(fit, str) or not planned.mask or _is_harmless(fit):
        return fit
    text, found = masked(fit, of_id=names_an_id(planned.name), exempt=exempt_in(planned.category))
    for kind in found:
        note("masked", f"{planned.name}: {kind}")
    return text


def _is_harmless(text: str) -> bool:
    """Tell whether there is nothing in *text*, whatever it is; remember it if so."""
    key = hash(text)
    if key in HARMLESS:
        return True
    if suspicious(text) and masked(text)[1]:
        return False
    if len(HARMLESS) >= MOST_HARMLESS:
        HARMLESS.clear()
    HARMLESS.add(key)
    return True


def _in_line(name: str, value: object, planned: PlannedProperty, note: Note) -> object:
    if not isinstance(value, str) or not planned.mask or _is_harmless(value):
        return value
    text, found = masked(value, of_id=names_an_id(name))
    for kind in found:
        note("masked", f"{planned.name}.{name}: {kind}")
    return text


def masked_id(value: str) -> str:
    """Return an id of the shop's own, such as that of an article, as it may be stored."""
    if hash(value) in HARMLESS or _is_harmless(value):
        return value
    return masked(value, of_id=True)[0]


@lru_cache(maxsize=1024)
def exempt_in(category: str) -> frozenset[str]:
    """Return the kinds that data of a Fideslang *category* is made of."""
    return frozenset(
        kind
        for kind, holders in HOLDERS.items()
        if any(holder == category or holder.startswith(f"{category}.") for holder in holders)
    )
