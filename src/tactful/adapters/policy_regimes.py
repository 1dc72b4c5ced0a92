"""
Turn the files of `regimes/` into what the law asks for on a given day.

How files overlay each other, and which of their dated entries hold, is the business of
`policy_laws`.  docs/reference/policy.md explains every key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import msgspec

from tactful.adapters.policy_entries import Days, Names, Text, Words
from tactful.adapters.policy_laws import Calendar, Dated, Law, laid
from tactful.adapters.policy_likeness import treated_alike
from tactful.adapters.policy_tables import Entry, Table, decode, one_of
from tactful.gate import strictest_of
from tactful.terms import (
    AgeRule,
    Deadline,
    LegalBasis,
    Minor,
    Mode,
    PolicyMistake,
    Regime,
    RegimeRule,
    RelationshipKind,
    SignalRule,
)
from tactful.terms.regime import REGION_CODE

DEADLINES = (
    "acknowledge",
    "answer",
    "appeal_answer",
    "appeal_extend",
    "ask_again",
    "breach_authority",
    "breach_details",
    "complaint_acknowledge",
    "consent_refresh",
    "erase_inactive",
    "extend",
    "extend_notice",
    "limit_sensitive",
    "opt_out",
    "records",
    "refusal_notice",
    "silence_is_refusal",
    "unsubscribe",
    "unsubscribe_link",
)
"""What a regime can set a time for."""

PAUSES = ("identity", "clarification")
"""What the time for an answer may stand still for, where a regime says so."""

_PERIOD = re.compile(r"P[1-9]\d*(D|BD|M|Y)|PT[1-9]\d*H")

Years = Annotated[int, msgspec.Meta(ge=1, le=25)]
DaysOrNever = Annotated[int, msgspec.Meta(ge=0, le=36_500)]


class _Rule(Dated, frozen=True, kw_only=True):
    mode: str
    basis: str
    consent_lifetime_days: Days | None = None
    implied_by: dict[str, DaysOrNever] = msgspec.field(default_factory=dict)


class _Signal(Dated, frozen=True, kw_only=True):
    binding: tuple[str, ...]
    honoured: tuple[str, ...]


class _Age(Dated, frozen=True, kw_only=True):
    purposes: Names
    below: Years
    needs: str
    below_in: dict[str, Years] = msgspec.field(default_factory=dict)
    read_in: tuple[str, ...] = ()


class _Deadline(Dated, frozen=True, kw_only=True):
    period: Text
    moves: bool = False
    pauses_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimes:
    """The law on one day, and the next day on which it is another; None where none is known."""

    regimes: tuple[Regime, ...]
    changes_on: date | None


def regimes_of(layers: Iterable[Iterable[tuple[str, Table]]], words: Words, *, on: date) -> Regimes:
    """
    Return the regimes of all *layers* as they hold on a day, ordered by id.

    After them come those of countries whose states have a law of their own, for when the state is
    not known: the strictest of the country's and its states'.

    Args:
        layers: Per layer its files: what messages call each, and its table.
        words: The names that may be used.
        on: The day.

    Raises:
        PolicyMistake: one of them cannot stand, or two claim the same region.
    """
    laws = laid(layers)
    _check_whole(laws)
    calendar = Calendar(on)
    built = [(laws[id_].called, _regime(id_, laws[id_], words, calendar)) for id_ in sorted(laws)]
    _check_claims(built)
    regimes = [treated_alike(regime, words.like) for _, regime in built]
    return Regimes(regimes=(*regimes, *_of_countries(regimes)), changes_on=calendar.next_turn)


def _check_whole(laws: Mapping[str, Law]) -> None:
    """Refuse a law without a head of its own: most likely the id it should overlay is misspelt."""
    whole = [id_ for id_, law in laws.items() if law.head.keys() >= {"law", "regions"}]
    for id_, law in laws.items():
        for key in ("law", "regions"):
            if key not in law.head:
                close = difflib.get_close_matches(id_, whole, n=1)
                hint = f"; or did you mean the id {close[0]!r}?" if close else ""
                raise PolicyMistake(f"{law.called}: {key} is missing: add it{hint}")


def _regime(id_: str, law: Law, words: Words, calendar: Calendar) -> Regime:
    regions = _regions(law)
    for signal in law.signals:
        one_of(signal, ["gpc"], f"{law.called}, [signals.{signal}]", "signal")
    for name in law.deadlines:
        one_of(name, DEADLINES, f"{law.called}, [deadlines.{name}]", "deadline")
    rules = {
        name: calendar.in_force(entries, _Rule)
        for name, entries in law.rules.items()
        if words.known([name], entries[0].where)
    }
    gpc = calendar.in_force(law.signals.get("gpc", []), _Signal)
    times = {name: calendar.in_force(e, _Deadline) for name, e in law.deadlines.items()}
    return Regime(
        id=id_,
        law=str(law.head["law"]),
        regions=regions,
        rules={name: _rule(name, *held) for name, held in rules.items() if held},
        gpc=_signal(*gpc, words) if gpc else SignalRule(),
        ages=tuple(_ages(law, words, calendar, regions)),
        deadlines={name: _deadline(name, *held) for name, held in times.items() if held},
        review=law.head.get("review"),  # type: ignore[arg-type]  # decoded as a date
    )


def _regions(law: Law) -> tuple[str, ...]:
    regions: tuple[str, ...] = law.head["regions"]  # type: ignore[assignment]  # decoded as texts
    for region in regions:
        if not REGION_CODE.fullmatch(region):
            raise PolicyMistake(
                f"{law.called}: {region!r} is no region: write an ISO 3166 code, as DE or US-CA"
            )
    return regions


def _rule(name: str, entry: Entry, told: _Rule) -> RegimeRule:
    mode = Mode(one_of(told.mode, list(Mode), entry.where, "mode"))
    if bool(told.implied_by) is not mode.by_dealing:
        raise PolicyMistake(
            f"{entry.where}: implied_by goes with the modes implied and soft_opt_in, "
            f"and with no other: give the days, as implied_by = {{ purchase = 730 }}"
        )
    return RegimeRule(
        purpose=name,
        mode=mode,
        basis=LegalBasis(one_of(told.basis, list(LegalBasis), entry.where, "basis")),
        citation=told.citation,
        confidence=told.confidence,
        consent_lifetime=_days(told.consent_lifetime_days),
        implied_by={
            RelationshipKind(one_of(kind, list(RelationshipKind), entry.where, "dealing")): _days(
                days
            )
            for kind, days in told.implied_by.items()
        },
    )


def _signal(entry: Entry, told: _Signal, words: Words) -> SignalRule:
    return SignalRule(
        binding=frozenset(words.known(told.binding, entry.where)),
        honoured=frozenset(words.known(told.honoured, entry.where)),
        citation=told.citation,
        confidence=told.confidence,
    )


def _deadline(name: str, entry: Entry, told: _Deadline) -> Deadline:
    if not _PERIOD.fullmatch(told.period):
        raise PolicyMistake(
            f"{entry.where}: {told.period!r} is no period: write P1M, P45D, P2Y, PT72H, "
            f"or P15BD for business days"
        )
    for cause in told.pauses_for:
        one_of(cause, PAUSES, entry.where, "cause of a pause")
    return Deadline(
        name=name,
        period=told.period,
        citation=told.citation,
        confidence=told.confidence,
        moves=told.moves,
        pauses_for=frozenset(told.pauses_for),
    )


def _ages(law: Law, words: Words, calendar: Calendar, regions: Sequence[str]) -> Iterator[AgeRule]:
    for entry in law.ages:
        held = calendar.in_force([entry], _Age)
        told = decode(entry, _Age)
        needs = _needs(entry, told)
        for region in (*told.below_in, *told.read_in):
            one_of(region, regions, entry.where, "region of the regime")
        for purpose in words.known(told.purposes, entry.where) if held else ():
            yield AgeRule(
                purpose=purpose,
                below=told.below,
                needs=needs,
                citation=told.citation,
                confidence=told.confidence,
                below_in=told.below_in,
                read_in=frozenset(told.read_in),
            )


def _needs(entry: Entry, told: _Age) -> Minor:
    known = {minor.name.lower(): minor for minor in Minor if minor is not Minor.NO}
    return known[one_of(told.needs, known, entry.where, "need")]


def _check_claims(built: Iterable[tuple[str, Regime]]) -> None:
    claims: dict[str, str] = {}
    for called, regime in built:
        for region in regime.regions:
            if claims.setdefault(region, called) != called:
                raise PolicyMistake(
                    f"{called}: region {region} is in {claims[region]} too: take it out of one"
                )


def _of_countries(regimes: Sequence[Regime]) -> Iterator[Regime]:
    """Yield what holds where only the country is known, while its states have their own law."""
    for country in sorted({region for regime in regimes for region in regime.regions}):
        within = [r for r in regimes if any(_lies_in(region, country) for region in r.regions)]
        if len(within) > 1:
            yield strictest_of(within, id_=f"{country}-ANY", regions=(country,))


def _lies_in(region: str, country: str) -> bool:
    return region == country or region.startswith(f"{country}-")


def _days(days: int | None) -> timedelta | None:
    """Return a term; none, or no days, is without end."""
    return timedelta(days=days) if days else None
