"""How easily a text reads, held to the published formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.policy import reading
from tactful.capabilities.policy.reading import FORMULAS, syllables_english, syllables_german

ENGLISH = {
    1: "the house make asked changed names shoe free guess league queue don't times",
    2: "table little people useful wanted needed choices pages doing prism account safely",
    3: "violin radio area quality actual suggestions history computer privacy idea services",
}
GERMAN = {
    1: "haus kauf recht",
    2: "daten quelle leute bäume idee",
    3: "theater nation einkaufen behörde museum entscheiden",
    5: "beobachtungen",
    6: "personalisierung",
}


def _words(lists: dict[int, str]) -> list[tuple[str, int]]:
    return [(word, n) for n, words in lists.items() for word in words.split()]


@pytest.mark.parametrize(("word", "syllables"), _words(ENGLISH))
def test_english_syllables(word: str, syllables: int) -> None:
    """Silent endings are not counted, vowels that are spoken apart are."""
    assert syllables_english(word) == syllables


@pytest.mark.parametrize(("word", "syllables"), _words(GERMAN))
def test_german_syllables(word: str, syllables: int) -> None:
    """Every vowel counts but the second of a usual pair."""
    assert syllables_german(word) == syllables


def test_flesch_on_a_sentence() -> None:
    """Six words of one syllable in one sentence: 206.835 - 1.015 * 6 - 84.6 (Flesch 1948)."""
    read = reading("The cat sat on the mat.", "en")

    assert read is not None
    assert read.ease == pytest.approx(116.145)


def test_amstad_on_two_sentences() -> None:
    """Six words, nine syllables, two sentences: 180 - 3 - 58.5 * 9 / 6 (Amstad 1978)."""
    read = reading("Wir kaufen Bücher. Du liest alle.", "de-AT")

    assert read is not None
    assert (read.words, read.sentences, read.syllables) == (6, 2, 9)
    assert read.ease == pytest.approx(180 - 3 - 58.5 * 9 / 6)


def test_markdown_is_not_read_as_words() -> None:
    """Headings are left out, marks and addresses are no words, a list's line is a sentence."""
    text = "# A title {#x}\n\nWe **keep** [this](https://shop.example.com/a).\n\n- one\n- two\n"

    read = reading(text, "en")

    assert read is not None
    assert (read.words, read.sentences) == (5, 3)


def test_an_abbreviation_ends_no_sentence() -> None:
    """`z. B.` stands inside a sentence."""
    read = reading("Wir merken uns z. B. deine Wahl.", "de")

    assert read is not None
    assert read.sentences == 1


def test_what_cannot_be_measured() -> None:
    """No formula or no words: no figure, rather than a made-up one."""
    assert reading("Hyvää päivää kaikille.", "fi") is None
    assert reading("# Only a heading\n\n- 🙂\n", "en") is None


@given(text=st.text(max_size=300), locale=st.sampled_from(sorted(FORMULAS)))
def test_any_text_is_measured_without_failing(text: str, locale: str) -> None:
    """Whatever is written, there are at least as many syllables as words, as words as sentences."""
    read = reading(text, locale)

    assert read is None or read.syllables >= read.words >= read.sentences >= 1


@given(words=st.lists(st.sampled_from(["we", "keep", "your", "name"]), min_size=2, max_size=40))
def test_shorter_sentences_read_more_easily(words: list[str]) -> None:
    """The same words in more sentences have a better figure."""
    long, short = reading(" ".join(words) + ".", "en"), reading(". ".join(words) + ".", "en")

    assert long is not None
    assert short is not None
    assert short.ease > long.ease


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr", {"porte": 1, "portes": 1, "portent": 1, "que": 1, "oiseau": 2, "publicité": 4}),
        ("es", {"tienda": 2, "que": 1, "guitarra": 3, "día": 2, "aire": 2, "historial": 3}),
        ("nl", {"winkel": 2, "mooi": 1, "nieuws": 1, "huis": 1, "geschiedenis": 4, "keuzes": 2}),
    ],
)
def test_syllables_of_more_languages(locale: str, words: dict[str, int]) -> None:
    """Mute letters are not counted, and vowels that are said as one count as one."""
    assert {word: FORMULAS[locale].syllables(word) for word in words} == words
