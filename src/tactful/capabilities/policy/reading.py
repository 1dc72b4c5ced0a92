"""
Measure how easily a notice reads, by formula.

A formula counts the length of sentences and words.  It knows nothing of sense, order or honesty: a
good figure does not make a good notice, but a bad one is a good reason to write it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE_ENDS = re.compile(
    r"(?<!\b[^\W\d_])[.!?:…]+[\"”“\u2019»)\]*_]*(?:\s|$)|\n\s*\n|\n\s*[-*+] "
)
_MARKS = re.compile(r"^ *(?:#+|>|[-*+]|\d+\.) +|\*\*|__|`|\]\([^)]*\)|[\[\]]", re.MULTILINE)
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    How a text reads.  `ease` is higher the easier it is, on Flesch's scale in every language.

    90-100 very easy, 60-70 plain, 30-50 difficult, below 30 academic.
    """

    ease: float
    sentences: int
    words: int
    syllables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Formula:
    """`constant - per_word * words/sentences - per_syllable * syllables/words`."""

    constant: float
    per_word: float
    per_syllable: float
    syllables: Callable[[str], int]


def reading(text: str, locale: str) -> Reading | None:
    """
    Return how *text* reads, or None where it has no words or there is no formula for *locale*.

    Args:
        text: Markdown.  Headings are left out: they are no sentences.
        locale: A language code; a region after it does not matter.

    Source:
        English: R. Flesch, A new readability yardstick, Journal of Applied Psychology 32 (1948).
        German: T. Amstad, Wie verständlich sind unsere Zeitungen?, Zürich 1978.
        French: L. Kandel, A. Moles, Application de l'indice de Flesch à la langue française (1958).
        Spanish: J. Fernández Huerta, Medidas sencillas de lecturabilidad (1959).
        Dutch: W. H. Douma, De leesbaarheid van landbouwbladen, Wageningen 1960.
    """
    formula = FORMULAS.get(locale.partition("-")[0].lower())
    sentences = list(_sentences(text))
    words = [word for sentence in sentences for word in sentence]
    if formula is None or not words:
        return None
    syllables = sum(formula.syllables(word) for word in words)
    return Reading(
        ease=formula.constant
        - formula.per_word * len(words) / len(sentences)
        - formula.per_syllable * syllables / len(words),
        sentences=len(sentences),
        words=len(words),
        syllables=syllables,
    )


def _sentences(text: str) -> Iterator[list[str]]:
    """Yield the words of each sentence; the end of a paragraph or of a list's line ends one too."""
    plain = _MARKS.sub(_unmarked, _HEADING.sub("\n", text))
    for sentence in _SENTENCE_ENDS.split(plain):
        if words := _WORD.findall(sentence):
            yield words


def _unmarked(mark: re.Match[str]) -> str:
    """Keep a line of a list apart from the one before, and drop every other mark."""
    return "\n\n" if mark.group().endswith(" ") else ""


_VOWELS_ENGLISH = re.compile(r"[aeiouy]+")
_SILENT_ENGLISH = re.compile(
    r"(?<=[^aeiouy])e$"
    r"|(?<=[^aeiouytd])ed$"
    r"|(?<=[^aeiouyscxzgh])es$"
    r"|(?<=[aeiouy][gq])ues?$"
    r"|(?<=[aeiouy][^aeiouy])e(?=(?:ments?|ly|less|ful)$)"
)
"""What is written and not heard: safe, asked, names, catalogue, safely."""

_APART_ENGLISH = re.compile(
    r"[^aeiouy]les?$|(?<![tscgx])i(?:a|o)|[aeiou]ing|[^qg]ua|[^aeiouy]e[ao]$|[sz]m$"
)
"""Where a vowel more is heard than a group: table, violin, doing, actual, idea, prism."""


def syllables_english(word: str) -> int:
    """Count the syllables of an English *word* by its spelling; right for nine words of ten."""
    bare = re.sub(r"['\u2019](?:s|re|ve|ll|d|m|t)$", "", word.lower())
    heard = _SILENT_ENGLISH.sub("", bare)
    return max(1, len(_VOWELS_ENGLISH.findall(heard)) + len(_APART_ENGLISH.findall(bare)))


_VOWELS_GERMAN = re.compile(r"äu|eu(?!m)|ei|ai|ey|ay|au|ie|aa|ee|oo|[aeiouyäöüéèáà]")


def syllables_german(word: str) -> int:
    """Count the syllables of a German *word*: its vowels, of which the usual pairs make one."""
    spoken = word.lower().replace("qu", "q")
    return max(1, len(_VOWELS_GERMAN.findall(spoken)))


_VOWELS_FRENCH = re.compile(
    r"eaux?|[aàâ]i|œu|oui|oi|ou|au|eu|ei|i(?=[aeoéè])|[aeiouyàâéèêëîïôûùüœ]"
)
_SILENT_FRENCH = re.compile(r"(?<=[^aeiouyàâéèêëîïôûùü])(?:e|es|ent)$|(?<=[qg])u(?=[eiéèêao])")
"""A written e that is not heard at the end: porte, portes, portent; and the u of que."""

_VOWELS_SPANISH = re.compile(r"[iuü]?[aeoáéó][iuy]?|[iuy]+|í|ú")
_VOWELS_DUTCH = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|oe|eu|ui|ij|ei|au|ou|ie|[aeiouyéèëïö]")


def syllables_french(word: str) -> int:
    """Count the syllables of a French *word* by its spelling, the mute e left out."""
    heard = _SILENT_FRENCH.sub("", word.lower())
    return max(1, len(_VOWELS_FRENCH.findall(heard)))


def syllables_spanish(word: str) -> int:
    """Count the syllables of a Spanish *word*: its vowels, of which diphthongs make one."""
    spoken = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word.lower())
    return max(1, len(_VOWELS_SPANISH.findall(spoken)))


def syllables_dutch(word: str) -> int:
    """Count the syllables of a Dutch *word*: its vowels, of which the usual pairs make one."""
    return max(1, len(_VOWELS_DUTCH.findall(word.lower())))


FORMULAS: Mapping[str, _Formula] = {
    "en": _Formula(
        constant=206.835, per_word=1.015, per_syllable=84.6, syllables=syllables_english
    ),
    "de": _Formula(constant=180.0, per_word=1.0, per_syllable=58.5, syllables=syllables_german),
    "fr": _Formula(constant=207.0, per_word=1.015, per_syllable=73.6, syllables=syllables_french),
    "es": _Formula(constant=206.84, per_word=1.02, per_syllable=60.0, syllables=syllables_spanish),
    "nl": _Formula(constant=206.84, per_word=0.93, per_syllable=77.0, syllables=syllables_dutch),
}
"""By language.  Each fits Flesch's constants to words that are longer than English ones."""
