"""
Read `signals.toml`: what consent strings mean in this shop.

The shop's file overlays the pack's by table; within `purposes` and `opt_outs` by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Annotated

import msgspec

from tactful.adapters.policy_entries import Text, Words
from tactful.adapters.policy_tables import Entry, Table, decode, one_of
from tactful.terms import Platform, PolicyMistake, SignalSources

TABLES = ("tcf", "gpp", "categories", "platform")
OPT_OUTS = (
    "sale_opt_out",
    "sharing_opt_out",
    "targeted_advertising_opt_out",
    "known_child_consents",
)

TcfPurpose = Annotated[int, msgspec.Meta(ge=1, le=11)]
Vendor = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Small = Annotated[int, msgspec.Meta(ge=1, le=4_095)]
Version = Annotated[int, msgspec.Meta(ge=0, le=4_095)]
Needs = Annotated[tuple[TcfPurpose, ...], msgspec.Meta(min_length=1)]


class _Tcf(msgspec.Struct, frozen=True):
    notice: Text | None = None
    since: date | None = None
    vendor: Vendor | None = None
    purposes: dict[str, Needs] = {}


class _Gpp(msgspec.Struct, frozen=True):
    opt_outs: dict[str, tuple[str, ...]] = {}


class _Categories(msgspec.Struct, frozen=True):
    notice: Text | None = None
    purposes: dict[str, tuple[str, ...]] = {}


class _Platform(msgspec.Struct, frozen=True):
    cmp_id: Small
    cmp_version: Version
    vendor_list_version: Small
    publisher_country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    vendors: Annotated[tuple[Vendor, ...], msgspec.Meta(min_length=1)]


def signals_of(
    layers: Iterable[tuple[str, Table]], words: Words, *, notices: Collection[str]
) -> SignalSources:
    """
    Return what the layers' files say of consent strings.

    Args:
        layers: What messages call each file, and its table; the later outranks the earlier.  The
            first holds every table but the platform's.
        words: The names that may be used.
        notices: The notices that there are, as `id@version`.

    Raises:
        PolicyMistake: one of them cannot stand.
    """
    found: dict[str, Entry] = {}
    for called, table in layers:
        for name, told in table.items():
            where = f"{called}, [{name}]"
            one_of(name, TABLES, called, "table")
            if not isinstance(told, Mapping):
                raise PolicyMistake(f"{called}: {name} must be a table: [{name}]")
            before = found[name].table if name in found else {}
            found[name] = Entry(name=name, where=where, table=_over(before, told))
    return _sources(found, words, notices)


def _over(before: Table, told: Table) -> Table:
    merged = dict(before)
    for key, value in told.items():
        inner = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(inner, Mapping)
        merged[key] = {**inner, **value} if both else value  # type: ignore[dict-item]
    return merged


def _sources(found: Mapping[str, Entry], words: Words, notices: Collection[str]) -> SignalSources:
    tcf, gpp = decode(found["tcf"], _Tcf), decode(found["gpp"], _Gpp)
    categories = decode(found["categories"], _Categories)
    of_tcf, of_opt_outs, of_categories = (
        _within(found[table], key)
        for table, key in (("tcf", "purposes"), ("gpp", "opt_outs"), ("categories", "purposes"))
    )
    for field in gpp.opt_outs:
        one_of(field, OPT_OUTS, of_opt_outs, "field")
    return SignalSources(
        tcf_notice=_notice(tcf.notice, found["tcf"], notices),
        tcf_since=tcf.since,
        tcf_purposes={p: n for p, n in tcf.purposes.items() if words.known([p], of_tcf)},
        vendor=tcf.vendor,
        opt_outs={f: words.known(p, of_opt_outs) for f, p in gpp.opt_outs.items()},
        categories_notice=_the_same(tcf.notice, categories.notice, found["categories"], notices),
        categories={
            name.strip().lower(): words.known(purposes, of_categories)
            for name, purposes in categories.purposes.items()
        },
        platform=_platform(found.get("platform")),
    )


def _within(entry: Entry, key: str) -> str:
    """Return what messages call the table *key* in that of *entry*."""
    return f"{entry.where.removesuffix(']')}.{key}]"


def _notice(named: str | None, entry: Entry, notices: Collection[str]) -> str:
    return one_of(named, sorted(notices), entry.where, "notice") if named else ""


def _the_same(
    tcf: str | None, categories: str | None, entry: Entry, notices: Collection[str]
) -> str:
    """Return the notice of *categories*: one receipt proves one notice."""
    if tcf and categories and tcf != categories:
        raise PolicyMistake(
            f"{entry.where}: notice must be that of [tcf], {tcf!r}: a platform shows one at a time"
        )
    return _notice(categories, entry, notices)


def _platform(entry: Entry | None) -> Platform | None:
    if entry is None:
        return None
    told = decode(entry, _Platform)
    return Platform(**msgspec.structs.asdict(told))
