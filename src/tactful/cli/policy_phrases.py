"""How a purpose stands under a law, in plain words of the languages that notices have here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tactful.terms import LegalBasis, Minor, Mode, Regime, RegimeRule, RelationshipKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The words of one language; `{days}`, `{dealing}` and `{age}` are filled in."""

    locale: str
    modes: Mapping[Mode, str]
    bases: Mapping[LegalBasis, str]
    ages: Mapping[Minor, str]
    dealings: Mapping[RelationshipKind, str]
    for_days: str
    for_good: str
    under: str
    basis: str
    columns: tuple[str, str, str, str]


ENGLISH = Phrases(
    locale="en",
    modes={
        Mode.NECESSARY: "always on",
        Mode.OPT_OUT: "on until refused",
        Mode.IMPLIED: "off until allowed, or until dealings imply it",
        Mode.SOFT_OPT_IN: "off until allowed, or until you buy, could say no to it then and do not",
        Mode.OPT_IN: "off until allowed",
        Mode.FORBIDDEN: "off: the law here forbids it",
    },
    bases={
        LegalBasis.CONSENT: "consent",
        LegalBasis.CONTRACT: "contract",
        LegalBasis.LEGAL_OBLIGATION: "legal obligation",
        LegalBasis.LEGITIMATE_INTEREST: "legitimate interest",
        LegalBasis.NOTICE: "notice",
    },
    ages={
        Minor.OWN_CONSENT: "below {age} only with your own yes",
        Minor.PARENTAL_CONSENT: "below {age} only with a parent's yes",
        Minor.CLOSED: "below {age} always off",
    },
    dealings={
        RelationshipKind.PURCHASE: "a purchase counts {days}",
        RelationshipKind.INQUIRY: "an enquiry counts {days}",
    },
    for_days="for {days} days",
    for_good="without end",
    under="under",
    basis="basis",
    columns=("purpose", "to begin with", "basis", "age"),
)

GERMAN = Phrases(
    locale="de",
    modes={
        Mode.NECESSARY: "immer an",
        Mode.OPT_OUT: "an, bis du es ablehnst",
        Mode.IMPLIED: "aus, bis du es erlaubst oder aus einem Kauf oder einer Anfrage folgt",
        Mode.SOFT_OPT_IN: "aus, bis du es erlaubst oder etwas kaufst und dabei nicht ablehnst, "
        "obwohl du es könntest",
        Mode.OPT_IN: "aus, bis du es erlaubst",
        Mode.FORBIDDEN: "aus: Das Recht verbietet es hier",
    },
    bases={
        LegalBasis.CONSENT: "Einwilligung",
        LegalBasis.CONTRACT: "Vertrag",
        LegalBasis.LEGAL_OBLIGATION: "rechtliche Pflicht",
        LegalBasis.LEGITIMATE_INTEREST: "berechtigtes Interesse",
        LegalBasis.NOTICE: "Hinweis",
    },
    ages={
        Minor.OWN_CONSENT: "unter {age} nur mit deinem eigenen Ja",
        Minor.PARENTAL_CONSENT: "unter {age} nur mit dem Ja deiner Eltern",
        Minor.CLOSED: "unter {age} immer aus",
    },
    dealings={
        RelationshipKind.PURCHASE: "ein Kauf zählt {days}",
        RelationshipKind.INQUIRY: "eine Anfrage zählt {days}",
    },
    for_days="{days} Tage lang",
    for_good="ohne Ende",
    under="nach",
    basis="Grundlage",
    columns=("Zweck", "zu Beginn", "Grundlage", "Alter"),
)

_SPOKEN = {phrases.locale: phrases for phrases in (ENGLISH, GERMAN)}


def phrases_in(locale: str) -> Phrases:
    """Return the words of the language of *locale*, or English where it has none here."""
    return _SPOKEN.get(locale.partition("-")[0].lower(), ENGLISH)


def stands(rule: RegimeRule, words: Phrases) -> str:
    """Say how a purpose stands before anybody chooses, and what counts as a yes."""
    dealings = [
        words.dealings[kind].format(days=_term(None if term is None else term.days, words))
        for kind, term in rule.implied_by.items()
    ]
    return "; ".join((words.modes[rule.mode], *dealings))


def asked_below(regime: Regime, purpose: str, region: str | None, words: Phrases) -> str:
    """Say what *regime* asks of minors for *purpose*; empty where it asks for nothing."""
    highest: dict[Minor, int] = {}
    for rule in regime.ages:
        if rule.purpose == purpose:
            highest[rule.needs] = max(rule.limit(region), highest.get(rule.needs, 0))
    asked = sorted(highest.items(), key=lambda asked: (asked[1], -asked[0]))
    return "; ".join(words.ages[needs].format(age=age) for needs, age in asked)


def _term(days: int | None, words: Phrases) -> str:
    return words.for_good if days is None else words.for_days.format(days=days)
